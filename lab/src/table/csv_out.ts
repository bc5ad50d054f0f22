/** Tables as CSV: alone, and with predictions as `glassnet predict` writes them. */
import Papa from "papaparse";
import type { Engine } from "../engine/engine";
import { numberText, pythonFloat } from "../numerals";
import type { Encoding } from "./encoding";
import { predictions } from "./predictions";
import { type Cell, type Table, tableError } from "./table";

type Columns = [name: string, cells: string[]][];

/** The table alone, from which `readCsv` and the library make the same one. */
export function tableAsCsv(table: Table): string {
  return csv(columnsOf(table));
}

/**
 * The table, and beside it what is predicted of its rows from N x K outputs.
 *
 * Throws TableError where a column of the table has a name of these, as `glassnet predict` does.
 */
export function tableWithPredictions(
  engine: Engine,
  encoding: Encoding,
  table: Table,
  outputs: Float64Array,
): string {
  const kept = columnsOf(table);
  const predicted = predictedColumns(engine, encoding, outputs, table.rows);
  const twice = kept.find(([name]) => predicted.some(([other]) => other === name));
  if (twice)
    throw tableError({
      file: table.name,
      message: `a column of the table is named '${twice[0]}', as one of the output is`,
      remedy: "rename it",
    });
  return csv([...kept, ...predicted]);
}

function columnsOf(table: Table): Columns {
  return table.columns.map(({ name, cells }) => [name, cells.map(cellAsText)]);
}

/** A missing cell is empty; 3, not 3.0. */
function cellAsText(cell: Cell): string {
  return typeof cell === "number" ? numberText(cell) : (cell ?? "");
}

/** Of several targets each name ends with the target's, as of `glassnet predict`. */
function predictedColumns(
  engine: Engine,
  encoding: Encoding,
  outputs: Float64Array,
  rows: number,
): Columns {
  const several = encoding.targets.length > 1;
  const separator = several ? "=" : "_";
  return predictions(engine, encoding, outputs, rows).flatMap((predicted) => {
    const suffix = several ? `_${predicted.name}` : "";
    if (predicted.kind === "number")
      return [[`prediction${suffix}`, Array.from(predicted.values, pythonFloat)]] as Columns;
    const { labels, classes, probabilities } = predicted;
    const chosen: Columns = [[`prediction${suffix}`, Array.from(classes, (k) => labels[k])]];
    const ofClasses = labels.map((label, k) => [
      `probability${suffix}${separator}${label}`,
      Array.from(probabilities[k], pythonFloat),
    ]);
    return [...chosen, ...(ofClasses as Columns)];
  });
}

function csv(columns: Columns): string {
  const rows = columns[0]?.[1].map((_, row) => columns.map(([, cells]) => cells[row])) ?? [];
  const names = columns.map(([name]) => name);
  return `${Papa.unparse([names, ...rows], { newline: "\n" })}\n`;
}
