/** How a table writes its numbers: which mark parts the decimals, and how sure that is. */
import type { Draft } from "./cells";
import { CODE, GROUPS, PLAIN, partsOf } from "./number_forms";

/** The decimal mark of columns that can be read in two ways, and whether the table says it. */
export interface DecimalMark {
  mark: string;
  isSure: boolean;
}

/** What the columns that can be read in one way alone have; else what the separator suggests. */
export function decimalOf(drafts: Draft[], separator: string): DecimalMark {
  const marks = new Set<string>();
  const isWhole = (draft: Draft) => draft.read > 0 && draft.read === total(draft);
  for (const draft of drafts.filter((one) => isWhole(one) && !isPlain(one))) {
    const used = usedForms(draft);
    if (used.length === 1 && markOf(used[0])) marks.add(markOf(used[0]));
  }
  const commaIsLikely = separator === ";" || marks.has(",");
  const anyOpen = drafts.some((draft) => isWhole(draft) && usedForms(draft).length > 1);
  if (commaIsLikely || anyOpen)
    for (const draft of drafts) if (isWhole(draft) && pointOf(draft) === ".") marks.add(".");
  if (marks.size === 1) return { mark: [...marks][0], isSure: true };
  if (separator === ",") return { mark: ".", isSure: true };
  return { mark: separator === ";" ? "," : ".", isSure: false };
}

export function total(draft: Draft): number {
  return [...draft.known.values()].reduce((sum, count) => sum + count, 0);
}

export function isPlain(draft: Draft): boolean {
  return [...draft.known.keys()].every((text) => PLAIN.test(text) && !CODE.test(text));
}

/** What a point is in a column of plain numbers: "." decimal, "?" perhaps not, "" there is none. */
export function pointOf(draft: Draft): "." | "?" | "" {
  if (!isPlain(draft)) return "";
  const fractions = [...draft.known.keys()].filter((text) => !Number.isInteger(Number(text)));
  if (!fractions.length) return "";
  const pointed = [...draft.known.keys()].filter((text) => text.includes("."));
  return pointed.every((text) => GROUPS.test(text)) ? "?" : ".";
}

/** The forms that make different numbers of the cells; a decimal mark that no cell has is "". */
export function usedForms(draft: Draft): { decimal: string; thousands: string }[] {
  const used = new Set([...draft.known.keys()].flatMap((text) => [...partsOf(text)[1]]));
  const found = new Map<string, { decimal: string; thousands: string }>();
  for (const { decimal, thousands } of draft.forms) {
    if (thousands && !used.has(thousands)) continue;
    const form = { decimal: used.has(decimal) ? decimal : "", thousands };
    found.set(JSON.stringify(form), form);
  }
  return [...found.values()];
}

/** The decimal mark of a form: that of the cells, or the one that thousands leave. */
export function markOf({ decimal, thousands }: { decimal: string; thousands: string }): string {
  return decimal || { ",": ".", ".": "," }[thousands] || "";
}
