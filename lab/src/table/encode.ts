/**
 * Cells to the network's inputs and targets, and outputs to predictions, many rows at once: for
 * every kind of encoding that a model file can hold. Each number is a formula of the library,
 * evaluated by the engine; `steps.ts` shows the same number by number.
 */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import type { Encoding, InputEncoding } from "./encoding";
import {
  binsOf,
  type ClassTarget,
  cellText,
  featuresOf,
  labelTexts,
  type NumberInput,
} from "./features";
import { type Cell, columnNamed, type Table, tableError } from "./table";

const TARGETS = formulas.targets;

const INPUTS = formulas.inputs;

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
