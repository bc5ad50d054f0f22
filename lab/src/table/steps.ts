/**
 * One row's way to the network's inputs and from its outputs, number by number: the library's
 * explanation/encoding.py and predictions.py, whose ids, symbols and words these are.
 */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { type Operand, operandOf, type Step, step } from "../explain/parts";
import { writtenDay } from "./dates";
import {
  binsOf,
  type ClassTarget,
  cellsFor,
  cellText,
  chosenClass,
  featuresOf,
  labelTexts,
  type NumberInput,
  probabilitiesOf,
  weighedBy,
  widthOf,
} from "./encode";
import type { Encoding, InputEncoding, TargetEncoding } from "./encoding";
import { shortNumber } from "./numerals";
import { type Cell, columnNamed, type Table } from "./table";

const INPUTS = formulas.inputs;
const TARGETS = formulas.targets;
const AS_IT_IS = "as it is";
const SUMS_TO_1 = 1e-9; // how near outputs must add up to 1 to be shown as probabilities
const NEARLY = 1e-8; // what numpy.isclose allows beside

/** A column's way to the network's inputs; the last steps are the inputs it becomes. */
export interface ColumnSteps {
  name: string;
  kind: string;
  steps: Step[];
  /** As it would stand in the table. */
  cell: string;
}

/** The network's inputs as operands, D of them, and how each column's cell became them. */
export interface InputSteps {
  columns: ColumnSteps[];
  inputs: Operand[];
}

/** Every step of a row's cells, on their way to the inputs and to the targets. */
export function rowSteps(engine: Engine, encoding: Encoding, table: Table, row: number): Step[] {
  const { columns } = inputSteps(engine, encoding, table, row);
  return [...columns.flatMap(({ steps }) => steps), ...targetSteps(engine, encoding, table, row)];
}

/** `row` counts from 0; ids begin with r1. in the first row. */
export function inputSteps(
  engine: Engine,
  encoding: Encoding,
  table: Table,
  row: number,
): InputSteps {
  const rowId = `r${row + 1}.`;
  const inputs: Operand[] = [];
  const columns = encoding.inputs
    .filter((input) => input.kind !== "unused")
    .map((input, i) => {
      const value = cellOf(input, cellsFor(input, table)[row]);
      const cell = step(`${rowId}c${i + 1}`, "cell", value, "", {}, what(input, value));
      const first = inputs.length + 1;
      const { before, last } = stepsOf(engine, input, cell, (index) => `${rowId}x${first + index}`);
      inputs.push(...last.map(operandOf));
      return {
        name: input.name,
        kind: input.kind,
        steps: [cell, ...before, ...last],
        cell: written(input, value),
      };
    });
  return { columns, inputs };
}

function cellOf(input: InputEncoding, cell: Cell): Cell {
  return input.kind === "number" ? cell : cellText(cell);
}

function written(input: InputEncoding, value: Cell): string {
  if (value === null) return "missing";
  if (typeof value === "string") return value;
  return writtenDay(input as NumberInput, value);
}

function what(input: InputEncoding, value: Cell): string {
  if (input.kind === "binary") return `two values, ${input.levels[0]} and ${input.levels[1]}`;
  if (input.kind === "categories") return "category";
  const column = input as NumberInput;
  if (!column.date) return "number";
  return `date${typeof value === "number" ? day(column, value) : ""}, in days since 1970-01-01`;
}

/** A space and the date that a number of a column of dates is; nothing of other columns. */
function day(column: NumberInput, value: number): string {
  return column.date ? ` ${writtenDay(column, value)}` : "";
}

type IdOf = (index: number) => string;

/** Steps on the way, and the last ones: one for each of the column's inputs. */
interface Way {
  before: Step[];
  last: Step[];
}

function stepsOf(engine: Engine, input: InputEncoding, cell: Step, id: IdOf): Way {
  if (input.kind === "number") return numberSteps(engine, input, cell, id);
  if (input.kind === "unused") return { before: [], last: [] };
  const names = featuresOf(input);
  const last =
    input.kind === "binary"
      ? [twoValues(input.levels, cell, id(0), names[0])]
      : input.levels.map((level, i) => levelStep(level, cell, id(i), names[i]));
  if (input.indicator) {
    const isUnknown = !input.levels.includes(cell.value as string);
    const says = "1 where the cell is missing or none of the known ones, else 0";
    const index = names.length - 1;
    last.push(step(id(index), names[index], isUnknown ? 1 : 0, "", {}, says));
  }
  return { before: [], last };
}

