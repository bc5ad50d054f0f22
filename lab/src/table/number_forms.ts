/** The ways a number can be written, as the library knows them. */

import formulas from "../../generated/formulas.json";

const rules = formulas.rules.reading;

const whole = (pattern: string, flags = "") => new RegExp(`^(?:${pattern})$`, flags);

export const FORMS = rules.forms.map(({ decimal, thousands, pattern }) => ({
  decimal,
  thousands,
  shape: whole(pattern),
}));

export type Form = (typeof FORMS)[number];

const SIGNED = /^([-+]?)(.*?)([eE][-+]?[0-9]+)?$/;

export const GROUPS = /^[-+]?[1-9][0-9]{0,2}(\.[0-9]{3})+$/; // 1.234, in which . may part thousands

/** The parts of a number: sign, digits and marks, exponent. */
export function partsOf(text: string): [string, string, string] {
  const [, sign, body, exponent] = SIGNED.exec(text) ?? ["", "", text, ""];
  return [
    sign,
    body.replace(/[\u00a0\u2007\u2009\u202f]/g, " ").replace(/[’‘]/g, "'"),
    exponent ?? "",
  ];
}

export function reads(form: Form, text: string): boolean {
  if (INFINITE.test(text)) return true;
  const body = partsOf(text)[1];
  const nines = body.replace(/[0-9]/g, "9");
  return form.shape.test(body[0] === "0" ? `0${nines.slice(1)}` : nines);
}

export function numberIn(form: Form, text: string): number {
  if (INFINITE.test(text)) return text[0] === "-" ? -Infinity : Infinity;
  const [sign, body, exponent] = partsOf(text);
  const digits = form.thousands ? body.replaceAll(form.thousands, "") : body;
  return Number(sign + digits.replace(form.decimal, ".") + exponent);
}

export const PLAIN = whole(rules.plain);

export const INFINITE = whole(rules.infinite, "i");

export const CODE = whole(rules.code);

export const WRITTEN = whole(rules.written);

export const CLOCK = whole(rules.clock);

export const DATES = rules.dates.map((pattern) => whole(pattern, "i"));

export const MISSING = new Set(rules.missing);

export const AMBIGUOUS = new Set(rules.missing_among_numbers);
