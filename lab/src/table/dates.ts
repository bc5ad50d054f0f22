/** Dates as days since 1970-01-01, written and read as the library's formats/dates.py does. */
import formulas from "../../generated/formulas.json";
import { numberText, shortNumber } from "../numerals";
import type { Encoding } from "./encoding";
import { AMBIGUOUS, DATES, MISSING } from "./number_forms";
import { type Cell, type Column, type Table, tableError } from "./table";

const FURTHEST = 3.6e8; // days
const SECONDS_A_DAY = 86_400;
const MICROSECONDS_A_DAY = SECONDS_A_DAY * 1e6;
const { months, date_patterns: patterns, last_year_of_2000 } = formulas.rules.reading;

/** A number of a column of dates as its cells are written; of other columns as a number. */
export function writtenDay(
  { date, format }: { date: boolean; format: unknown },
  x: number,
): string {
  if (!date) return numberText(x);
  const pattern = (format as { pattern?: string } | null)?.pattern ?? "yyyy-mm-dd";
  if (Math.abs(x) > FURTHEST) return `${shortNumber(x)} days`;
  const seconds = Math.round(x * SECONDS_A_DAY);
  const days = Math.floor(seconds / SECONDS_A_DAY);
  const time = seconds - days * SECONDS_A_DAY;
  const [year, month, day] = civilDate(days);
  const two = (value: number) => String(value).padStart(2, "0");
  const years = year < 0 ? `-${String(-year).padStart(3, "0")}` : String(year).padStart(4, "0");
  const name = months[month - 1].slice(0, 3);
  const parts: Record<string, string> = {
    yyyy: years,
    yy: years.slice(-2),
    mm: two(month),
    dd: two(day),
    mon: name[0].toUpperCase() + name.slice(1),
  };
  const text = pattern.replace(/yyyy|yy|mm|dd|mon/g, (part) => parts[part]);
  if (!time) return text;
  const clock = [Math.floor(time / 3600), Math.floor(time / 60) % 60, time % 60].map(two);
  return `${text} ${clock.join(":").replace(/:00$/, "")}`;
}

/** Year, month and day of a number of days since 1970-01-01, in the calendar of today. */
function civilDate(days: number): [number, number, number] {
  const DAYS_OF_400_YEARS = 146_097;
  const cycles = Math.floor(days / DAYS_OF_400_YEARS);
  const date = new Date((days - cycles * DAYS_OF_400_YEARS) * SECONDS_A_DAY * 1000);
  return [date.getUTCFullYear() + 400 * cycles, date.getUTCMonth() + 1, date.getUTCDate()];
}

/**
 * The table with days in place of the dates that are text, in the columns that a model has dates of:
 * written as the model's were, or as all cells of the column are.
 *
 * Throws TableError, naming column and row, on a cell that is none.
 */
export function withDates(table: Table, { inputs }: Encoding): Table {
  const columns = table.columns.map((column) => {
    const input = inputs.find(({ name }) => name === column.name);
    if (input?.kind !== "number" || !input.date || column.kind !== "text") return column;
    const { pattern } = (input.format ?? {}) as { pattern?: string };
    return daysOfColumn(column, pattern ?? patternOf(column));
  });
  return { ...table, columns };
}

function daysOfColumn(column: Column, pattern: string): Column {
  const first = last_year_of_2000 + 1901;
  const years = pattern.includes("yyyy") ? "" : ` (years ${first} to ${first + 99})`;
  const cells = column.cells.map((cell, row) => {
    const days = daysOfCell(cell, pattern);
    if (days !== undefined) return days;
    throw tableError({
      column: column.name,
      row: row + 1,
      message: `'${cell}' where the model was trained on dates (written ${pattern}${years})`,
      remedy: "write it alike, or empty it",
    });
  });
  return { name: column.name, kind: "number", cells };
}

/** The one way in which all cells of a column are written, or the first where none is. */
function patternOf(column: Column): string {
  const read = patterns
    .map((pattern) => ({ pattern, days: column.cells.map((cell) => daysOfCell(cell, pattern)) }))
    .filter(({ days }) => !days.includes(undefined));
  const [first, ...others] = read;
  if (others.some(({ days }) => days.some((one, row) => one !== first.days[row])))
    throw tableError({
      column: column.name,
      message: `its dates can be read as ${read.map(({ pattern }) => pattern).join(" or ")}`,
      remedy: `write them ${patterns[0]}`,
    });
  return first?.pattern ?? patterns[0];
}

/** Null where the cell is missing; undefined where it is no such date. */
function daysOfCell(cell: Cell, pattern: string): number | null | undefined {
  if (typeof cell !== "string") return cell;
  const lower = cell.toLowerCase();
  if (MISSING.has(lower) || AMBIGUOUS.has(lower)) return null;
  return daysOf(cell, pattern);
}

/** Days since 1970-01-01, in UTC where there is a zone; undefined where the text is no such date. */
function daysOf(text: string, pattern: string): number | undefined {
  const found = DATES[patterns.indexOf(pattern)]?.exec(text)?.groups;
  if (!found) return undefined;
  const { hour = "0", minute = "0", second = "0", fraction = "", half } = found;
  let year = Number(found.year);
  if (found.year.length === 2) year += year <= last_year_of_2000 ? 2000 : 1900;
  const month = found.name ? monthOf(found.name) : Number(found.month);
  const day = Number(found.day ?? 1);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const hours = half ? (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0) : Number(hour);
  const isHour = half ? Number(hour) >= 1 && Number(hour) <= 12 : hours <= 23;
  if (!isDate || !isHour || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = hours * 3600 + Number(minute) * 60 + Number(second) - secondsAhead(found.zone);
  const time = seconds * 1e6 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  const carried = Math.floor(time / MICROSECONDS_A_DAY);
  const whole = date.getTime() / (SECONDS_A_DAY * 1000) + carried;
  return whole + (time - carried * MICROSECONDS_A_DAY) / MICROSECONDS_A_DAY;
}

/** The month of an English name, short or whole; 0 where there is none. Sept has four letters. */
function monthOf(name: string): number {
  const lower = name.toLowerCase();
  return 1 + months.findIndex((one) => [one, one.slice(0, 3), one.slice(0, 4)].includes(lower));
}

/** How far a zone such as +02:00 is ahead of UTC. */
function secondsAhead(zone = ""): number {
  const sign = zone[0] === "+" ? 1 : /[-\u2212]/.test(zone[0] ?? "") ? -1 : 0;
  const digits = zone.slice(1).replace(":", "");
  return sign ? sign * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60) : 0;
}
