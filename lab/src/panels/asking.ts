/**
 * "Hide and ask": the numbers that the current stop and those after it make are blank until they are
 * typed in rightly.
 */
import { STOPS, type Stop } from "../course/stops";
import { parseId } from "../explain/numbers";
import { numeral } from "../explain/numeral";
import type { Value } from "../explain/parts";
import type { Lab } from "../lab";

/** The stop that makes a number; null where it is given. */
export function stopOf(id: string): Stop | null {
  const parsed = parseId(id);
  if (!parsed) return null;
  if (parsed.ending) return "update";
  if (["z", "a"].includes(parsed.what)) return "forward";
  if (["e", "E"].includes(parsed.what)) return "loss";
  if (["w", "b", "x", "y", "c"].includes(parsed.what)) return null;
  return "backward";
}

/** Whether a number is to be found by the user. */
export function isHidden(lab: Lab, id: string): boolean {
  if (!lab.asking.value) return false;
  const { iteration, stop } = lab.position.value;
  const made = stopOf(id);
  const isAsked = made !== null && STOPS.indexOf(made) >= STOPS.indexOf(stop);
  return isAsked && !lab.found.value.has(`${iteration}:${id}`);
}

/** Whether what was typed is the number, with as many digits as were typed; two at least. */
export function isRight(text: string, value: Value): boolean {
  if (typeof value !== "number") return text.trim() === value;
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const typed = Number(plain);
  if (!plain || Number.isNaN(typed)) return false;
  if (typed === value) return true;
  const digits = plain.replace(/e.*$/i, "").replace(/[-+.]/g, "").replace(/^0+/, "").length;
  const decimals = plain.split(".")[1]?.length ?? 0;
  if (!digits) return false; // 0.00 says nothing of a number near 0
  const asTyped = digits >= 2 && numeral(value, digits) === numeral(typed, digits);
  return asTyped || (decimals >= 2 && value.toFixed(decimals) === typed.toFixed(decimals));
}

export function noteFound(lab: Lab, id: string): void {
  lab.found.value = new Set([...lab.found.value, `${lab.position.value.iteration}:${id}`]);
}
