/**
 * What the columns of a table become, learnt once from its cells, by three of the library's rules:
 * "as it is" and "0 to 1" are runs/article_table.py's, "centred" is the affine encoding of
 * tables/inputs.py and targets.py. How it is then done is `encode.ts`.
 */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { isName } from "./cells";
import type { Encoding, InputEncoding, Rule, TargetEncoding, Task } from "./encoding";
import { numberText, shortNumber } from "./numerals";
import { withoutRowNumbers } from "./row_numbers";
import {
  type Column,
  cellTexts,
  columnNamed,
  compareTexts,
  countTexts,
  sortedTexts,
  type Table,
  TableError,
  tableError,
  takeRows,
} from "./table";

const rules = formulas.rules.learning;

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

function isInput(targets: string[]): (column: Column) => boolean {
  return ({ name }) => !targets.includes(name);
}

/** Throws TableError on a number that is infinite or beyond the library's largest. */
function checkSize({ name, kind, cells }: Column): void {
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

/** The numbers of a column whose cells are known. */
function numbersOf({ cells }: Column): number[] {
  return cells.filter((cell) => cell !== null) as number[];
}

function isBoolean(column: Column): boolean {
  const texts = [...countTexts(column).keys()];
  const isOne = (text: string) => text === "true" || text === "false";
  return column.kind === "text" && texts.length > 0 && texts.every(isOne);
}

function kindOfCells(column: Column): string {
  return isBoolean(column) ? "boolean" : column.kind;
}

// ---- the article's program

function articleEncoding(
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

function total(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
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

// ---- the affine encoding

function affineEncoding(engine: Engine, table: Table, targets: string[], loss: string): Encoding {
  if (!table.rows) throw new TableError(`target '${targets[0]}' is missing in every row`);
  const chosen = targets.map((name) => columnNamed(table, name));
  const task = findTask(chosen);
  if (table.rows < 2) throw new TableError("only 1 row has a target, too few to train on");
  const inputs = table.columns
    .filter(isInput(targets))
    .map((column) => affineInput(engine, column));
  if (inputs.every(({ kind }) => kind === "unused")) throw noInput(inputs);
  const learnt = chosen.map((column) =>
    task === "regression" ? affineTarget(engine, column, loss) : classTarget(column, task),
  );
  return { task, inputs, targets: learnt };
}

function noInput(inputs: InputEncoding[]): TableError {
  const reasons = inputs.map(
    (one) => `'${one.name}' is not used: ${"reason" in one && one.reason}`,
  );
  const why = reasons.join("; ") || "it has only the target";
  return new TableError(`the table has no column to predict from: ${why}`);
}

function affineInput(engine: Engine, column: Column): InputEncoding {
  if (column.cells.every((cell) => cell === null)) return unused(column, "every cell is missing");
  return column.kind === "number" ? affineNumber(engine, column) : affineCategories(column);
}

function unused({ name }: Column, reason: string): InputEncoding {
  return { kind: "unused", name, reason };
}

/** Centre at the median, scale by the interquartile range, or half the range where that is 0. */
function affineNumber(engine: Engine, column: Column): InputEncoding {
  const quantiles = engine.quantiles(numbersOf(column), [0, 0.25, 0.5, 0.75, 1]);
  const [low, q1, median, q3, high] = quantiles;
  const scale = engine.number("b - a if b - a > 1e-9 * (q - p) else (q - p) / 2", {
    a: q1,
    b: q3,
    p: low,
    q: high,
  });
  if (scale === 0) return unused(column, `constant (${shortNumber(median)})`);
  return number(column, median, scale, median, true);
}

function number(
  { name, format }: Column,
  center: number,
  scale: number,
  fill: number,
  fillLearnt: boolean,
): InputEncoding {
  return {
    kind: "number",
    name,
    center,
    scale,
    smooth_clip: false,
    fill,
    indicator: false,
    date: false,
    bin_edges: [],
    format: format ?? null,
    bin_height: 1,
    fill_learnt: fillLearnt,
  };
}

/** Two values become one input, more become one each, of the most frequent; names are not used. */
function affineCategories(column: Column): InputEncoding {
  const counts = countTexts(column);
  const { name } = column;
  const cells = kindOfCells(column);
  const indicator = column.cells.includes(null);
  if (counts.size === 1 && !indicator) return unused(column, `constant (${[...counts.keys()][0]})`);
  if (isName(counts.size, total(counts)))
    return unused(
      column,
      `${counts.size} different texts in ${total(counts)} cells: more a name than a category`,
    );
  if (counts.size === 2) {
    const levels = sortedTexts(counts.keys()) as [string, string];
    return { kind: "binary", name, levels, indicator, cells };
  }
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || compareTexts(a, b));
  const frequent = byCount.slice(0, rules.max_levels);
  const repeated = frequent.filter(([, count]) => count > 1 || counts.size <= 10);
  const levels = sortedTexts(repeated.map(([text]) => text));
  const isCut = levels.length < counts.size;
  return { kind: "categories", name, levels, indicator: indicator || isCut, cells };
}

/** Two values: binary; text, and few whole numbers that repeat: classes; other numbers: numbers. */
function findTask(columns: Column[]): Task {
  const found = columns.map(taskOf);
  if (columns.length > 1 && (new Set(found).size > 1 || found[0] === "multiclass")) {
    const tasks = columns.map(({ name }, i) => `'${name}' is ${found[i]}`).join(", ");
    throw new TableError(
      `several targets must be all numeric or all two-valued, but ${tasks}: choose one`,
    );
  }
  return found[0];
}

function taskOf(column: Column): Task {
  const counts = countTexts(column);
  if (counts.size === 2) return "binary";
  if (column.kind !== "number") return "multiclass";
  if (counts.size === 1) return "regression"; // which says that it is constant
  const isWhole = numbersOf(column).every(Number.isInteger);
  const rarest = Math.min(...counts.values());
  const areClasses = counts.size <= rules.max_found_classes && rarest >= rules.min_class_rows;
  return isWhole && areClasses ? "multiclass" : "regression";
}

function affineTarget(engine: Engine, column: Column, loss: string): TargetEncoding {
  const y = numbersOf(column);
  const [low, high] = engine.quantiles(y, [0, 1]);
  const { mean, deviation } = engine.moments(y);
  if (engine.number("q - p", { p: low, q: high }) <= 1e-100)
    throw new TableError(
      `target '${column.name}' is constant (${shortNumber(low)}): there is nothing to learn`,
    );
  if (outputOf(loss) === "exponential") {
    if (low < 0)
      throw new TableError(
        `target '${column.name}' has negative values (smallest ${shortNumber(low)}), ` +
          "which this loss cannot take: use another loss",
      );
    return numberTarget(column, 0, mean);
  }
  if (!rules.robust_losses.includes(loss)) return numberTarget(column, mean, deviation);
  const { center, scale } = robustScale(engine, y);
  return numberTarget(column, center, scale);
}

function outputOf(loss: string): string | null {
  const losses = formulas.losses as Record<string, { output: string | null }>;
  return losses[loss]?.output ?? null;
}

/** The median, and the standard deviation of a normal distribution with the same quartiles. */
function robustScale(engine: Engine, y: number[]): { center: number; scale: number } {
  const [q1, median, q3] = engine.quantiles(y, [0.25, 0.5, 0.75]);
  const e = rules.negligible;
  const width = engine.number("b - a if b - a > e * max(abs(a), abs(b)) else 0", {
    a: q1,
    b: q3,
    e,
  });
  if (width) {
    const scale = engine.number("w / n", { w: width, n: rules.normal_quartiles });
    return { center: median, scale };
  }
  const distances = engine.evaluate("abs(y - m)", { y, m: median });
  const least = engine.number("e * abs(m)", { m: median, e });
  const [scale] = engine.quantiles(
    [...distances].filter((distance) => distance > least),
    [0.5],
  );
  return { center: median, scale };
}

function numberTarget({ name, format }: Column, center: number, scale: number): TargetEncoding {
  return { kind: "number", name, center, scale, low: null, high: null, format: format ?? null };
}

// ---- classes

function classTarget(column: Column, task: Task): TargetEncoding {
  const counts = countTexts(column);
  const { name } = column;
  if (counts.size === 1)
    throw new TableError(
      `target '${name}' has one class only (${[...counts.keys()][0]}): there is nothing to tell apart`,
    );
  if (task === "binary" && counts.size !== 2)
    throw new TableError(`target '${name}' has ${counts.size} values, and two are needed`);
  return {
    kind: "class",
    name,
    labels: labelsOf(column, counts),
    threshold: null,
    frequencies: [],
  };
}

function labelsOf(column: Column, counts: Map<string, number>): (string | number | boolean)[] {
  if (column.kind === "number")
    return [...new Set(numbersOf(column))].sort((a, b) => a - b).map((label) => label + 0);
  if (isBoolean(column)) return [false, true];
  const known = cellTexts(column).filter((text) => text !== null);
  if (counts.size > 0.5 * known.length && counts.size > 10)
    throw new TableError(
      `target '${column.name}' has ${counts.size} different texts in ${known.length} rows: ` +
        `too many to be classes (one is '${known[0]}'); is it a name, or are they numbers ` +
        "written in an unusual way?",
    );
  return sortedTexts(counts.keys());
}
