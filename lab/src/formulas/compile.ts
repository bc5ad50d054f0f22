/** A tree becomes instructions for the engine (src/native/lab/formulas.hpp). */
import { partsOf, type Tree } from "./tree";

export interface Program {
  /** Pairs of an instruction's number and its argument. */
  code: number[];
  constants: number[];
  /** The names of the variables, in the order of their numbers. */
  names: string[];
}

/** `instructions` are the names of the engine's, in their order. */
export function compile(tree: Tree, instructions: readonly string[]): Program {
  const program: Program = { code: [], constants: [], names: [] };
  append(tree, program, instructions);
  return program;
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
