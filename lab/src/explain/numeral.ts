/** How a value is written with so many significant digits (notation/numerals.py). */
import type { Value } from "./parts";

export const MOST_DIGITS = 17;
const WHOLE_BELOW = 1e9; // whole numbers up to here are written with all their digits
const SMALLEST_EXPONENT = -4; // of a number that is written without one

/** A number with at most so many significant digits, text as it is. */
export function numeral(value: Value, digits: number): string {
  if (value === null) return "missing";
  if (typeof value === "string") return value;
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "infinity" : "-infinity";
  if (Number.isInteger(value) && value < WHOLE_BELOW && value > -WHOLE_BELOW)
    return String(value + 0);
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  if (exponent >= SMALLEST_EXPONENT && exponent < digits)
    return withoutZeros(value.toFixed(Math.min(100, digits - 1 - exponent)));
  const size = String(exponent < 0 ? -exponent : exponent).padStart(2, "0");
  return `${withoutZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${size}`;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Whether what is written is the value itself, and not a rounded one. */
export function isExact(value: Value, digits: number): boolean {
  return typeof value !== "number" || Number(numeral(value, digits)) === value;
}
