/** A cell's way to the network's inputs, step by step (explanation/encoding.py). */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { type Operand, operandOf, type Step, step } from "../explain/parts";
import { shortNumber } from "../numerals";
import { writtenDay } from "./dates";
import { cellsFor } from "./encode";
import type { Encoding, InputEncoding } from "./encoding";
import { binsOf, cellText, featuresOf, type NumberInput } from "./features";
import type { Cell, Table } from "./table";

const INPUTS = formulas.inputs;
export const AS_IT_IS = "as it is";

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

export function what(input: InputEncoding, value: Cell): string {
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

export function given(symbol: string, value: Cell): Operand {
  return { symbol, value, source: "" };
}

/** A step whose value the engine makes of its operands. */
export function computed(
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
