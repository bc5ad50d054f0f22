/** The encodings of the article's program, "as it is" and "0 to 1" (runs/article_table.py). */
import type { Engine } from "../engine/engine";
import { isName } from "./cells";
import type { Encoding, InputEncoding, TargetEncoding, Task } from "./encoding";
import {
  classTarget,
  isInput,
  kindOfCells,
  number,
  numbersOf,
  numberTarget,
  rules,
  total,
} from "./learnt";
import {
  type Column,
  columnNamed,
  countTexts,
  sortedTexts,
  type Table,
  TableError,
  tableError,
} from "./table";

export function articleEncoding(
  engine: Engine,
  table: Table,
  targets: string[],
  scale: boolean,
): Encoding {
  for (const column of table.columns) checkKnown(column, targets);
  const columns = table.columns.filter(isInput(targets));
  const inputs = columns.map((column) => articleInput(engine, column, scale));
  if (!inputs.length)
    throw new TableError("the table has no column to predict from: it has only the target");
  const chosen = targets.map((name) => columnNamed(table, name));
  const task = articleTask(chosen);
  const learnt = chosen.map((column) => articleTarget(engine, column, task, scale));
  return { task, inputs, targets: learnt };
}

/** Throws TableError, naming the row, on a missing cell. */
function checkKnown(column: Column, targets: string[]): void {
  const missing = column.cells.filter((cell) => cell === null).length;
  if (!missing) return;
  const more = missing > 1 ? ` (and ${missing - 1} more in this column)` : "";
  const ignore = isInput(targets)(column) ? ", leave the column out" : "";
  throw tableError({
    column: column.name,
    row: column.cells.indexOf(null) + 1,
    message: `the cell is missing${more}, and the article's program has no rule for missing cells`,
    remedy: `fill it in${ignore}, or choose the rule "centred", which has one`,
  });
}

function articleInput(engine: Engine, column: Column, scale: boolean): InputEncoding {
  if (column.kind === "number") {
    const { center, scale: width } = range(engine, column, scale);
    return number(column, center, width, 0, false);
  }
  const counts = countTexts(column);
  const known = total(counts);
  if (counts.size > rules.most_categories || isName(counts.size, known))
    throw tableError({
      message:
        `the cells of column '${column.name}' are text, ${counts.size} different in ${known} ` +
        "cells, and the article's program takes numbers",
      remedy: 'leave the column out, or choose the rule "centred", which has a rule for them',
    });
  const levels = sortedTexts(counts.keys());
  const { name } = column;
  return { kind: "categories", name, levels, indicator: false, cells: kindOfCells(column) };
}

/** What makes a column of numbers go from 0 to 1; a constant one becomes 0. */
function range(engine: Engine, column: Column, scale: boolean): { center: number; scale: number } {
  if (!scale) return { center: 0, scale: 1 };
  const [low, high] = engine.quantiles(numbersOf(column), [0, 1]);
  return { center: low, scale: engine.number("q - p", { p: low, q: high }) || 1 };
}

/** Numbers, the classes of texts, or several of two texts each. */
function articleTask(columns: Column[]): Task {
  const numbers = columns.map(({ kind }) => kind === "number");
  if (numbers.every(Boolean)) return "regression";
  const counts = columns.map((column) => countTexts(column).size);
  if (columns.length > 1 && (numbers.some(Boolean) || Math.max(...counts) > 2))
    throw new TableError("several targets must be all numbers, or all of two texts each");
  return counts[0] <= 2 ? "binary" : "multiclass";
}

function articleTarget(engine: Engine, column: Column, task: Task, scale: boolean): TargetEncoding {
  if (task !== "regression") return classTarget(column, task);
  const { center, scale: width } = range(engine, column, scale);
  return numberTarget(column, center, width);
}
