/** The way forward: z as a sum of products, and the activation (explanation/forward.py). */
import formulas from "../../generated/formulas.json";
import { parse } from "../formulas/parse";
import { substitute, type Tree } from "../formulas/tree";
import { unparse } from "../formulas/write";
import { type Operand, type Step, type Sum, step, sum } from "./parts";
import { a, bias, nodeName, products, rowId, type Scene, weight, z } from "./rows";

/** The products of what comes in with the weights into the node, and its bias. */
export function preActivation(scene: Scene, row: number, layer: number, node: number): Sum {
  const { network } = scene;
  const made = z(scene, row, layer, node);
  const pairs = Array.from({ length: network.sizes[layer] }, (_, source) => ({
    left: a(scene, row, layer - 1, source),
    right: weight(scene, layer, source, node),
  }));
  const added = network.bias ? [{ says: "bias", operand: bias(scene, layer, node) }] : [];
  return sum(made.source, made.symbol, made.value as number, {
    products: products(scene.engine, pairs),
    added,
  });
}

interface ActivationFormulas {
  formula: string;
  derivative_formula: string;
  row_term: string;
}

export function activationNamed(name: string): ActivationFormulas {
  return (formulas.activations as Record<string, ActivationFormulas>)[name];
}

/** The activation of a node from its z, or from all z of the layer where it needs them. */
export function activation(scene: Scene, row: number, layer: number, node: number): Step {
  const { network } = scene;
  const name = network.activations[layer];
  const { formula, row_term } = activationNamed(name);
  const made = a(scene, row, layer, node);
  if (!row_term) {
    const operands = { z: z(scene, row, layer, node) };
    return step(made.source, made.symbol, made.value, formula, operands, name);
  }
  const operands: Record<string, Operand> = {};
  for (let k = 0; k < network.sizes[layer + 1]; k++)
    operands[`z${k + 1}`] = z(scene, row, layer, k);
  const terms = Object.keys(operands).map((z) => substitute(parse(row_term), { z: nameTree(z) }));
  const total = terms.reduce((left, right) => ({ kind: "operation", operator: "+", left, right }));
  const parts = { z: nameTree(`z${node + 1}`), s: total };
  const written = unparse(substitute(parse(formula), parts));
  return step(made.source, made.symbol, made.value, written, operands, name);
}

function nameTree(name: string): Tree {
  return { kind: "name", name };
}

/** The ids that the numbers of a node have in a row. */
export function nodeIds(row: number, layer: number, node: number) {
  const name = nodeName(layer, node);
  return { z: `${rowId(row)}z${name}`, a: `${rowId(row)}a${name}`, delta: `${rowId(row)}d${name}` };
}
