/** The numbers that one goes into, as far as they are of the same row: the way of a number onwards. */
import { layersOf } from "../engine/network";
import { outputs } from "./loss";
import { findNumber, type Id, nodeOf, parameterOf, parseId, stepsOfRow } from "./numbers";
import { type Computed, type Operand, operandOf } from "./parts";
import { isInBatch, lastLayer, nodeName, rowId, type Scene } from "./rows";

export function usedBy(scene: Scene, text: string, chosenRow: number): Operand[] {
  const id = parseId(text);
  if (!id) return [];
  const row = id.row ?? chosenRow;
  const found = [...candidates(scene, id, text, row)]
    .map((candidate) => findNumber(scene, candidate))
    .filter((number) => number !== null);
  const steps = id.row === null ? [] : stepsOfRow(scene, row);
  return [...found, ...steps].filter((number) => sourcesOf(number).includes(text)).map(operandOf);
}

/** The ids of the numbers that one is made of. */
function sourcesOf(number: Computed): string[] {
  if (number.kind === "step") return Object.values(number.operands).map(({ source }) => source);
  const factors = number.products.flatMap(({ left, right }) => [left, right]);
  return [...factors, ...number.added.map(({ operand }) => operand)].map(({ source }) => source);
}

/** Ids among which are those of all numbers that one may go into. */
function candidates(scene: Scene, id: Id, text: string, row: number): Set<string> {
  const parameter = parameterOf(id);
  if (parameter) {
    const name = text.replace(/^g/, "").replace(/\.(mean|mean_square)$/, "");
    const { layer, source, node } = parameter;
    const forward = [`${rowId(row)}z${nodeName(layer, node)}`];
    const back =
      source !== null && layer > 0 ? [`${rowId(row)}da${nodeName(layer - 1, source)}`] : [];
    return new Set([
      ...forward,
      ...back,
      ...["mean", "mean_square", "new"].map((of) => `${name}.${of}`),
    ]);
  }
  const node = nodeOf(id);
  const found = node ? aroundNode(scene, row, node) : ofOutputs(scene, row);
  return new Set([...found, `${rowId(row)}e`, "E"]);
}

/** Of a node: its own other numbers, those of the next layer, and what goes back from it. */
function aroundNode(scene: Scene, row: number, { layer, node }: { layer: number; node: number }) {
  const { network } = scene;
  const own = ["z", "a", "s", "da", "d"];
  const named = (letters: string[], at: number, index: number) =>
    letters.map((letter) => `${rowId(row)}${letter}${nodeName(at, index)}`);
  const indices = (of: number) => Array.from({ length: network.sizes[of + 1] }, (_, i) => i);
  const found = named(own, layer, node);
  if (layer < lastLayer(scene))
    for (const target of indices(layer + 1)) {
      found.push(...named(["z"], layer + 1, target));
      if (isInBatch(scene, row)) found.push(`gw${layer + 2}.${node + 1}.${target + 1}`);
    }
  else
    found.push(...indices(layer).flatMap((k) => named(["a"], layer, k)), ...ofOutputs(scene, row));
  if (layer >= 0) {
    for (const source of indices(layer - 1)) {
      if (layer > 0) found.push(...named(["da"], layer - 1, source));
      found.push(`gw${layer + 1}.${source + 1}.${node + 1}`);
    }
    found.push(`gb${layer + 1}.${node + 1}`);
  }
  return found;
}

/** The numbers that outputs and targets go into: losses, their derivatives, deltas, predictions. */
function ofOutputs(scene: Scene, row: number): string[] {
  const letters = ["e", "de", "ys", "g", "gs", "ms"];
  const layer = layersOf(scene.network);
  return outputs(scene).flatMap((k) => [
    ...letters.map((letter) => `${rowId(row)}${letter}${k + 1}`),
    `${rowId(row)}d${layer}.${k + 1}`,
  ]);
}
