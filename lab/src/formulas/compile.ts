/** A tree becomes instructions for the engine (src/native/lab/formulas.hpp). */
import { FormulaError } from "./parse";
import { partsOf, type Tree } from "./tree";

export interface Program {
  /** Pairs of an instruction's number and its argument. */
  code: number[];
  constants: number[];
  /** The names of the variables, in the order of their numbers. */
  names: string[];
}

const STACK = 64; // numbers that the engine keeps at once

/**
 * `instructions` are the names of the engine's, in their order.
 *
 * Throws FormulaError where it is nested more deeply than the engine can follow.
 */
export function compile(tree: Tree, instructions: readonly string[]): Program {
  if (depthOf(tree) > STACK) throw new FormulaError("the formula is nested too deeply");
  const program: Program = { code: [], constants: [], names: [] };
  append(tree, program, instructions);
  return program;
}

/** How many numbers are kept at once while it is computed. */
function depthOf(tree: Tree): number {
  let most = 1;
  let before = 0;
  for (const part of partsOf(tree)) {
    most = Math.max(most, before + depthOf(part));
    before += 1;
  }
  return most;
}

function append(tree: Tree, program: Program, instructions: readonly string[]): void {
  const constant = instructions.length;
  const variable = constant + 1;
  if (tree.kind === "number") {
    program.code.push(constant, program.constants.push(tree.value) - 1);
  } else if (tree.kind === "name") {
    if (!program.names.includes(tree.name)) program.names.push(tree.name);
    program.code.push(variable, program.names.indexOf(tree.name));
  } else {
    for (const part of partsOf(tree)) append(part, program, instructions);
    program.code.push(instructions.indexOf(instructionOf(tree)), 0);
  }
}

function instructionOf(tree: Tree): string {
  switch (tree.kind) {
    case "operation":
    case "comparison":
      return tree.operator;
    case "call":
      return tree.name;
    case "condition":
      return "if";
    default:
      return tree.kind;
  }
}
