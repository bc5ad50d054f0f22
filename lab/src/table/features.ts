/** The network's inputs and outputs by name, and what cells are as text. */

import { numberText, shortNumber } from "../numerals";
import { writtenDay } from "./dates";
import type { Encoding, InputEncoding, TargetEncoding } from "./encoding";
import type { Cell } from "./table";

export type NumberInput = Extract<InputEncoding, { kind: "number" }>;

export type ClassTarget = Extract<TargetEncoding, { kind: "class" }>;

/** The name of every network input; D of them. */
export function features(encoding: Encoding): string[] {
  return encoding.inputs.flatMap(featuresOf);
}

export function featuresOf(input: InputEncoding): string[] {
  if (input.kind === "unused") return [];
  const missing = input.indicator ? [`${input.name} missing`] : [];
  if (input.kind === "number") return [input.name, ...missing, ...binNames(input)];
  if (input.kind === "binary") return [`${input.name}=${input.levels[1]}`, ...missing];
  return [...input.levels.map((level) => `${input.name}=${level}`), ...missing];
}

export function binsOf({ bin_edges }: NumberInput): [number, number][] {
  return bin_edges.slice(1).map((high, i) => [bin_edges[i], high]);
}

function binNames(input: NumberInput): string[] {
  const written = (x: number) => (input.date ? writtenDay(input, x) : shortNumber(x));
  return binsOf(input).map(([low, high]) => `${input.name} ${written(low)} to ${written(high)}`);
}

/** The name of every network output; K of them. */
export function outputs(encoding: Encoding): string[] {
  return encoding.targets.flatMap((target) => {
    if (target.kind === "number") return [target.name];
    const names = labelTexts(target);
    return (names.length === 2 ? names.slice(1) : names).map((name) => `${target.name}=${name}`);
  });
}

/** How many outputs a target takes. */
export function widthOf(target: TargetEncoding): number {
  return target.kind === "number" || target.labels.length === 2 ? 1 : target.labels.length;
}

export function labelTexts(target: ClassTarget): string[] {
  return target.labels.map((label) =>
    typeof label === "number" ? numberText(label) : String(label),
  );
}

/** A cell as the text that levels and labels are compared with. */
export function cellText(cell: Cell): string | null {
  return typeof cell === "number" ? numberText(cell) : cell;
}
