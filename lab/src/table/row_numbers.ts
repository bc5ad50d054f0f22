/** A first column that counts or names the rows is no input; see the library's row_numbers.py. */
import formulas from "../../generated/formulas.json";
import type { Column, Table } from "./table";

const rules = formulas.rules.learning;

/** The table without such a column; `keep` are columns that stay. */
export function withoutRowNumbers(table: Table, keep: string[]): Table {
  const [first, ...others] = table.columns;
  const inputs = others.filter(({ name }) => !keep.includes(name));
  if (!first || keep.includes(first.name) || !inputs.length || !tellsRowsApart(first)) return table;
  return { ...table, columns: others };
}

function tellsRowsApart(column: Column): boolean {
  const name = column.name.trim();
  const lower = name.toLowerCase();
  if (rules.nameless.includes(lower)) return areRowNames(column);
  return (name === rules.from_r || rules.row_numbers.includes(lower)) && counts(column);
}

/** Whether no two cells are alike: text, or whole numbers of rows. */
function areRowNames({ kind, cells }: Column): boolean {
  const known = cells.filter((cell) => cell !== null);
  const different = new Set(cells).size;
  if (cells.length < 3 || different !== cells.length) return false;
  if (kind === "text") return true;
  const numbers = known as number[];
  const lowest = Math.min(...numbers);
  return (
    known.length === cells.length &&
    numbers.every(Number.isInteger) &&
    0 <= lowest &&
    lowest < cells.length
  );
}

/** Whether the cells are exactly 1 to N, or 0 to N - 1. */
function counts({ kind, cells }: Column): boolean {
  if (kind !== "number" || cells.length < 3) return false;
  const [start] = cells as number[];
  return (start === 0 || start === 1) && cells.every((cell, i) => cell === start + i);
}
