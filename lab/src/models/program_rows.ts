/**
 * The rows of a run as a program has them: the table, and the network's inputs and targets as
 * expressions that Python and R read alike. The functions in them are defined by each language's
 * program, which takes those that are used.
 */

import formulas from "../../generated/formulas.json";
import { pythonFloat } from "../numerals";
import type { Encoding, InputEncoding, TargetEncoding } from "../table/encoding";
import { binsOf, labelTexts, type NumberInput } from "../table/features";
import { type Column, columnNamed, type Table } from "../table/table";

const MOST_CELLS = 400; // of a table that is written out; a larger one is read from its file

/** An expression, and what it is in words. */
export interface Named {
  expression: string;
  name: string;
}

export const number = pythonFloat;

const CONTROLS = new RegExp(formulas.rules.reading.controls, "gu");

/** A text as both languages write it; a letter that would turn the others around as its number. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(CONTROLS, (letter) => {
    const code = (letter.codePointAt(0) as number).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** The columns that a run needs. */
export function columnsOf(encoding: Encoding, table: Table): Column[] {
  const used = [...encoding.inputs.filter(({ kind }) => kind !== "unused"), ...encoding.targets];
  return used.map(({ name }) => columnNamed(table, name));
}

/** Whether the table is small enough to be written out. */
export function isSmall(columns: Column[]): boolean {
  return columns.reduce((sum, { cells }) => sum + cells.length, 0) <= MOST_CELLS;
}

/** The file of the table, as it is saved from the page. */
export function fileOf({ name }: Table): string {
  return `${name.replace(/\.[^.]*$/, "")}-predictions.csv`;
}

/** The network's inputs, of columns one after the other. */
export function inputsOf(encoding: Encoding, table: Table): string[] {
  return encoding.inputs.flatMap((input) => inputsOfColumn(input, table));
}

function inputsOfColumn(input: InputEncoding, table: Table): string[] {
  if (input.kind === "unused") return [];
  if (input.kind === "number")
    return inputsOfNumber(input, columnNamed(table, input.name).cells.includes(null));
  const name = quoted(input.name);
  const levels = input.levels.map(quoted);
  const unknown = input.indicator ? [`unknown(${[name, ...levels].join(", ")})`] : [];
  if (input.kind === "binary") return [`minus_or_plus(${name}, ${levels.join(", ")})`, ...unknown];
  return [...levels.map((level) => `is_level(${name}, ${level})`), ...unknown];
}

function inputsOfNumber(input: NumberInput, anyMissing: boolean): string[] {
  const name = quoted(input.name);
  const x = anyMissing ? `filled(${name}, ${number(input.fill)})` : `numbers(${name})`;
  let scaled = x;
  if (input.center) scaled = `${scaled} - ${number(input.center)}`;
  if (input.scale !== 1)
    scaled = `${input.center ? `(${scaled})` : scaled} / ${number(input.scale)}`;
  if (input.smooth_clip) scaled = `clipped(${scaled})`;
  const missing = input.indicator ? [`is_missing(${name})`] : [];
  const bins = binsOf(input).map(
    ([low, high]) => `${number(input.bin_height)} * bin(${x}, ${number(low)}, ${number(high)})`,
  );
  return [scaled, ...missing, ...bins];
}

/** What the outputs should be. */
export function targetsOf(encoding: Encoding): string[] {
  return encoding.targets.flatMap((target) => {
    const name = quoted(target.name);
    if (target.kind === "class") {
      const labels = labelTexts(target);
      const levels = labels.length === 2 ? labels.slice(1) : labels;
      return levels.map((label) => `is_level(${name}, ${quoted(label)})`);
    }
    if (target.center === 0 && target.scale === 1) return [`numbers(${name})`];
    const centred = target.center
      ? `(numbers(${name}) - ${number(target.center)})`
      : `numbers(${name})`;
    return [`${centred} / ${number(target.scale)}`];
  });
}

/** Which of some functions are used in a text, those that they use themselves among them. */
export function usedFunctions(functions: Record<string, string>, text: string): string[] {
  const all = Object.entries(functions);
  const used = new Set<string>();
  const find = (where: string) => {
    for (const [name, body] of all)
      if (!used.has(name) && new RegExp(`\\b${name}\\(`).test(where)) {
        used.add(name);
        find(body);
      }
  };
  find(text);
  return all.filter(([name]) => used.has(name)).map(([, body]) => body);
}

/** Each target with the number of its first output, from 0. */
export function firstOutputs(encoding: Encoding): [TargetEncoding, number][] {
  let first = 0;
  return encoding.targets.map((target) => {
    const at = first;
    first += target.kind === "number" || target.labels.length === 2 ? 1 : target.labels.length;
    return [target, at];
  });
}
