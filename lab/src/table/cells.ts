/**
 * What the cells of text columns hold: numbers, "true" and "false", or text. The library's rules
 * (tables/formats/) but for units, dates and times of day, whose columns stay text here and are
 * named in a notice.
 */
import {
  type DecimalMark,
  decimalOf,
  isPlain,
  markOf,
  pointOf,
  total,
  usedForms,
} from "./decimal_mark";
import {
  AMBIGUOUS,
  CLOCK,
  CODE,
  DATES,
  FORMS,
  type Form,
  INFINITE,
  MISSING,
  numberIn,
  reads,
  WRITTEN,
} from "./number_forms";
import { type Column, type NumberFormat, tableError } from "./table";

const MOST = 0.75; // of the cells; where so many are numbers, those that are none are slips

const SOME = 0.5; // the same where few different cells are none:

const FEW_SLIPS = 3;

const MANY_DIFFERENT = 10; // different cells; with fewer, numbers and a word are categories

const FEW_CELLS = 60; // distinct cells by which a column is guessed at

/** A column on its way: its cells, null where empty, and the different ones. */
export interface Draft {
  name: string;
  cells: (string | null)[];
  /** Each text that does not mean "missing" among numbers, and how often it stands there. */
  known: Map<string, number>;
  /** The forms that read the most cells; none: it is text. */
  forms: Form[];
  read: number;
}

/**
 * The columns of rows of text.
 *
 * Throws TableError, naming column and row, on a slip in a column of numbers.
 */
export function columnsOf(
  names: Map<string, number>,
  rows: string[][],
  separator: string,
): { columns: Column[]; notices: string[] } {
  const drafts = [...names].map(([name, number]) =>
    draftOf(
      name,
      rows.map((row) => row[number] || null),
    ),
  );
  const notices: string[] = [];
  const decimal = decimalOf(drafts, separator);
  const numbers = new Map(drafts.map((draft) => [draft, asNumbers(draft, decimal, notices)]));
  const marks = new Set<string>(); // what means "missing" among this table's numbers
  for (const draft of drafts) {
    if (numbers.get(draft))
      for (const text of draft.cells) if (text && !draft.known.has(text)) marks.add(text);
  }
  const columns = drafts.map((draft) => numbers.get(draft) ?? asText(draft, marks, notices));
  return { columns, notices };
}

function draftOf(name: string, cells: (string | null)[]): Draft {
  const known = new Map<string, number>();
  for (const text of cells)
    if (text && !meansMissing(text)) known.set(text, (known.get(text) ?? 0) + 1);
  const texts = [...known.keys()];
  const draft: Draft = { name, cells, known, forms: [], read: 0 };
  if (texts.length && !looksLikeNumbers(texts)) return draft;
  const isCode = texts.every((text) => /^[0-9]+$/.test(text)) && texts.some((t) => CODE.test(t));
  if (isCode) return draft;
  for (const form of FORMS) {
    const read = texts.reduce(
      (sum, text) => sum + (reads(form, text) ? (known.get(text) ?? 0) : 0),
      0,
    );
    if (read > draft.read || (!texts.length && !draft.forms.length)) {
      draft.forms = [form];
      draft.read = read;
    } else if (read && read === draft.read) draft.forms.push(form);
  }
  return draft;
}

function meansMissing(text: string): boolean {
  const lower = text.toLowerCase();
  return MISSING.has(lower) || AMBIGUOUS.has(lower);
}

/** Whether half of some of the texts could be numbers, and not dates or times. */
function looksLikeNumbers(texts: string[]): boolean {
  return (
    !mostAre(texts, (text) => !/^\d+$/.test(text) && CLOCK.test(text)) &&
    !mostAre(texts, isDate) &&
    mostAre(texts, (text) => WRITTEN.test(text) || INFINITE.test(text))
  );
}

function mostAre(texts: string[], test: (text: string) => boolean): boolean {
  const step = Math.max(1, Math.floor(texts.length / FEW_CELLS));
  const sample = texts.filter((_, i) => i % step === 0);
  return sample.filter(test).length >= sample.length / 2;
}

function isDate(text: string): boolean {
  return DATES.some((date) => date.test(text));
}

