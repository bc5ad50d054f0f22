/** What both ways of learning an encoding make and ask of columns. */
import formulas from "../../generated/formulas.json";
import type { InputEncoding, TargetEncoding, Task } from "./encoding";
import { type Column, cellTexts, countTexts, sortedTexts, TableError } from "./table";

export const rules = formulas.rules.learning;

export function isInput(targets: string[]): (column: Column) => boolean {
  return ({ name }) => !targets.includes(name);
}

/** The numbers of a column whose cells are known. */
export function numbersOf({ cells }: Column): number[] {
  return cells.filter((cell) => cell !== null) as number[];
}

function isBoolean(column: Column): boolean {
  const texts = [...countTexts(column).keys()];
  const isOne = (text: string) => text === "true" || text === "false";
  return column.kind === "text" && texts.length > 0 && texts.every(isOne);
}

export function kindOfCells(column: Column): string {
  return isBoolean(column) ? "boolean" : column.kind;
}

export function total(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export function number(
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

export function numberTarget(
  { name, format }: Column,
  center: number,
  scale: number,
): TargetEncoding {
  return { kind: "number", name, center, scale, low: null, high: null, format: format ?? null };
}

export function classTarget(column: Column, task: Task): TargetEncoding {
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
