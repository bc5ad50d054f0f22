/** Every number of an iteration by its id: what it is made of, and what it goes into. */
import type { Stop } from "../course/stops";
import { layersOf } from "../engine/network";
import { deltaNumbers } from "./backward";
import { activation, preActivation } from "./forward";
import { outputs, rowLoss, scale, term, totalLoss } from "./loss";
import type { Computed, Operand, Step } from "./parts";
import { a, isInBatch, lastLayer, nodeName, rowId, type Scene } from "./rows";
import { gradientOf, type Parameter, parameterOperand, updateNumbers } from "./updates";

/** What an id says: the row (from 0; null: of no row), what is meant, and the numbers behind it. */
export interface Id {
  row: number | null;
  what: string;
  numbers: number[];
  /** What stands behind the numbers: the new value of a weight, or what is remembered of it. */
  ending: string;
}

const ID = /^(?:r(\d+)\.)?([a-zE]+)([\d.]*?)(?:\.(new|mean|mean_square))?$/;

/** The parts of an id; null where it is none. */
export function parseId(id: string): Id | null {
  const match = ID.exec(id);
  if (!match) return null;
  const [, row, what, numbers, ending = ""] = match;
  return {
    row: row ? Number(row) - 1 : null,
    what,
    numbers: numbers.split(".").filter(Boolean).map(Number),
    ending,
  };
}

/** The parameter that an id is about, whether it is the weight itself, its gradient or its update. */
export function parameterOf({ what, numbers }: Id): Parameter | null {
  if (["w", "gw"].includes(what) && numbers.length === 3)
    return { layer: numbers[0] - 1, source: numbers[1] - 1, node: numbers[2] - 1 };
  if (["b", "gb"].includes(what) && numbers.length === 2)
    return { layer: numbers[0] - 1, source: null, node: numbers[1] - 1 };
  return null;
}

/** The node that an id is about, from 0; null where it is about none. */
export function nodeOf(id: Id): { layer: number; node: number } | null {
  const { what, numbers } = id;
  if (what === "x" && numbers.length === 1) return { layer: -1, node: numbers[0] - 1 };
  if (["z", "a", "s", "da", "d"].includes(what) && numbers.length === 2)
    return { layer: numbers[0] - 1, node: numbers[1] - 1 };
  return null;
}

/** The number of that id; null where this iteration has none. */
export function findNumber(scene: Scene, text: string): Computed | null {
  const id = parseId(text);
  if (!id) return null;
  const candidates = numbersAround(scene, id, text);
  return candidates.find((number) => number.id === text) ?? null;
}

/** The numbers among which that of an id is, as they are made together. */
function numbersAround(scene: Scene, id: Id, text: string): Computed[] {
  if (id.row === null) {
    const parameter = parameterOf(id);
    if (text === "E") return [totalLoss(scene)];
    if (text === "c") return [scale(scene)].filter((one) => one !== null);
    if (!parameter || !exists(scene, parameter)) return [];
    if (id.ending) return updateNumbers(scene, parameter);
    if (id.what.startsWith("g")) return [gradientOf(scene, parameter)];
    return [given(parameterOperand(scene, parameter))];
  }
  if (id.row >= scene.table.rows) return [];
  return numbersOfRow(scene, id.row, id);
}

function numbersOfRow(scene: Scene, row: number, id: Id): Computed[] {
  const node = nodeOf(id);
  const [number] = id.numbers;
  if (node && node.layer >= 0) {
    if (node.layer > lastLayer(scene)) return [];
    if (node.node >= scene.network.sizes[node.layer + 1]) return [];
    if (id.what === "z") return [preActivation(scene, row, node.layer, node.node)];
    if (id.what === "a") return [activation(scene, row, node.layer, node.node)];
    return isInBatch(scene, row) ? deltaNumbers(scene, row, node.layer, node.node) : [];
  }
  if (id.what === "e" && !id.numbers.length) return [rowLoss(scene, row)];
  const isOutput = outputs(scene).includes(number - 1);
  if (id.what === "e") return isOutput ? [term(scene, row, number - 1)] : [];
  if (["de", "ys", "g", "gs", "ms"].includes(id.what) && isInBatch(scene, row))
    return isOutput ? deltaNumbers(scene, row, lastLayer(scene), number - 1) : [];
  return stepsOfRow(scene, row);
}

/** How a row's cells became inputs and targets, and its outputs predictions. */
export function stepsOfRow(scene: Scene, row: number): Step[] {
  const made = outputs(scene).map((k) => a(scene, row, lastLayer(scene), k));
  return scene.stepsOf(row, made);
}

function exists({ network }: Scene, { layer, source, node }: Parameter): boolean {
  if (layer < 0 || layer >= layersOf(network)) return false;
  if (source === null) return network.bias && node < network.sizes[layer + 1];
  return source < network.sizes[layer] && node < network.sizes[layer + 1];
}

/** A number that nothing made in this iteration. */
function given({ symbol, value, source }: Operand): Computed {
  return { kind: "step", id: source, symbol, value, formula: "", operands: {}, says: "" };
}

/** The id of a number that a stop makes: of the node that `near` is about, or of the first one. */
export function numberOfStop(scene: Scene, stop: Stop, near: string, row: number): string {
  const id = parseId(near);
  const parameter = id && parameterOf(id);
  const node = parameter ?? (id && nodeOf(id)) ?? { layer: 0, node: 0 };
  const layer = Math.max(0, node.layer);
  const name = nodeName(layer, node.node);
  const source = (parameter?.source ?? 0) + 1;
  switch (stop) {
    case "forward":
      return `${rowId(row)}z${name}`;
    case "loss":
      return `${rowId(row)}e${layer === lastLayer(scene) ? node.node + 1 : 1}`;
    case "backward":
      return `${rowId(row)}d${name}`;
    case "update":
      return `w${layer + 1}.${source}.${node.node + 1}.new`;
  }
}
