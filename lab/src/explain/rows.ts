/**
 * The rows of a table on their way through the network, and their numbers as operands of others
 * (explanation/batch.py): z1.2 of row 3 is r3.z1.2. Layers and nodes count from 0 in arguments and
 * from 1 in names.
 */
import type { Engine } from "../engine/engine";
import { biasAt, layersOf, type Network, weightAt } from "../engine/network";
import type { Data, LayerNumbers, Optimizer, RowNumbers, StepNumbers } from "../engine/training";
import type { Operand, Product, Step } from "./parts";

/** All that the numbers of an iteration are made from. */
export interface Scene {
  engine: Engine;
  network: Network;
  /** The iteration's batch: from the way forward to the update. */
  batch: StepNumbers;
  /** Every row of the table on the way forward. */
  table: RowNumbers;
  data: Data;
  /** The names of the network's inputs. */
  features: string[];
  optimizer: Optimizer;
  /** Updates made before this iteration. */
  iteration: number;
  /** How a row's cells became inputs and targets, and its outputs predictions. */
  stepsOf(row: number, outputs: Operand[]): Step[];
}

export const PRODUCT_FORMULA = "p * q";

/** A node's name: 1.2 for the second of the first layer. */
export function nodeName(layer: number, node: number): string {
  return `${layer + 1}.${node + 1}`;
}

export function rowId(row: number): string {
  return `r${row + 1}.`;
}

export function lastLayer(scene: Scene): number {
  return layersOf(scene.network) - 1;
}

/** Whether a row is in the iteration's batch, so that it has a way back. */
export function isInBatch({ batch }: Scene, row: number): boolean {
  return row >= batch.first && row < batch.first + batch.rows;
}

/** The rows of the batch, from 0 in the table. */
export function batchRows({ batch }: Scene): number[] {
  return Array.from({ length: batch.rows }, (_, i) => batch.first + i);
}

/** A number of a node in a row of the table. */
export function forwardNumber(
  scene: Scene,
  which: "z" | "a",
  row: number,
  layer: number,
  node: number,
): number {
  return scene.table.layers[layer][which][row * scene.network.sizes[layer + 1] + node];
}

/** A number of a node on the way back in a row of the batch. */
export function backwardNumber(
  scene: Scene,
  which: keyof LayerNumbers,
  row: number,
  layer: number,
  node: number,
): number {
  const { batch, network } = scene;
  return batch.layers[layer][which][(row - batch.first) * network.sizes[layer + 1] + node];
}

export function z(scene: Scene, row: number, layer: number, node: number): Operand {
  const name = nodeName(layer, node);
  const value = forwardNumber(scene, "z", row, layer, node);
  return { symbol: `z${name}`, value, source: `${rowId(row)}z${name}` };
}

/** An activation; of layer -1 an input of the network. */
export function a(scene: Scene, row: number, layer: number, node: number): Operand {
  if (layer < 0) return input(scene, row, node);
  const name = nodeName(layer, node);
  const value = forwardNumber(scene, "a", row, layer, node);
  return { symbol: `a${name}`, value, source: `${rowId(row)}a${name}` };
}

/** An input of the network. */
function input({ data, features }: Scene, row: number, number: number): Operand {
  const value = data.x[row * features.length + number];
  return { symbol: features[number], value, source: `${rowId(row)}x${number + 1}` };
}

/** A target of a row. */
export function target({ data, network }: Scene, row: number, k: number): Operand {
  const { sizes } = network;
  const value = data.y[row * sizes[sizes.length - 1] + k];
  return { symbol: `y${k + 1}`, value, source: `${rowId(row)}y${k + 1}` };
}

export function delta(scene: Scene, row: number, layer: number, node: number): Operand {
  const name = nodeName(layer, node);
  const value = backwardNumber(scene, "delta", row, layer, node);
  return { symbol: `δ${name}`, value, source: `${rowId(row)}d${name}` };
}

export function weight(scene: Scene, layer: number, source: number, node: number): Operand {
  const value = scene.batch.parameters[weightAt(scene.network, layer, source, node)];
  const symbol = `w${layer + 1}[${source + 1}→${node + 1}]`;
  return { symbol, value, source: `w${layer + 1}.${source + 1}.${node + 1}` };
}

export function bias(scene: Scene, layer: number, node: number): Operand {
  const name = `b${nodeName(layer, node)}`;
  const value = scene.batch.parameters[biasAt(scene.network, layer, node)];
  return { symbol: name, value, source: name };
}

/** Two numbers multiplied, for each pair. */
export function products(
  engine: Engine,
  pairs: { left: Operand; right: Operand; says?: string }[],
): Product[] {
  if (!pairs.length) return [];
  const values = engine.evaluate(PRODUCT_FORMULA, {
    p: pairs.map(({ left }) => left.value as number),
    q: pairs.map(({ right }) => right.value as number),
  });
  return pairs.map(({ left, right, says = "" }, i) => ({ left, right, value: values[i], says }));
}
