/**
 * Cells to the network's inputs and targets, and outputs to predictions, many rows at once: for
 * every kind of encoding that a model file can hold. Each number is a formula of the library,
 * evaluated by the engine; `steps.ts` shows the same number by number.
 */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { writtenDay } from "./dates";
import type { Encoding, InputEncoding, TargetEncoding } from "./encoding";
import { numberText, shortNumber } from "./numerals";
import { type Cell, columnNamed, type Table, tableError } from "./table";

const INPUTS = formulas.inputs;
const TARGETS = formulas.targets;

export type NumberInput = Extract<InputEncoding, { kind: "number" }>;
export type ClassTarget = Extract<TargetEncoding, { kind: "class" }>;

/** The name of every network input; D of them. */
export function features(encoding: Encoding): string[] {
  return encoding.inputs.flatMap(featuresOf);
}

export function featuresOf(input: InputEncoding): string[] {
  if (input.kind === "unused") return [];
  const missing = input.indicator ? [`${input.name} missing`] : [];
  if (input.kind === "number") return [input.name, ...missing, ...binNames(input)];
  if (input.kind === "binary") return [`${input.name}=${input.levels[1]}`, ...missing];
  return [...input.levels.map((level) => `${input.name}=${level}`), ...missing];
}

export function binsOf({ bin_edges }: NumberInput): [number, number][] {
  return bin_edges.slice(1).map((high, i) => [bin_edges[i], high]);
}

function binNames(input: NumberInput): string[] {
  const written = (x: number) => (input.date ? writtenDay(input, x) : shortNumber(x));
  return binsOf(input).map(([low, high]) => `${input.name} ${written(low)} to ${written(high)}`);
}

/** The name of every network output; K of them. */
export function outputs(encoding: Encoding): string[] {
  return encoding.targets.flatMap((target) => {
    if (target.kind === "number") return [target.name];
    const names = labelTexts(target);
    return (names.length === 2 ? names.slice(1) : names).map((name) => `${target.name}=${name}`);
  });
}

/** How many outputs a target takes. */
export function widthOf(target: TargetEncoding): number {
  return target.kind === "number" || target.labels.length === 2 ? 1 : target.labels.length;
}

export function labelTexts(target: ClassTarget): string[] {
  return target.labels.map((label) =>
    typeof label === "number" ? numberText(label) : String(label),
  );
}

/** A cell as the text that levels and labels are compared with. */
export function cellText(cell: Cell): string | null {
  return typeof cell === "number" ? numberText(cell) : cell;
}

/**
 * The inputs of a table's rows: N x D, row by row.
 *
 * Throws TableError where the table lacks a column, or has text where numbers are needed.
 */
export function encodeInputs(engine: Engine, encoding: Encoding, table: Table): Float64Array {
  const columns: Float64Array[] = [];
  for (const input of encoding.inputs)
    if (input.kind !== "unused")
      columns.push(...encodeCells(engine, input, cellsFor(input, table)));
  return rowByRow(columns, table.rows);
}

/** The cells that an input is made of. Throws TableError as `encodeInputs` does. */
export function cellsFor(input: InputEncoding, table: Table): Cell[] {
  const column = table.columns.find(({ name }) => name === input.name);
  if (!column) {
    const names = table.columns.map(({ name }) => name).join(", ") || "none";
    throw tableError({
      file: table.name,
      message: `the table lacks the column '${input.name}'; it has: ${names}`,
    });
  }
  if (input.kind === "number") {
    const row = column.cells.findIndex((cell) => typeof cell === "string");
    if (row >= 0)
      throw tableError({
        column: input.name,
        row: row + 1,
        message: `'${column.cells[row]}' where the model was trained on numbers`,
        remedy: "convert the column",
      });
  }
  return column.cells;
}

