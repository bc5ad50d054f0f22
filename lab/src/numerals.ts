/** Numbers as the library writes them: as Python does, so that texts and files are the same. */

/** Python's repr of a float: 1.0, 1e-05, 1e+16, nan. */
export function pythonFloat(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const { sign, digits, exponent } = decimalOf(x);
  if (exponent < -4 || exponent >= 16) return sign + scientific(digits, exponent);
  const text = sign + fixed(digits, exponent);
  return text.includes(".") ? text : `${text}.0`;
}

/** A number as it would stand in a table: 3, not 3.0. */
export function numberText(x: number): string {
  if (x === Math.trunc(x) && Math.abs(x) < 1e15) return String(x === 0 ? 0 : x);
  return pythonFloat(x);
}

/** Python's f"{x:.6g}" for 6 digits. */
export function shortNumber(x: number, digits = 6): string {
  if (!Number.isFinite(x)) return pythonFloat(x);
  const { sign, digits: rounded, exponent } = decimalOf(x, digits);
  const shown = rounded.replace(/0+$/, "") || "0";
  if (exponent < -4 || exponent >= digits) return sign + scientific(shown, exponent);
  return sign + fixed(shown, exponent);
}

interface Decimal {
  sign: string;
  /** d ddd ..., the point stands after the first. */
  digits: string;
  exponent: number;
}

/** The digits of a number: as many as tell it from others, or so many, a tie rounded to even. */
function decimalOf(x: number, count?: number): Decimal {
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const split = (text: string): Decimal => {
    const [mantissa, exponent] = text.split("e");
    return { sign, digits: mantissa.replace(".", ""), exponent: Number(exponent) };
  };
  const size = Math.abs(x);
  if (count === undefined) return split(size.toExponential());
  const exact = split(size.toExponential(100));
  const kept = exact.digits.slice(0, count);
  const isTie = /^50*$/.test(exact.digits.slice(count));
  if (isTie && Number(kept.at(-1)) % 2 === 0) return { ...exact, digits: kept };
  return split(size.toExponential(count - 1));
}

function fixed(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return rest ? `${whole}.${rest}` : whole;
}

function scientific(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
}
