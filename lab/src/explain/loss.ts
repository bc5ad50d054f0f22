/** The loss: each output's term in a row, and how the rows' losses become one (explanation/loss.py). */
import { lossNamed, lossTitle } from "../engine/engine";
import { parse } from "../formulas/parse";
import { namesIn } from "../formulas/tree";
import { type Computed, type Operand, operandOf, type Step, step, sum } from "./parts";
import { a, batchRows, lastLayer, products, rowId, type Scene, target, z } from "./rows";

const CLEAR_OF_0 = 1e-12; // a probability this near to 0 or 1 loses its logarithm's digits

/** Everything that a formula of the loss may name, for output k; but for the row's sums. */
export function outputOperands(scene: Scene, row: number, k: number): Record<string, Operand> {
  const last = lastLayer(scene);
  const { network } = scene;
  const operands: Record<string, Operand> = {
    a: a(scene, row, last, k),
    z: z(scene, row, last, k),
    y: target(scene, row, k),
  };
  const { setting_name } = lossNamed(network.loss);
  if (network.setting !== undefined)
    operands.h = { symbol: setting_name || "setting", value: network.setting, source: "" };
  return operands;
}

/** Those operands that a formula names. */
export function namedIn(
  formula: string,
  operands: Record<string, Operand>,
): Record<string, Operand> {
  if (!formula) return {};
  const names = namesIn(parse(formula));
  return Object.fromEntries(Object.entries(operands).filter(([name]) => names.includes(name)));
}

/** Whether a probability of a row is so near to 0 or 1 that its logarithm would be lost. */
export function isSaturated(scene: Scene, row: number): boolean {
  if (!lossNamed(scene.network.loss).of_probabilities) return false;
  return outputs(scene).some((k) => {
    const probability = a(scene, row, lastLayer(scene), k).value as number;
    return !(probability >= CLEAR_OF_0 && 1 - probability >= CLEAR_OF_0);
  });
}

export function outputs(scene: Scene): number[] {
  const { sizes } = scene.network;
  return Array.from({ length: sizes[sizes.length - 1] }, (_, k) => k);
}

/** The term of one output in a row. */
export function term(scene: Scene, row: number, k: number): Step {
  const loss = lossNamed(scene.network.loss);
  const formula = isSaturated(scene, row) ? loss.stable_formula : loss.formula;
  const operands = outputOperands(scene, row, k);
  if (namesIn(parse(formula)).includes("l")) operands.l = logOfSum(scene, row);
  const value = scene.table.terms[row * outputs(scene).length + k];
  const id = `${rowId(row)}e${k + 1}`;
  return step(
    id,
    `e${k + 1}`,
    value,
    formula,
    namedIn(formula, operands),
    lossTitle(scene.network),
  );
}

/** The logarithm of the sum of all exp(z) of a row, which is called l in formulas. */
function logOfSum(scene: Scene, row: number): Operand {
  const values = outputs(scene).map((k) => z(scene, row, lastLayer(scene), k).value as number);
  const t = Math.max(...values);
  const terms = values.map((_, k) => `exp(z${k} - t)`).join(" + ");
  const variables = Object.fromEntries(values.map((value, k) => [`z${k}`, value]));
  const value = scene.engine.number(`t + log(${terms})`, { ...variables, t });
  return { symbol: "log of the sum of exponentials", value, source: "" };
}

/** The loss of a row: the sum of its outputs' terms, or the one term. */
export function rowLoss(scene: Scene, row: number): Computed {
  const terms = outputs(scene).map((k) => term(scene, row, k));
  if (terms.length === 1) return terms[0];
  const added = terms.map((one) => ({ says: "", operand: operandOf(one) }));
  const value = scene.engine.total(terms.map((one) => one.value as number));
  return sum(`${rowId(row)}e`, "e", value, { added, says: "all outputs of the row" });
}

/** The same as an operand of others. */
export function rowLossOperand(scene: Scene, row: number): Operand {
  const name = outputs(scene).length === 1 ? "e1" : "e";
  return { symbol: name, value: rowLosses(scene)[row], source: `${rowId(row)}${name}` };
}

const losses = new WeakMap<Scene, Float64Array>();

/** The loss of every row of the table. */
function rowLosses(scene: Scene): Float64Array {
  let found = losses.get(scene);
  if (!found) {
    const K = outputs(scene).length;
    const { terms, rows } = scene.table;
    const ofOutput = outputs(scene).map((k) => [
      `e${k}`,
      Float64Array.from({ length: rows }, (_, row) => terms[row * K + k]),
    ]);
    const names = outputs(scene).map((k) => `e${k}`);
    found = scene.engine.evaluate(names.join(" + "), Object.fromEntries(ofOutput));
    losses.set(scene, found);
  }
  return found;
}

/** What each row's loss is multiplied by; null where losses are only added. */
export function scale(scene: Scene): Step | null {
  const { reduction } = lossNamed(scene.network.loss);
  const divisors: Record<string, Operand> = {};
  if (reduction !== "sum") divisors.n = { symbol: "rows", value: scene.batch.rows, source: "" };
  if (reduction === "mean")
    divisors.k = { symbol: "outputs", value: outputs(scene).length, source: "" };
  if (scene.batch.rowScale === 1) return null;
  const formula = reduction === "mean" ? "1 / (n * k)" : "1 / n";
  const says = "what a mean multiplies by";
  return step("c", "c", scene.batch.rowScale, formula, divisors, says);
}

/** How the losses of the batch's rows become one number, E. */
export function totalLoss(scene: Scene): Computed {
  const factor = scale(scene);
  const losses = batchRows(scene).map((row) => ({
    says: `row ${row + 1}`,
    operand: rowLossOperand(scene, row),
  }));
  const says = `the loss, ${lossTitle(scene.network)}`;
  const { loss } = scene.batch;
  if (!factor) return sum("E", "E", loss, { added: losses, says });
  const pairs = losses.map((one) => ({
    left: operandOf(factor),
    right: one.operand,
    says: one.says,
  }));
  return sum("E", "E", loss, { products: products(scene.engine, pairs), says });
}
