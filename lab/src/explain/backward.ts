/**
 * The way back: the chain rule's factors and delta of a node in a row, the gradients, and what the
 * update makes of a weight (explanation/backward.py).
 */
import formulas from "../../generated/formulas.json";
import { lossNamed } from "../engine/engine";
import { biasAt, weightAt } from "../engine/network";
import { parse } from "../formulas/parse";
import { namesIn, substitute, withoutFactor } from "../formulas/tree";
import { unparse } from "../formulas/write";
import { activationNamed } from "./forward";
import { isSaturated, namedIn, outputOperands, outputs, scale } from "./loss";
import { type Computed, type Operand, operandOf, type Step, type Sum, step, sum } from "./parts";
import {
  a,
  backwardNumber,
  batchRows,
  bias,
  delta,
  lastLayer,
  nodeName,
  products,
  rowId,
  type Scene,
  target,
  weight,
  z,
} from "./rows";

/** The chain rule's factors of a node's delta in a row of the batch, and delta itself at the end. */
export function deltaNumbers(scene: Scene, row: number, layer: number, node: number): Computed[] {
  if (layer < lastLayer(scene)) return hiddenDelta(scene, row, layer, node);
  return outputDelta(scene, row, node);
}

function outputDelta(scene: Scene, row: number, k: number): Computed[] {
  const last = lastLayer(scene);
  const factor = scale(scene);
  const factors = factor ? [operandOf(factor)] : [];
  const ofLoss = lossDerivative(scene, row, k);
  const derivative = ofLoss[ofLoss.length - 1];
  if (lossNamed(scene.network.loss).output)
    return [...ofLoss, deltaStep(scene, row, last, k, [...factors, operandOf(derivative)])];
  if (scene.network.activations[last] === "softmax")
    return [...ofLoss, ...throughSoftmax(scene, row, k)];
  const slope = activationDerivative(scene, row, last, k);
  const all = [...factors, operandOf(derivative), operandOf(slope)];
  return [...ofLoss, slope, deltaStep(scene, row, last, k, all)];
}

function deltaStep(
  scene: Scene,
  row: number,
  layer: number,
  node: number,
  factors: Operand[],
): Step {
  const operands = Object.fromEntries(factors.map((factor, i) => ["pqr"[i], factor]));
  const made = delta(scene, row, layer, node);
  const formula = Object.keys(operands).join(" * ");
  const says = "delta: the chain rule's factors together";
  return step(made.source, made.symbol, made.value, formula, operands, says);
}

/** What the derivative of the loss needs of the whole row, where it does, and the derivative. */
function lossDerivative(scene: Scene, row: number, k: number): Computed[] {
  const loss = lossNamed(scene.network.loss);
  let formula = loss.derivative_formula;
  let operands = outputOperands(scene, row, k);
  const before: Computed[] = [];
  const names = [formula, loss.row_term].filter(Boolean).flatMap((one) => callsIn(one));
  if (names.includes("log") && isSaturated(scene, row)) {
    formula = "";
  } else if (loss.row_term) {
    const ofRow = rowSum(scene, row, k);
    if (ofRow.s.value === 1) {
      formula = unparse(withoutFactor(parse(formula), "s"));
    } else {
      before.push(...Object.values(ofRow));
      const more = Object.entries(ofRow).map(([name, number]) => [name, operandOf(number)]);
      operands = { ...operands, ...Object.fromEntries(more) };
    }
  }
  const of = derivativeOperand(scene, row, k);
  const says = loss.output
    ? `slope of the loss and of the ${loss.output} together`
    : "slope of the loss";
  const used = namedIn(formula, operands);
  return [...before, step(of.source, of.symbol, of.value, formula, used, says)];
}