/** The column as numbers; null where it is text. */
function asNumbers(draft: Draft, { mark, isSure }: DecimalMark, notices: string[]): Column | null {
  if (isBoolean(draft)) return null;
  const all = total(draft);
  if (!all) return numbersBy(draft, { decimal: ".", thousands: "" });
  if (draft.read < all) {
    if (isSlip(draft, all)) throw slip(draft, all);
    return null;
  }
  if (isPlain(draft)) {
    const point = pointOf(draft);
    if (point === "." || mark === ".") return numbersBy(draft, { decimal: ".", thousands: "" });
    if (!point) return numbersBy(draft, { decimal: isSure ? mark : ".", thousands: "" });
    if (!isSure) notices.push(ambiguous(draft, "."));
    return numbersBy(draft, { decimal: ",", thousands: "." });
  }
  const used = usedForms(draft);
  const form = used.find((one) => (markOf(one) || mark) === mark) ?? used[0];
  if (used.length > 1 && !isSure) notices.push(ambiguous(draft, form.thousands || form.decimal));
  return numbersBy(draft, { ...form, decimal: markOf(form) || (isSure ? mark : ".") });
}

function numbersBy(draft: Draft, written: { decimal: string; thousands: string }): Column {
  const form = FORMS.find(
    (one) => one.decimal === written.decimal && one.thousands === written.thousands,
  ) as Form;
  const cells = draft.cells.map((text) =>
    text !== null && draft.known.has(text) ? numberIn(form, text) : null,
  );
  const format: NumberFormat = { kind: "number", ...written, unit: "" };
  return { name: draft.name, kind: "number", cells, format };
}

function ambiguous(draft: Draft, mark: string): string {
  const example = [...draft.known.keys()].find((text) => text.includes(mark));
  const isDecimal = mark === "," ? "as the decimal mark or between thousands" : "in two ways";
  return `column '${draft.name}': ${example} can be read ${isDecimal}; look at its numbers`;
}

/** Whether the cells that no form reads are slips in a column of numbers. */
function isSlip(draft: Draft, all: number): boolean {
  if (!draft.read) return false;
  const isMany = draft.known.size > MANY_DIFFERENT || isName(draft.known.size, all);
  const unread = [...draft.known.keys()].filter((text) => !reads(draft.forms[0], text));
  const alike = [...draft.known].filter(([text]) => FORMS.some((f) => reads(f, text)));
  const count = alike.reduce((sum, [, cells]) => sum + cells, 0);
  return isMany && count >= (unread.length <= FEW_SLIPS ? SOME : MOST) * all;
}

function slip(draft: Draft, all: number): Error {
  const [form] = draft.forms;
  const text = [...draft.known.keys()].find((one) => !reads(form, one)) as string;
  const isOther = FORMS.some((other) => reads(other, text));
  const what = isOther ? ` with '${form.decimal}' as decimal mark` : "";
  return tableError({
    column: draft.name,
    row: draft.cells.indexOf(text) + 1,
    message: `'${text}' is not a number${what}, but ${draft.read} of ${all} cells are`,
    remedy: "mend or empty it",
  });
}

/** Whether texts hardly repeat, which makes them names rather than categories. */
export function isName(different: number, known: number): boolean {
  return different > 2 && different > 0.5 * known;
}

function isBoolean(draft: Draft): boolean {
  const texts = [...draft.known.keys()].map((text) => text.toLowerCase());
  return texts.length > 0 && texts.every((text) => text === "true" || text === "false");
}

/** The column as text; what may mean "missing" does where it does among numbers, or stands alone. */
function asText(draft: Draft, marks: Set<string>, notices: string[]): Column {
  const counts = new Map<string, number>();
  for (const text of draft.cells) if (text) counts.set(text, (counts.get(text) ?? 0) + 1);
  const kept = new Map<string, string | null>();
  const boolean = isBoolean(draft);
  for (const [text, count] of counts) {
    const lower = text.toLowerCase();
    let missing = MISSING.has(lower) || marks.has(text);
    if (boolean) missing = !draft.known.has(text);
    else if (!missing && AMBIGUOUS.has(lower)) {
      missing = count === 1;
      if (!missing)
        notices.push(
          `column '${draft.name}': '${text}', in ${count} cells, is taken as a category`,
        );
    }
    kept.set(text, missing ? null : boolean ? lower : text);
  }
  const said = looksLike(draft);
  if (said) notices.push(said);
  const cells = draft.cells.map((text) => (text === null ? null : (kept.get(text) ?? null)));
  return { name: draft.name, kind: "text", cells };
}

/** What a column of text would be to the library; "" where it is text there too. */
function looksLike(draft: Draft): string {
  const texts = [...draft.known.keys()];
  if (!texts.length || texts.some((text) => CODE.test(text))) return "";
  let what = "";
  if (mostAre(texts, isDate)) what = "dates";
  else if (mostAre(texts, (text) => !/^\d+$/.test(text) && CLOCK.test(text))) what = "times of day";
  else if (mostAre(texts, (text) => WRITTEN.test(text))) what = "numbers and units";
  if (!what) return "";
  return `column '${draft.name}' holds ${what} ('${texts[0]}'), which are text in the lab; glassnet train reads them`;
}
