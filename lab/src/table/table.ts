/** A table as the lab holds it: typed columns, however it came. */

import formulas from "../../generated/formulas.json";
import { numberText } from "../numerals";

const CONTROLS = new RegExp(formulas.rules.reading.controls, "gu");

/** A number, a text, or null where the cell is missing. */
export type Cell = number | string | null;

export interface Column {
  name: string;
  /** What its known cells are. */
  kind: "number" | "text";
  cells: Cell[];
  /** How its numbers were written, where they were text; models keep it. */
  format?: NumberFormat;
}

/** The library's (tables/formats/numbers.py). */
export interface NumberFormat {
  kind: "number";
  decimal: string;
  thousands: string;
  unit: string;
}

export interface Table {
  name: string;
  columns: Column[];
  rows: number;
  /** What was found while it was read, and should be said. */
  notices?: string[];
}

/** The most rows that the lab takes of a table; it says so where there are more. */
export const MOST_ROWS = 2000;

/** What cannot be used, in words that name the file, column or row and the fix. */
export class TableError extends Error {}

/** Where something cannot be used, what was found, and what to do; see the library's errors.py. */
export interface Problem {
  file?: string;
  column?: string;
  /** From 1. */
  row?: number;
  message: string;
  remedy?: string;
}

/** The error that says it in one line, as the library does. */
export function tableError({ file, column, row, message, remedy }: Problem): TableError {
  let cell = "";
  if (row !== undefined)
    cell = column === undefined ? `row ${row}` : `column '${column}', row ${row}`;
  return new TableError(visible([file, cell, message, remedy].filter(Boolean).join(": ")));
}

/** Text in which a character that would do something is shown as its escape. */
function visible(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const code = control.codePointAt(0) as number;
    const short = { 9: "\\t", 10: "\\n", 13: "\\r" }[code];
    const [letter, digits] = code < 32 ? ["x", 2] : ["u", 4];
    return short ?? `\\${letter}${code.toString(16).padStart(digits as number, "0")}`;
  });
}

export function columnNamed(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (!found) throw new TableError(`${table.name} has no column '${name}'`);
  return found;
}

/** The table with another cell; the old one stays as it is. */
export function withCell(table: Table, name: string, row: number, cell: Cell): Table {
  const columns = table.columns.map((column) =>
    column.name === name ? { ...column, cells: column.cells.with(row, cell) } : column,
  );
  return { ...table, columns };
}

/** The table with only these rows, by number from 0. */
export function takeRows(table: Table, rows: readonly number[]): Table {
  const columns = table.columns.map((column) => ({
    ...column,
    cells: rows.map((row) => column.cells[row]),
  }));
  return { ...table, columns, rows: rows.length };
}

/** How often each text stands in a column, numbers written as in a table; missing ones not. */
export function countTexts(column: Column): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of cellTexts(column)) {
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/** The cells as text. */
export function cellTexts(column: Column): (string | null)[] {
  return column.cells.map((cell) => (typeof cell === "number" ? numberText(cell) : cell));
}

/** Texts in the order of Python's `sorted`: by their characters' numbers. */
export function sortedTexts(texts: Iterable<string>): string[] {
  return [...texts].sort(compareTexts);
}

export function compareTexts(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i].codePointAt(0) as number) - (right[i].codePointAt(0) as number);
    if (difference) return difference;
  }
  return left.length - right.length;
}