function callsIn(formula: string): string[] {
  return formula.match(/[a-z]+(?=\()/g) ?? [];
}

function derivativeOperand(scene: Scene, row: number, k: number): Operand {
  const { batch, network } = scene;
  const letter = lossNamed(network.loss).output ? "z" : "a";
  const symbol = `de/d${letter}${nodeName(lastLayer(scene), k)}`;
  const value = batch.derivative[(row - batch.first) * outputs(scene).length + k];
  return { symbol, value, source: `${rowId(row)}de${k + 1}` };
}

/** s, the sum of the loss's row term over the outputs, and g, the term of output k. */
function rowSum(scene: Scene, row: number, k: number): Record<string, Computed> {
  const { row_term } = lossNamed(scene.network.loss);
  const { engine } = scene;
  if (row_term === "y") {
    const added = outputs(scene).map((output) => ({
      says: "",
      operand: target(scene, row, output),
    }));
    const value = engine.total(added.map(({ operand }) => operand.value as number));
    return { s: sum(`${rowId(row)}ys${k + 1}`, "sum of y", value, { added }) };
  }
  const terms = outputs(scene).map((output) => {
    const operands = namedIn(row_term, outputOperands(scene, row, output));
    const values = Object.entries(operands).map(([name, one]) => [name, one.value as number]);
    const value = engine.number(row_term, Object.fromEntries(values));
    const name = `g${output + 1}`;
    return step(`${rowId(row)}${name}`, name, value, row_term, operands, "slope in a, times a");
  });
  const added = terms.map((one) => ({ says: "", operand: operandOf(one) }));
  const value = engine.total(terms.map((one) => one.value as number));
  return { g: terms[k], s: sum(`${rowId(row)}gs${k + 1}`, "sum of g", value, { added }) };
}

/** Softmax's own way back: a (de/da - the sum of a de/da over the row). */
function throughSoftmax(scene: Scene, row: number, k: number): Computed[] {
  const last = lastLayer(scene);
  const da = outputs(scene).map((output) => derivativeOperand(scene, row, output));
  const pairs = da.map((right, output) => ({ left: a(scene, row, last, output), right }));
  const made = products(scene.engine, pairs);
  const value = scene.engine.total(made.map((product) => product.value));
  const mean = sum(`${rowId(row)}ms${k + 1}`, `m${last + 1}`, value, {
    products: made,
    says: "mean slope of the row",
  });
  const operands: Record<string, Operand> = {
    a: a(scene, row, last, k),
    e: da[k],
    m: operandOf(mean),
  };
  const renamed = substitute(parse(formulas.softmax_backward), { da: { kind: "name", name: "e" } });
  let formula = unparse(renamed);
  const factor = scale(scene);
  if (factor) {
    operands.c = operandOf(factor);
    formula = `c * ${formula}`;
  }
  const of = delta(scene, row, last, k);
  return [mean, step(of.source, of.symbol, of.value, formula, operands, "delta, eq. (7)")];
}

/** The derivative of a node's activation in its z. */
function activationDerivative(scene: Scene, row: number, layer: number, node: number): Step {
  const name = scene.network.activations[layer];
  const { derivative_formula } = activationNamed(name);
  const operands = { z: z(scene, row, layer, node), a: a(scene, row, layer, node) };
  const value = backwardNumber(scene, "slope", row, layer, node);
  const id = `${rowId(row)}s${nodeName(layer, node)}`;
  const used = namesIn(parse(derivative_formula)).length
    ? namedIn(derivative_formula, operands)
    : {};
  const symbol = `da/dz${nodeName(layer, node)}`;
  return step(id, symbol, value, derivative_formula, used, `slope of the ${name}`);
}

/** What comes back from the next layer, the activation's derivative, and delta. */
function hiddenDelta(scene: Scene, row: number, layer: number, node: number): Computed[] {
  const after = layer + 1;
  const pairs = Array.from({ length: scene.network.sizes[after + 1] }, (_, target) => ({
    left: delta(scene, row, after, target),
    right: weight(scene, after, node, target),
  }));
  const name = nodeName(layer, node);
  const value = backwardNumber(scene, "da", row, layer, node);
  const back = sum(`${rowId(row)}da${name}`, `dE/da${name}`, value, {
    products: products(scene.engine, pairs),
    says: "from the layer after it",
  });
  const slope = activationDerivative(scene, row, layer, node);
  const factors = [operandOf(back), operandOf(slope)];
  return [back, slope, deltaStep(scene, row, layer, node, factors)];
}

/** A weight's gradient: what went in times delta, added over the batch's rows. */
export function weightGradient(scene: Scene, layer: number, source: number, node: number): Sum {
  const pairs = batchRows(scene).map((row) => ({
    left: a(scene, row, layer - 1, source),
    right: delta(scene, row, layer, node),
    says: rowSays(scene, row),
  }));
  const w = weight(scene, layer, source, node);
  const value = scene.batch.gradient[weightAt(scene.network, layer, source, node)];
  const made = products(scene.engine, pairs);
  return sum(`g${w.source}`, `dE/d${w.symbol}`, value, { products: made });
}

/** A bias's gradient: delta, added over the batch's rows. */
export function biasGradient(scene: Scene, layer: number, node: number): Sum {
  const b = bias(scene, layer, node);
  const added = batchRows(scene).map((row) => ({
    says: rowSays(scene, row),
    operand: delta(scene, row, layer, node),
  }));
  const value = scene.batch.gradient[biasAt(scene.network, layer, node)];
  return sum(`g${b.source}`, `dE/d${b.symbol}`, value, { added });
}

function rowSays(scene: Scene, row: number): string {
  return scene.batch.rows > 1 ? `row ${row + 1}` : "";
}
