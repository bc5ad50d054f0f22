/**
 * What the cells of text columns hold: numbers, "true" and "false", or text. The library's rules
 * (tables/formats/) but for units, dates and times of day, whose columns stay text here and are
 * named in a notice.
 */
import formulas from "../../generated/formulas.json";
import { type Column, type NumberFormat, tableError } from "./table";

const rules = formulas.rules.reading;
const whole = (pattern: string, flags = "") => new RegExp(`^(?:${pattern})$`, flags);
const PLAIN = whole(rules.plain);
const INFINITE = whole(rules.infinite, "i");
const CODE = whole(rules.code);
const WRITTEN = whole(rules.written);
const CLOCK = whole(rules.clock);
const DATES = rules.dates.map((pattern) => whole(pattern, "i"));
const SIGNED = /^([-+]?)(.*?)([eE][-+]?[0-9]+)?$/;
const GROUPS = /^[-+]?[1-9][0-9]{0,2}(\.[0-9]{3})+$/; // 1.234, in which . may part thousands
const MISSING = new Set(rules.missing);
const AMBIGUOUS = new Set(rules.missing_among_numbers);
const FORMS = rules.forms.map(({ decimal, thousands, pattern }) => ({
  decimal,
  thousands,
  shape: whole(pattern),
}));
type Form = (typeof FORMS)[number];

const MOST = 0.75; // of the cells; where so many are numbers, those that are none are slips
const SOME = 0.5; // the same where few different cells are none:
const FEW_SLIPS = 3;
const MANY_DIFFERENT = 10; // different cells; with fewer, numbers and a word are categories
const FEW_CELLS = 60; // distinct cells by which a column is guessed at

/** A column on its way: its cells, null where empty, and the different ones. */
interface Draft {
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

/** The parts of a number: sign, digits and marks, exponent. */
function partsOf(text: string): [string, string, string] {
  const [, sign, body, exponent] = SIGNED.exec(text) ?? ["", "", text, ""];
  return [
    sign,
    body.replace(/[\u00a0\u2007\u2009\u202f]/g, " ").replace(/[’‘]/g, "'"),
    exponent ?? "",
  ];
}

function reads(form: Form, text: string): boolean {
  if (INFINITE.test(text)) return true;
  const body = partsOf(text)[1];
  const nines = body.replace(/[0-9]/g, "9");
  return form.shape.test(body[0] === "0" ? `0${nines.slice(1)}` : nines);
}

function numberIn(form: Form, text: string): number {
  if (INFINITE.test(text)) return text[0] === "-" ? -Infinity : Infinity;
  const [sign, body, exponent] = partsOf(text);
  const digits = form.thousands ? body.replaceAll(form.thousands, "") : body;
  return Number(sign + digits.replace(form.decimal, ".") + exponent);
}

/** The decimal mark of columns that can be read in two ways, and whether the table says it. */
interface DecimalMark {
  mark: string;
  isSure: boolean;
}

/** What the columns that can be read in one way alone have; else what the separator suggests. */
function decimalOf(drafts: Draft[], separator: string): DecimalMark {
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

function total(draft: Draft): number {
  return [...draft.known.values()].reduce((sum, count) => sum + count, 0);
}

function isPlain(draft: Draft): boolean {
  return [...draft.known.keys()].every((text) => PLAIN.test(text) && !CODE.test(text));
}

/** What a point is in a column of plain numbers: "." decimal, "?" perhaps not, "" there is none. */
function pointOf(draft: Draft): "." | "?" | "" {
  if (!isPlain(draft)) return "";
  const fractions = [...draft.known.keys()].filter((text) => !Number.isInteger(Number(text)));
  if (!fractions.length) return "";
  const pointed = [...draft.known.keys()].filter((text) => text.includes("."));
  return pointed.every((text) => GROUPS.test(text)) ? "?" : ".";
}

/** The forms that make different numbers of the cells; a decimal mark that no cell has is "". */
function usedForms(draft: Draft): { decimal: string; thousands: string }[] {
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
function markOf({ decimal, thousands }: { decimal: string; thousands: string }): string {
  return decimal || { ",": ".", ".": "," }[thousands] || "";
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
