/** The first number of an iteration that is not finite, in the order of their making. */
import { layersOf } from "../engine/network";
import { batchRows, nodeName, rowId, type Scene } from "./rows";

export interface Failure {
  /** The id of the number. */
  id: string;
  row: number | null;
  /** What it is, in words. */
  says: string;
}

export function firstNotFinite(scene: Scene): Failure | null {
  const { batch, network } = scene;
  for (let layer = 0; layer < layersOf(network); layer++)
    for (const which of ["z", "a"] as const) {
      const at = notFinite(batch.layers[layer][which]);
      if (at < 0) continue;
      const nodes = network.sizes[layer + 1];
      const row = batchRows(scene)[Math.floor(at / nodes)];
      const name = `${which}${nodeName(layer, at % nodes)}`;
      return { id: `${rowId(row)}${name}`, row, says: `${name} of row ${row + 1}` };
    }
  const at = notFinite(batch.terms);
  if (at >= 0) {
    const K = network.sizes[layersOf(network)];
    const row = batchRows(scene)[Math.floor(at / K)];
    return { id: `${rowId(row)}e${(at % K) + 1}`, row, says: `the loss of row ${row + 1}` };
  }
  if (!Number.isFinite(batch.loss)) return { id: "E", row: null, says: "the loss E" };
  return null;
}

/** Where the first number lies that is not finite; -1 where all are. */
function notFinite(numbers: Float64Array): number {
  return numbers.findIndex((number) => !Number.isFinite(number));
}
