/**
 * JSON as Python's json module reads and writes it: it tells 1.0 from 1 and has NaN, and a file that
 * is read and written again keeps both.
 */
import { pythonFloat } from "../numerals";

/** A number with a point, as Python's float. */
export class Float {
  constructor(readonly value: number) {}
}

export type Json =
  | null
  | boolean
  | string
  | number
  | bigint
  | Float
  | Json[]
  | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const TOKEN = /"(?:[^"\\]|\\.)*"|-?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|Infinity)|NaN/g;
const WHOLE = /^-?\d+$/;
const MARK = "\ue000"; // of a number that is kept as text while JSON is read; no text of ours has it

/** The data of a JSON text. Throws SyntaxError where it is none. */
export function readPythonJson(text: string): Json {
  if (text.includes(MARK) || text.includes("\\ue000")) throw new SyntaxError("a private letter");
  const marked = text.replace(TOKEN, (token) => {
    if (token[0] === '"' || (WHOLE.test(token) && Number.isSafeInteger(Number(token))))
      return token;
    return `"${MARK}${token}"`;
  });
  return JSON.parse(marked, (_, value) => {
    if (typeof value !== "string" || value[0] !== MARK) return value;
    const number = value.slice(1);
    return WHOLE.test(number) ? BigInt(number) : new Float(Number(number));
  });
}

/** JSON as json.dumps writes it. */
export function writePythonJson(value: Json): string {
  if (value instanceof Float) {
    const text = pythonFloat(value.value);
    return { nan: "NaN", inf: "Infinity", "-inf": "-Infinity" }[text] ?? text;
  }
  if (typeof value === "string") return asciiText(value);
  if (Array.isArray(value)) return `[${value.map(writePythonJson).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  const entries = Object.entries(value);
  return `{${entries.map(([key, one]) => `${asciiText(key)}: ${writePythonJson(one)}`).join(", ")}}`;
}

/** A text in quotes, each letter beyond ASCII as \uXXXX. */
function asciiText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Data with plain numbers in place of floats. */
export function plain(value: Json): unknown {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** A float, or null. */
export function float(value: number): Float;
export function float(value: number | null): Float | null;
export function float(value: number | null): Float | null {
  return value === null ? null : new Float(value);
}
