/** The library's affine encoding, "centred" (tables/inputs.py, tables/targets.py). */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { shortNumber } from "../numerals";
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
  compareTexts,
  countTexts,
  sortedTexts,
  type Table,
  TableError,
} from "./table";

export function affineEncoding(
  engine: Engine,
  table: Table,
  targets: string[],
  loss: string,
): Encoding {
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
