/**
 * A text file becomes a table, by the library's rules (tables/files/) where the lab has them. What
 * its cells are is told in `cells.ts`, how it is laid out in `layout.ts`.
 */
import Papa from "papaparse";
import formulas from "../../generated/formulas.json";
import { columnsOf } from "./cells";
import { checkHeader, findLayout, type Layout, namesOf } from "./layout";
import { MOST_ROWS, type Table, tableError } from "./table";

// Control characters are what no text table holds.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
const NO_TEXT = /[\0\x1e\x1f]/;
const BEFORE_HEADER = new RegExp(`^${formulas.rules.reading.before_header}`);
const LINE_END = /\r\n|\r|\n/g;
/** A quote after blanks, of which the quoted cell is to begin. */
const BLANKS_BEFORE_QUOTE = /^ +"/;

/**
 * The text of a file: UTF-8, or UTF-16 where it begins as such.
 *
 * Throws TableError where it is neither.
 */
export function textOfFile(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isWide ? (first === 0xff ? "utf-16le" : "utf-16be") : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    checkIsText(new TextDecoder("latin1").decode(bytes), name);
    throw tableError({ file: name, message: "is not UTF-8 text", remedy: "save it as UTF-8" });
  }
}

/**
 * The table of a CSV file's text: its first MOST_ROWS rows.
 *
 * Throws TableError, naming file, line and row, on what is no table.
 */
export function readCsv(text: string, name: string): Table {
  const whole = text.replace(/^\ufeff/, "");
  checkIsText(whole, name);
  const before = BEFORE_HEADER.exec(whole) as RegExpExecArray;
  const rest = whole.slice(before[0].length);
  if (!rest.trim()) {
    const message = before[1] ? "holds only the separator" : "the file is empty";
    throw tableError({ file: name, message });
  }
  const layout = findLayout(rest, before[1]);
  const firstLine = 1 + linesIn(before[0]);
  const { kept, count } = evenRows(rest, layout, name, firstLine);
  if (!count) throw tableError({ file: name, message: "has no rows" });
  const found = namesOf(name, layout.header, kept);
  checkHeader(name, found, kept);
  const { columns, notices } = columnsOf(found.names, kept, layout.separator);
  const said = [...found.notices, ...notices];
  if (count > kept.length) said.unshift(leftOut(count));
  return { name, columns, rows: kept.length, notices: said };
}

function leftOut(count: number): string {
  const [all, most] = [count, MOST_ROWS].map((number) => number.toLocaleString("en"));
  return `the first ${most} of ${all} rows: the lab takes no more`;
}

function checkIsText(text: string, name: string): void {
  const found = NO_TEXT.exec(text);
  if (!found) return;
  const byte = found[0].charCodeAt(0).toString(16).padStart(2, "0");
  throw tableError({
    file: name,
    message: `is not a text table (it holds the byte 0x${byte})`,
    remedy: "save it as CSV in UTF-8",
  });
}

function linesIn(text: string): number {
  return text.match(LINE_END)?.length ?? 0;
}

interface Rows {
  /** The first MOST_ROWS rows: cells without blanks around them. */
  kept: string[][];
  /** How many rows there are. */
  count: number;
}

/** The rows after the header that are not blank. Throws TableError where one is not as wide. */
function evenRows(text: string, layout: Layout, name: string, firstLine: number): Rows {
  const width = layout.header.length;
  const kept: string[][] = [];
  const blankEnd: string[][] = [];
  let count = -1; // the header becomes 0
  let line = firstLine;
  let read = 0; // characters
  let spaced = false;
  Papa.parse<string[]>(text, {
    delimiter: layout.separator,
    step: ({ data, errors, meta }, parser) => {
      const quote = errors.find((error) => error.type === "Quotes");
      if (quote) throw openQuote(name, line);
      const begin = line;
      line += linesIn(text.slice(read, meta.cursor));
      read = meta.cursor;
      if (data.some((cell) => BLANKS_BEFORE_QUOTE.test(cell))) {
        spaced = true;
        parser.abort();
        return;
      }
      const cells = data.map((cell) => cell.replace(/^[ \t]+|[ \t]+$/g, ""));
      const isBlank = cells.every((cell) => !cell);
      if (isBlank && (width > 1 || count < 0)) return;
      count += 1;
      if (count === 0) return;
      if (cells.length !== width) throw uneven(name, layout, begin, count, cells.length);
      if (isBlank) {
        blankEnd.push(cells); // in a table of one column a missing cell, but for those at its end
        return;
      }
      for (const row of [...blankEnd.splice(0), cells]) if (kept.length < MOST_ROWS) kept.push(row);
    },
  });
  if (spaced) return evenRows(withoutBlanks(text, layout.separator), layout, name, firstLine);
  return { kept, count: count - blankEnd.length };
}

/** Blanks before a quoted cell taken away, as in 1, "a, b", with which quotes would be text. */
function withoutBlanks(text: string, separator: string): string {
  const mark = separator.replace(/[|\\]/, "\\$&");
  return text.replace(new RegExp(`(^|${mark}|\\r|\\n) +(?=")`, "g"), "$1");
}

function openQuote(file: string, line: number): Error {
  return tableError({
    file,
    message: `line ${line}: a quote is opened and not closed where the cell ends`,
    remedy: "close it, or write a quote within quotes twice",
  });
}

/** The error that names a row with too many or too few cells. */
function uneven(file: string, layout: Layout, line: number, row: number, found: number): Error {
  const width = layout.header.length;
  const mark = layout.separator === "\t" ? "tab" : `'${layout.separator}'`;
  let remedy = found > width ? `a cell that holds a ${mark} must stand in quotes` : "";
  if (row === 1 && layout.headerWidth === 1)
    remedy = "the first line must hold the names of the columns: delete what stands above it";
  return tableError({
    file,
    message: `line ${line} (row ${row}) has ${found} cells, the header has ${width}`,
    remedy,
  });
}
