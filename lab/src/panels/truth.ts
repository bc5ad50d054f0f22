/** What is true of the rows: the number or class of each, their range, and the colours of both. */
import type { View } from "../lab";
import type { Prepared } from "../prepare";
import { cellText, labelTexts } from "../table/features";
import { columnNamed } from "../table/table";
import { CLASS_COLOURS, css, diverging } from "./colours";

/** What is true of the rows: the range of numbers, the number or class of each row, its colour. */
interface Truth {
  low: number;
  high: number;
  values: number[];
  colours: string[];
}

const truths = new WeakMap<Prepared, Truth>();

export function truthOf({ prepared }: View): Truth {
  let found = truths.get(prepared);
  if (!found) {
    found = newTruth(prepared);
    truths.set(prepared, found);
  }
  return found;
}

function newTruth({ encoding, table }: Prepared): Truth {
  const [target] = encoding.targets;
  const { cells } = columnNamed(table, target.name);
  if (target.kind === "number") {
    const values = cells.map((cell) => (typeof cell === "number" ? cell : Number.NaN));
    const known = values.filter((value) => !Number.isNaN(value));
    const low = Math.min(...known);
    const high = Math.max(...known);
    const colours = values.map((value) => css(diverging((value - low) / (high - low || 1))));
    return { low, high, values, colours };
  }
  const labels = labelTexts(target);
  const values = cells.map((cell) => labels.indexOf(cellText(cell) ?? ""));
  return { low: 0, high: 1, values, colours: values.map((index) => classColour(labels, index)) };
}

export function classColour(labels: unknown[], index: number): string {
  if (labels.length === 2) return css(diverging(index));
  return css(CLASS_COLOURS[index % CLASS_COLOURS.length]);
}