function twoValues([low, high]: [string, string], cell: Step, id: string, name: string): Step {
  const value = cell.value === high ? 1 : cell.value === low ? -1 : 0;
  const operands = { x: operandOf(cell), p: given(low, low), q: given(high, high) };
  return step(id, name, value, INPUTS.binary, operands, `${low} is -1, ${high} is 1`);
}

function levelStep(level: string, cell: Step, id: string, name: string): Step {
  const operands = { x: operandOf(cell), q: given(level, level) };
  return step(id, name, cell.value === level ? 1 : 0, INPUTS.categories, operands);
}

function given(symbol: string, value: Cell): Operand {
  return { symbol, value, source: "" };
}

/** A step whose value the engine makes of its operands. */
function computed(
  engine: Engine,
  id: string,
  symbol: string,
  formula: string,
  operands: Record<string, Operand>,
  says = "",
): Step {
  const values = Object.fromEntries(
    Object.entries(operands).map(([name, { value }]) => [name, value as number]),
  );
  return step(id, symbol, engine.number(formula, values), formula, operands, says);
}

/** Fill, centre, scale and clip; then the indicator of a missing cell, and the bins. */
function numberSteps(engine: Engine, column: NumberInput, cell: Step, id: IdOf): Way {
  const before: Step[] = [];
  const names = featuresOf(column);
  let x = cell;
  if (cell.value === null) {
    x = step(`${cell.id}.fill`, "filled", column.fill, "", {}, fillSentence(column));
    before.push(x);
  }
  const scaling = scalingSteps(engine, column, x, cell.id);
  const final = scaling.pop();
  before.push(...scaling);
  const last = [
    final
      ? { ...final, id: id(0), symbol: names[0] }
      : step(id(0), names[0], x.value, "x", { x: operandOf(x) }, AS_IT_IS),
  ];
  if (column.indicator) {
    const operands = { x: operandOf(cell), q: given("missing", null) };
    const value = cell.value === null ? 1 : 0;
    last.push(step(id(1), names[1], value, INPUTS.number.missing, operands));
  }
  for (const [low, high] of binsOf(column)) {
    const index = last.length;
    last.push(binStep(engine, column, x, low, high, id(index), names[index]));
  }
  return { before, last };
}

function fillSentence(column: NumberInput): string {
  if (column.fill_learnt) return `missing: the median${day(column, column.fill)} stands in`;
  return `missing: ${shortNumber(column.fill)} stands in: no missing cells in the training`;
}

function scalingSteps(engine: Engine, column: NumberInput, x: Step, cellId: string): Step[] {
  const steps: Step[] = [];
  const now = () => operandOf(steps.at(-1) ?? x);
  const { center, scale, smooth_clip: clip } = INPUTS.number;
  if (column.center) {
    const operands = { x: now(), m: given("centre", column.center) };
    const says = `centre${day(column, column.center)}`;
    steps.push(computed(engine, `${cellId}.centre`, "centred", center, operands, says));
  }
  if (column.scale !== 1) {
    const operands = { u: now(), s: given("scale", column.scale) };
    steps.push(computed(engine, `${cellId}.scale`, "scaled", scale, operands, "scale"));
  }
  if (column.smooth_clip)
    steps.push(computed(engine, `${cellId}.clip`, "clipped", clip, { u: now() }, "smooth clip"));
  return steps;
}

function binStep(
  engine: Engine,
  column: NumberInput,
  x: Step,
  low: number,
  high: number,
  id: string,
  name: string,
): Step {
  const { bin, low_bin } = INPUTS.number;
  const height = column.bin_height;
  const operands = { x: operandOf(x), p: given("from", low), q: given("to", high) };
  const h = shortNumber(height);
  const says = `bin: -${h} up to its start, ${h} from its end, a line between`;
  if (height === 1) return computed(engine, id, name, bin, operands, says);
  const withHeight = { ...operands, h: given("height", height) };
  return computed(engine, id, name, low_bin, withHeight, says);
}

