/**
 * How a delimited text is laid out, told from its first rows: its separator and its header, as the
 * library tells them (tables/files/layout.py, header.py).
 */
import Papa from "papaparse";
import formulas from "../../generated/formulas.json";
import { tableError } from "./table";

const { separators, numeral } = formulas.rules.reading;
const NUMERAL = new RegExp(`^(?:${numeral})$`);
const SAMPLE_ROWS = 200;
const SAMPLE = 2 ** 18; // characters that the first rows are looked for in
const FIRST_ROWS = 1000; // in which a header that is a row of cells shows itself

export interface Layout {
  separator: string;
  /** As many cells as a row has; "" where a column has no name. */
  header: string[];
  /** How many cells the line of the header itself has. */
  headerWidth: number;
}

export function findLayout(text: string, asked = ""): Layout {
  const sample = text.slice(0, SAMPLE);
  const separator = asked || bestSeparator(sample);
  const [header, ...rows] = firstRows(sample, separator);
  const width = commonWidth(rows) || header.length;
  let names = header;
  const isBlank = (cell: string) => !cell.trim();
  if (width > header.length && rows.every((row) => row.slice(header.length).every((c) => !c)))
    names = [...header, ...Array(width - header.length).fill("")];
  else if (width === header.length + 1 && areRowNames(rows.filter((r) => r.length === width)))
    names = ["", ...header];
  else if (width < header.length && header.slice(width).every(isBlank))
    names = header.slice(0, width);
  return { separator, header: names, headerWidth: header.length };
}

function bestSeparator(sample: string): string {
  const fits = separators.map((mark) => fitOf(firstRows(sample, mark)));
  let best = 0;
  for (let i = 1; i < fits.length; i++) {
    const [alike, numbers] = fits[best];
    if (fits[i][0] > alike || (fits[i][0] === alike && fits[i][1] > numbers)) best = i;
  }
  return fits[best][0] || fits[best][1] ? separators[best] : withoutNames(sample);
}

/** The first rows that are not blank, the header among them; the last may be cut. */
function firstRows(sample: string, separator: string): string[][] {
  const { data } = Papa.parse<string[]>(sample, { delimiter: separator, preview: SAMPLE_ROWS });
  const rows = data.filter((row) => row.some((cell) => cell.trim()));
  return rows.length ? rows : [sample.split("\n", 1)[0].split(separator)];
}

/** How well a separator fits: the fraction of rows as wide as the header, and of numbers. */
function fitOf([header, ...others]: string[][]): [number, number] {
  const width = header.length;
  if (width < 2) return [0, 0];
  let alike = 0.1;
  for (const row of others) alike += row.length === width ? 1 : row.length === width + 1 ? 0.9 : 0;
  const cells = others.flat();
  const numbers = cells.filter((cell) => NUMERAL.test(cell.trim())).length;
  return [alike / (others.length + 0.1), numbers / Math.max(cells.length, 1)];
}

/** The separator of a text whose first line holds none: most likely it has a single column. */
function withoutNames(sample: string): string {
  const widths = separators.map((mark) => commonWidth(firstRows(sample, mark).slice(1)));
  const widest = widths.indexOf(Math.max(...widths));
  if (widths[widest] > 2) return separators[widest];
  const isAbsent = (mark: string) =>
    firstRows(sample, mark)
      .slice(1)
      .every((row) => row.length === 1);
  return [",", ";", "\t"].find(isAbsent) ?? "|";
}

/** The number of cells that most rows have; 0 where there are none. */
function commonWidth(rows: string[][]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  let common = 0;
  for (const [width, count] of counts) if (count > (counts.get(common) ?? 0)) common = width;
  return common;
}

/** Whether the first cells may be what R writes before the first column, and gives no name. */
function areRowNames(rows: string[][]): boolean {
  const cells = rows.map(([first]) => first);
  if (cells.length < 2) return false;
  if (cells.every((cell, i) => cell === String(i + 1))) return true;
  return !cells.some((cell) => NUMERAL.test(cell)) && new Set(cells).size === cells.length;
}

/** The names of the columns with their numbers in the file, and what should be said of them. */
export interface Names {
  names: Map<string, number>;
  notices: string[];
}

/**
 * A column without a name is left out where it is empty, and else called by its number.
 *
 * Throws TableError where two columns have one name.
 */
export function namesOf(file: string, header: string[], rows: string[][]): Names {
  const names = new Map<string, number>();
  const notices: string[] = [];
  header.forEach((cell, number) => {
    const given = cell.trim();
    if (!given && rows.every((row) => !row[number])) return;
    const name = given || `column ${number + 1}`;
    if (names.has(name))
      throw tableError({
        file,
        message: `two columns are named '${name}'`,
        remedy: "rename one",
      });
    if (!given && number > 0)
      notices.push(`${file}: has no name in the header, and is called '${name}': name it`);
    names.set(name, number);
  });
  return { names, notices };
}

/** Throws TableError where the header is a row like the others; numbers that rise are names. */
export function checkHeader(file: string, { names }: Names, rows: string[][]): void {
  const all = [...names.keys()];
  const numbers = all.filter((name) => NUMERAL.test(name));
  const rise =
    numbers.length > 1 &&
    all.every((name) => /^\d+$/.test(name)) &&
    numbers.every((name, i) => i === 0 || Number(numbers[i - 1]) < Number(name));
  const first = rows.slice(0, FIRST_ROWS);
  const isLike = ([name, number]: [string, number]) => {
    const cells = first.map((row) => row[number]).filter((cell) => cell);
    if (NUMERAL.test(name)) return cells.every((cell) => NUMERAL.test(cell));
    return cells.includes(name);
  };
  if (!numbers.length || rise || ![...names].every(isLike)) return;
  const shown = all.slice(0, 4).join(", ");
  throw tableError({
    file,
    message: `the first line holds cells, not the names of columns (${shown})`,
    remedy: "write a line of names above it",
  });
}
