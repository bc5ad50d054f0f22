/** What an update makes of a weight or bias, and of what the optimizer remembers of it. */
import formulas from "../../generated/formulas.json";
import { biasAt, weightAt } from "../engine/network";
import { biasGradient, weightGradient } from "./backward";
import { type Computed, type Operand, operandOf, step } from "./parts";
import { bias, type Scene, weight } from "./rows";

/** A weight or bias: of which layer, from which node (none: a bias) into which, all from 0. */
export interface Parameter {
  layer: number;
  source: number | null;
  node: number;
}

export function parameterOperand(scene: Scene, { layer, source, node }: Parameter): Operand {
  return source === null ? bias(scene, layer, node) : weight(scene, layer, source, node);
}

export function parameterAt({ network }: Scene, { layer, source, node }: Parameter): number {
  return source === null ? biasAt(network, layer, node) : weightAt(network, layer, source, node);
}

export function gradientOf(scene: Scene, { layer, source, node }: Parameter): Computed {
  return source === null
    ? biasGradient(scene, layer, node)
    : weightGradient(scene, layer, source, node);
}

/** The numbers of an update of one parameter, the new one at the end; none where there is no update. */
export function updateNumbers(scene: Scene, parameter: Parameter): Computed[] {
  const { batch, optimizer } = scene;
  if (!batch.updated) return [];
  const at = parameterAt(scene, parameter);
  const w = parameterOperand(scene, parameter);
  const given = {
    w,
    g: operandOf(gradientOf(scene, parameter)),
    r: { symbol: "learning rate", value: optimizer.rate, source: "" },
  };
  const id = `${w.source}.new`;
  const symbol = `new ${w.symbol}`;
  const value = batch.updated[at];
  if (optimizer.name === "gradient_descent") {
    const { new: formula } = formulas.updates.gradient_descent;
    return [step(id, symbol, value, formula, given)];
  }
  const written = formulas.updates.adam;
  const remembered = (slot: number) => ({
    symbol: `${["mean", "mean square"][slot]} before`,
    value: batch.slots[slot][at],
    source: "",
  });
  const settings = {
    b: { symbol: "β1", value: optimizer.beta1, source: "" },
    c: { symbol: "β2", value: optimizer.beta2, source: "" },
  };
  const mean = step(
    `${w.source}.mean`,
    `mean of dE/d${w.symbol}`,
    batch.updatedSlots[0][at],
    written.mean,
    { b: settings.b, m: remembered(0), g: given.g },
    "running mean of the gradient",
  );
  const square = step(
    `${w.source}.mean_square`,
    `mean square of dE/d${w.symbol}`,
    batch.updatedSlots[1][at],
    written.mean_square,
    { c: settings.c, v: remembered(1), g: given.g },
    "running mean of its square",
  );
  const operands = {
    ...settings,
    w,
    r: given.r,
    m: operandOf(mean),
    v: operandOf(square),
    t: { symbol: "update", value: scene.iteration + 1, source: "" },
    h: { symbol: "ε", value: optimizer.epsilon, source: "" },
  };
  return [mean, square, step(id, symbol, value, written.new, operands, "Adam, eq. (17)")];
}