/** Each target with its number from 1, and its part of K things. */
function byTarget<T>(encoding: Encoding, all: T[]): [number, TargetEncoding, T[]][] {
  let first = 0;
  return encoding.targets.map((target, i) => {
    const part = all.slice(first, first + widthOf(target));
    first += part.length;
    return [i + 1, target, part];
  });
}

/** From a row's K outputs to the prediction of each target. */
export function predictionSteps(
  engine: Engine,
  encoding: Encoding,
  outputs: Operand[],
  row: number,
): Step[] {
  return byTarget(encoding, outputs).flatMap(([number, target, part]) => {
    const id = `r${row + 1}.t${number}`;
    return target.kind === "number"
      ? numberPrediction(engine, target, part[0], id)
      : classPrediction(engine, target, part, id);
  });
}

function numberPrediction(
  engine: Engine,
  target: Extract<TargetEncoding, { kind: "number" }>,
  output: Operand,
  id: string,
): Step[] {
  const steps: Step[] = [];
  const { decode, clip } = TARGETS.number;
  if (target.scale !== 1 || target.center !== 0) {
    const operands = {
      a: output,
      s: given("scale", target.scale),
      m: given("centre", target.center),
    };
    const says = "back to the target's unit";
    steps.push(computed(engine, `${id}.unit`, "in its unit", decode, operands, says));
  }
  if (target.low !== null && target.high !== null) {
    const x = steps.length ? operandOf(steps[0]) : output;
    const operands = { x, p: given("smallest", target.low), q: given("largest", target.high) };
    const says = "clipped to the range seen in training";
    steps.push(computed(engine, `${id}.held`, "", clip, operands, says));
  }
  const last = steps.pop() ?? step("", "", output.value, "a", { a: output }, AS_IT_IS);
  return [...steps, { ...last, id: `${id}.answer`, symbol: `prediction of ${target.name}` }];
}

function classPrediction(
  engine: Engine,
  target: ClassTarget,
  outputs: Operand[],
  id: string,
): Step[] {
  const columns = outputs.map(({ value }) => Float64Array.of(value as number));
  const probabilities = probabilitiesOf(engine, target, columns);
  const weighed = weighedBy(engine, target, probabilities);
  const labels = labelTexts(target);
  const steps = labels.flatMap((label, k) => {
    const { formula, operands } = probabilityFormula(engine, target, outputs, k);
    const [value] = probabilities[k];
    const probability = step(
      `${id}.p${k + 1}`,
      `probability of ${label}`,
      value,
      formula,
      operands,
    );
    if (!target.frequencies.length) return [probability];
    const f = given(`frequency of ${label}`, target.frequencies[k]);
    const over = step(
      `${id}.q${k + 1}`,
      `${label}, over its frequency`,
      weighed[k][0],
      TARGETS.class["over frequency"],
      { p: operandOf(probability), f },
    );
    return [probability, over];
  });
  const chosen =
    labels[
      chosenClass(
        target,
        weighed.map(([value]) => value),
      )
    ];
  const says = howItIsChosen(target);
  return [...steps, step(`${id}.answer`, `prediction of ${target.name}`, chosen, "", {}, says)];
}

function howItIsChosen(target: ClassTarget): string {
  const labels = labelTexts(target);
  if (target.threshold !== null)
    return `${labels[1]} from a probability of ${shortNumber(target.threshold, 4)} on`;
  if (target.frequencies.length)
    return "the class of the largest probability over its frequency in the training";
  return "the class of the largest probability";
}

function probabilityFormula(
  engine: Engine,
  target: ClassTarget,
  outputs: Operand[],
  k: number,
): { formula: string; operands: Record<string, Operand> } {
  const formulaOf = TARGETS.class;
  if (target.labels.length === 2) {
    const formula = formulaOf[k ? "second of two" : "first of two"];
    return { formula, operands: { a: outputs[0] } };
  }
  const values = Object.fromEntries(outputs.map(({ value }, i) => [`a${i}`, value as number]));
  const sum = engine.number(Object.keys(values).join(" + "), values);
  if (Math.abs(sum - 1) <= NEARLY + SUMS_TO_1) return { formula: "a", operands: { a: outputs[k] } };
  const operands = { a: outputs[k], s: given("sum of the outputs", sum) };
  return { formula: formulaOf.probability, operands };
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