/** N cells as N numbers for each of the column's inputs. */
export function encodeCells(engine: Engine, input: InputEncoding, cells: Cell[]): Float64Array[] {
  if (input.kind === "unused") return [];
  if (input.kind === "number") return encodeNumbers(engine, input, cells);
  const position = new Map<Cell, number>(input.levels.map((level, i) => [level, i]));
  const unknown = input.levels.length;
  const x = Float64Array.from(cells, (cell) => position.get(cellText(cell)) ?? unknown);
  const isLevel = (q: number) => engine.evaluate(INPUTS.categories, { x, q });
  const missing = input.indicator ? [isLevel(unknown)] : [];
  if (input.kind === "binary")
    return [engine.evaluate(INPUTS.binary, { x, p: 0, q: 1 }), ...missing];
  return [...input.levels.map((_, q) => isLevel(q)), ...missing];
}

function encodeNumbers(engine: Engine, input: NumberInput, cells: Cell[]): Float64Array[] {
  const formulaOf = INPUTS.number;
  const x = Float64Array.from(cells, (cell) => (cell === null ? input.fill : Number(cell)));
  let u: Float64Array = x;
  if (input.center) u = engine.evaluate(formulaOf.center, { x: u, m: input.center });
  if (input.scale !== 1) u = engine.evaluate(formulaOf.scale, { u, s: input.scale });
  if (input.smooth_clip) u = engine.evaluate(formulaOf.smooth_clip, { u });
  const missing = input.indicator
    ? [Float64Array.from(cells, (cell) => (cell === null ? 1 : 0))]
    : [];
  const h = input.bin_height;
  const bins = binsOf(input).map(([p, q]) =>
    h === 1
      ? engine.evaluate(formulaOf.bin, { x, p, q })
      : engine.evaluate(formulaOf.low_bin, { x, p, q, h }),
  );
  return [u, ...missing, ...bins];
}

/** Columns of n numbers as one array of n rows. */
function rowByRow(columns: Float64Array[], n: number): Float64Array {
  const width = columns.length;
  const all = new Float64Array(n * width);
  columns.forEach((column, i) => {
    for (let row = 0; row < n; row++) all[row * width + i] = column[row];
  });
  return all;
}

/** The inputs of one row. */
export function encodeRow(
  engine: Engine,
  encoding: Encoding,
  table: Table,
  row: number,
): Float64Array {
  const columns = encoding.inputs.flatMap((input) =>
    input.kind === "unused" ? [] : encodeCells(engine, input, [cellsFor(input, table)[row]]),
  );
  return rowByRow(columns, 1);
}

/**
 * The inputs of a grid: the row with every pair of cells of two columns, xs.length * ys.length
 * rows. The first of `ys` comes with all `xs`, then the second, ...
 */
export function gridInputs(
  engine: Engine,
  encoding: Encoding,
  table: Table,
  row: number,
  columnX: string,
  xs: Cell[],
  columnY: string,
  ys: Cell[],
): Float64Array {
  const base = encodeRow(engine, encoding, table, row);
  const width = base.length;
  const all = new Float64Array(xs.length * ys.length * width);
  for (let at = 0; at < all.length; at += width) all.set(base, at);
  let first = 0;
  for (const input of encoding.inputs) {
    const isX = input.name === columnX;
    if (isX || input.name === columnY) {
      encodeCells(engine, input, isX ? xs : ys).forEach((numbers, i) => {
        for (let cell = 0; cell < xs.length * ys.length; cell++) {
          const from = isX ? cell % xs.length : Math.floor(cell / xs.length);
          all[cell * width + first + i] = numbers[from];
        }
      });
    }
    first += featuresOf(input).length;
  }
  return all;
}

/**
 * The targets of a table's rows, N x K; NaN where one is missing.
 *
 * Throws TableError on a class that the encoding does not know.
 */
export function encodeTargets(engine: Engine, encoding: Encoding, table: Table): Float64Array {
  const columns = encoding.targets.flatMap((target) => {
    const { cells } = columnNamed(table, target.name);
    if (target.kind === "number") {
      const x = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
      return [engine.evaluate(TARGETS.number.encode, { x, m: target.center, s: target.scale })];
    }
    const x = classNumbers(target, cells);
    const first = target.labels.length === 2 ? 1 : 0;
    return target.labels.slice(first).map((_, k) => {
      const known = engine.evaluate(TARGETS.class.encode, { x, q: k + first });
      return known.map((value, row) => (cells[row] === null ? Number.NaN : value));
    });
  });
  return rowByRow(columns, table.rows);
}

