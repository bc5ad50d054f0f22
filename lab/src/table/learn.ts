/**
 * What the columns of a table become, learnt once from its cells, by three of the library's rules:
 * "as it is" and "0 to 1" are runs/article_table.py's, "centred" is the affine encoding of
 * tables/inputs.py and targets.py. How it is then done is `encode.ts`.
 */
import type { Engine } from "../engine/engine";
import { numberText } from "../numerals";
import type { Encoding, Rule } from "./encoding";
import { affineEncoding } from "./learn_affine";
import { articleEncoding } from "./learn_article";
import { rules } from "./learnt";
import { withoutRowNumbers } from "./row_numbers";
import { type Column, columnNamed, type Table, TableError, tableError, takeRows } from "./table";

/**
 * The encoding of all columns but those that are ignored or only number the rows.
 *
 * "centred" is learnt from the rows whose targets are all known, `rowsWithTargets`. `loss` decides
 * how it scales a target of numbers. Throws TableError, naming column and row.
 */
export function learnEncoding(
  engine: Engine,
  table: Table,
  targets: string[],
  ignored: string[],
  rule: Rule,
  loss = "mean_squared_error",
): Encoding {
  if (!targets.length) throw new TableError("choose a column to predict");
  const without = {
    ...table,
    columns: table.columns.filter(({ name }) => !ignored.includes(name)),
  };
  const used = withoutRowNumbers(without, targets);
  for (const name of targets) columnNamed(used, name);
  used.columns.forEach(checkSize);
  if (rule !== "centred") return articleEncoding(engine, used, targets, rule === "0 to 1");
  return affineEncoding(engine, takeRows(used, rowsWithTargets(used, targets)), targets, loss);
}

/** The rows, from 0, in which every target is known. */
export function rowsWithTargets(table: Table, targets: string[]): number[] {
  const columns = targets.map((name) => columnNamed(table, name));
  const rows = [...Array(table.rows).keys()];
  return rows.filter((row) => columns.every(({ cells }) => cells[row] !== null));
}

/** Throws TableError on a number that is infinite or beyond the library's largest. */
export function checkSize({ name, kind, cells }: Column): void {
  if (kind !== "number") return;
  const row = cells.findIndex((cell) => Math.abs(cell as number) > rules.largest);
  if (row < 0) return;
  const shown = Number.isFinite(cells[row]) ? numberText(cells[row] as number) : String(cells[row]);
  throw tableError({
    column: name,
    row: row + 1,
    message: `${shown} is not a finite number of usable size`,
    remedy: "replace it",
  });
}
