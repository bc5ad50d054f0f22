/**
 * One row's way to the network's inputs and from its outputs, number by number: the library's
 * explanation/encoding.py and predictions.py, whose ids, symbols and words these are.
 */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { operandOf, type Step, step } from "../explain/parts";
import type { Encoding, TargetEncoding } from "./encoding";
import { type ClassTarget, cellText, labelTexts, widthOf } from "./features";
import { AS_IT_IS, computed, given, inputSteps } from "./input_steps";
import { byTarget } from "./prediction_steps";
import { columnNamed, type Table } from "./table";

const TARGETS = formulas.targets;

/** Every step of a row's cells, on their way to the inputs and to the targets. */
export function rowSteps(engine: Engine, encoding: Encoding, table: Table, row: number): Step[] {
  const { columns } = inputSteps(engine, encoding, table, row);
  return [...columns.flatMap(({ steps }) => steps), ...targetSteps(engine, encoding, table, row)];
}

/**
 * What the outputs should have been: y1, y2, ..., each after the target's cell; of a cell that is
 * missing that alone.
 */
export function targetSteps(engine: Engine, encoding: Encoding, table: Table, row: number): Step[] {
  const rowId = `r${row + 1}.`;
  const names = encoding.targets.flatMap((target) => Array(widthOf(target)).fill(""));
  const all = names.map((_, k) => `y${k + 1}`);
  return byTarget(encoding, all).flatMap(([number, target, part]) => {
    const cell = columnNamed(table, target.name).cells[row];
    const value = target.kind === "number" ? cell : cellText(cell);
    const actual = step(`${rowId}t${number}.actual`, `actual ${target.name}`, value);
    if (value === null) return [actual];
    if (target.kind === "number")
      return [actual, numberTarget(engine, target, actual, rowId, part[0])];
    return [actual, ...classTargets(target, actual, rowId, part)];
  });
}

function numberTarget(
  engine: Engine,
  target: Extract<TargetEncoding, { kind: "number" }>,
  actual: Step,
  rowId: string,
  name: string,
): Step {
  const x = operandOf(actual);
  if (target.center === 0 && target.scale === 1)
    return step(`${rowId}${name}`, name, actual.value, "x", { x }, AS_IT_IS);
  const operands = { x, m: given("centre", target.center), s: given("scale", target.scale) };
  const says = "centred and scaled, as in training";
  return computed(engine, `${rowId}${name}`, name, TARGETS.number.encode, operands, says);
}

function classTargets(target: ClassTarget, actual: Step, rowId: string, names: string[]): Step[] {
  const labels = labelTexts(target);
  const levels = labels.length === 2 ? labels.slice(1) : labels;
  return levels.map((level, i) => {
    const operands = { x: operandOf(actual), q: given(level, level) };
    const value = actual.value === level ? 1 : 0;
    const says = `1 for ${level}`;
    return step(`${rowId}${names[i]}`, names[i], value, TARGETS.class.encode, operands, says);
  });
}
