/** Days since 1970-01-01 written as the dates they are, as the library's formats/dates.py does. */
import formulas from "../../generated/formulas.json";
import { numberText, shortNumber } from "./numerals";

const FURTHEST = 3.6e8; // days
const SECONDS_A_DAY = 86_400;
const { months } = formulas.rules.reading;

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
