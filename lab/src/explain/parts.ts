/**
 * What a number is made of: the parts of the library's explanations (explanation/parts.py), under the
 * same names and ids. Names count from 1, as on paper; indices from 0.
 */

/** A number, a cell's text, or null where a cell is missing. */
export type Value = number | string | null;

/** A number that goes into another; `source` is the id of where it was made or given, or "". */
export interface Operand {
  symbol: string;
  value: Value;
  source: string;
}

/** A number and the formula that made it; "" where it is given. */
export interface Step {
  kind: "step";
  id: string;
  symbol: string;
  value: Value;
  /** An expression of the names in `operands`. */
  formula: string;
  operands: Record<string, Operand>;
  /** What it is, in words. */
  says: string;
}

/** Two numbers multiplied. */
export interface Product {
  left: Operand;
  right: Operand;
  value: number;
  says: string;
}

/** A number and what was added up to it: numbers as they are, and products. */
export interface Sum {
  kind: "sum";
  id: string;
  symbol: string;
  value: number;
  products: Product[];
  added: { says: string; operand: Operand }[];
  says: string;
}

export type Computed = Step | Sum;

export function step(
  id: string,
  symbol: string,
  value: Value,
  formula = "",
  operands: Record<string, Operand> = {},
  says = "",
): Step {
  return { kind: "step", id, symbol, value, formula, operands, says };
}

export function operandOf(number: Computed): Operand {
  return { symbol: number.symbol, value: number.value, source: number.id };
}

export function sum(
  id: string,
  symbol: string,
  value: number,
  of: { products?: Product[]; added?: { says: string; operand: Operand }[]; says?: string },
): Sum {
  const { products = [], added = [], says = "" } = of;
  return { kind: "sum", id, symbol, value, products, added, says };
}