/** The number of each cell's class, from 0; -1 where it is missing. */
function classNumbers(target: ClassTarget, cells: Cell[]): Float64Array {
  const labels = labelTexts(target);
  const position = new Map<Cell, number>(labels.map((label, i) => [label, i]));
  return Float64Array.from(cells, (cell, row) => {
    const found = position.get(cellText(cell));
    if (found !== undefined) return found;
    if (cell === null) return -1;
    throw tableError({
      column: target.name,
      row: row + 1,
      message: `class '${cellText(cell)}' is not among those trained on: ${labels.join(", ")}`,
    });
  });
}

/** What is predicted of N rows for one target. */
export type Prediction =
  | { kind: "number"; name: string; values: Float64Array }
  | {
      kind: "class";
      name: string;
      labels: string[];
      /** The number of the class that is predicted, N. */
      classes: Int32Array;
      /** For each class N probabilities. */
      probabilities: Float64Array[];
    };

/** The predictions of each target from N x K outputs. */
export function predictions(
  engine: Engine,
  encoding: Encoding,
  outputs: Float64Array,
  rows: number,
): Prediction[] {
  const width = rows ? outputs.length / rows : 0;
  let first = 0;
  return encoding.targets.map((target) => {
    const count = widthOf(target);
    const columns = Array.from({ length: count }, (_, k) =>
      Float64Array.from({ length: rows }, (_, row) => outputs[row * width + first + k]),
    );
    first += count;
    if (target.kind === "class") return classPrediction(engine, target, columns, rows);
    return {
      kind: "number",
      name: target.name,
      values: numberPrediction(engine, target, columns[0]),
    };
  });
}

function numberPrediction(
  engine: Engine,
  target: Extract<TargetEncoding, { kind: "number" }>,
  a: Float64Array,
): Float64Array {
  const x = engine.evaluate(TARGETS.number.decode, { a, s: target.scale, m: target.center });
  if (target.low === null || target.high === null) return x;
  return engine.evaluate(TARGETS.number.clip, { x, p: target.low, q: target.high });
}

function classPrediction(
  engine: Engine,
  target: ClassTarget,
  columns: Float64Array[],
  rows: number,
): Prediction {
  const probabilities = probabilitiesOf(engine, target, columns);
  const weighed = weighedBy(engine, target, probabilities);
  const classes = Int32Array.from({ length: rows }, (_, row) =>
    chosenClass(
      target,
      weighed.map((column) => column[row]),
    ),
  );
  const labels = labelTexts(target);
  return { kind: "class", name: target.name, labels, classes, probabilities };
}

/** The outputs of a target as probabilities of its classes, which add up to 1. */
export function probabilitiesOf(
  engine: Engine,
  target: ClassTarget,
  columns: Float64Array[],
): Float64Array[] {
  const formulaOf = TARGETS.class;
  let all = columns;
  if (target.labels.length === 2) {
    const [a] = columns;
    all = [engine.evaluate(formulaOf["first of two"], { a }), a];
  }
  const names = all.map((_, k) => `a${k}`);
  const values = Object.fromEntries(all.map((column, k) => [names[k], column]));
  const s = engine.evaluate(`1 if ${names.join(" + ")} == 0 else ${names.join(" + ")}`, values);
  return all.map((a) => engine.evaluate(formulaOf.probability, { a, s }));
}

/** Probabilities as they are compared: over the frequencies of the classes, where it has these. */
export function weighedBy(
  engine: Engine,
  target: ClassTarget,
  probabilities: Float64Array[],
): Float64Array[] {
  if (!target.frequencies.length) return probabilities;
  return probabilities.map((p, k) =>
    engine.evaluate(TARGETS.class["over frequency"], { p, f: target.frequencies[k] }),
  );
}

/** The number of the class that is predicted: the first of the largest, or by the threshold. */
export function chosenClass(target: ClassTarget, weighed: number[]): number {
  if (target.threshold !== null) return weighed[1] >= target.threshold ? 1 : 0;
  return weighed.indexOf(Math.max(...weighed));
}
