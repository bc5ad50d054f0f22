/** Where the nodes of a network lie in its picture, and which of a wide layer are shown. */
import { layersOf, type Network } from "../engine/network";
import { MOST_NODES } from "../setup";

export interface Spot {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  /** Of every layer, the inputs first: which nodes are shown, from 0, and where. */
  layers: { nodes: number[]; spots: Spot[]; hidden: number }[];
  /** Of every layer of weights where its bias node lies; empty where there are none. */
  biases: Spot[];
  /** From one node of a layer to the next. */
  apart: number;
  /** The half of a node's width and height. */
  node: { width: number; height: number };
}

const MARGIN = { top: 46, bottom: 10 }; // above stand the losses
const LETTER = 6.3; // pixels, about
export const MOST_LETTERS = 14; // of a name
export const PICTURE = 136; // pixels of a side
const NODE_WIDTH = 30;
const TALLEST = 17;
// Where numbers stand along an edge.
const NUMBERS_FROM = 0.12;
const NUMBERS_TO = 0.92;
const ONE_COLUMN = 0.42;
export const NUMBER_WIDTH = 34; // pixels
export const NUMBER_HEIGHT = 10;

/** `names` are what is written beside inputs and outputs; `picture`: whether inputs are drawn as one. */
export function layoutOf(
  network: Network,
  width: number,
  height: number,
  names: { inputs: string[]; outputs: string[] },
  picture = false,
): Layout {
  const left = picture ? PICTURE + 2 * NODE_WIDTH : NODE_WIDTH + roomFor(names.inputs);
  const right = NODE_WIDTH + roomFor(names.outputs) + LETTER * "y −0.1234".length;
  const count = layersOf(network) + 1;
  const shown = network.sizes.map((size) => Math.min(size, MOST_NODES));
  if (picture) shown[0] = 0;
  const room = height - MARGIN.top - MARGIN.bottom;
  const slots = Math.max(1, ...shown.map((n, layer) => n + biasSlots(network, layer)));
  const apart = Math.min(78, room / slots);
  const x = (layer: number) => left + ((width - left - right) * layer) / Math.max(1, count - 1);
  const middle = MARGIN.top + room / 2;
  const y = (n: number, i: number) => middle + apart * (i - (n - 1) / 2);
  return {
    width,
    height,
    apart,
    layers: shown.map((n, layer) => {
      const all = n + biasSlots(network, layer);
      return {
        nodes: Array.from({ length: n }, (_, i) => i),
        spots: Array.from({ length: n }, (_, i) => ({ x: x(layer), y: y(all, i) })),
        hidden: picture && !layer ? 0 : network.sizes[layer] - n,
      };
    }),
    biases: network.bias
      ? shown.slice(0, -1).map((n, layer) => ({ x: x(layer), y: y(n + 1, n) }))
      : [],
    node: { width: NODE_WIDTH, height: Math.max(5, Math.min(TALLEST, apart / 2 - 2)) },
  };
}

function roomFor(names: string[]): number {
  const longest = Math.max(...names.map((name) => Math.min(name.length, MOST_LETTERS)));
  return 14 + LETTER * longest;
}

/** A name, cut where it is too long. */
export function clipped(name: string, most = MOST_LETTERS): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** A bias node stands below the nodes of the layer before. */
function biasSlots(network: Network, layer: number): number {
  return network.bias && layer < layersOf(network) ? 1 : 0;
}

/** Where an edge stands among those between two layers. */
export interface EdgeOrder {
  source: number;
  sources: number;
  target: number;
  targets: number;
}

/**
 * Where the number of an edge is written, as a fraction of its length. The numbers of one node, on the
 * side that has fewer, stand in one column: near the other side, where their edges are far apart.
 */
function fraction({ source, sources, target, targets }: EdgeOrder): number {
  if (targets === 1) return ONE_COLUMN;
  const [i, count] = sources <= targets ? [source, sources] : [target, targets];
  const t = NUMBERS_FROM + ((NUMBERS_TO - NUMBERS_FROM) * (i + 0.5)) / count;
  return sources <= targets ? t : 1 - t;
}

/** A point of an edge, which begins and ends at the sides of its nodes. */
export function between(from: Spot, to: Spot, t: number): Spot {
  const room = to.x - from.x - 2 * NODE_WIDTH;
  return { x: from.x + NODE_WIDTH + t * room, y: from.y + t * (to.y - from.y) };
}

/** Whether the numbers of all edges between two layers can be written without touching. */
export function numbersFit(
  layout: Layout,
  layer: number,
  sources: number,
  targets: number,
): boolean {
  const [from, to] = [layout.layers[layer].spots[0], layout.layers[layer + 1].spots[0]];
  if (!from) return false;
  const columns = targets === 1 ? 1 : Math.min(sources, targets);
  const room = (to.x - from.x - 2 * NODE_WIDTH) / columns;
  const first = { source: 0, sources, target: 0, targets };
  const t = fraction(first);
  const apart = layout.apart * (sources <= targets && targets > 1 ? t : 1 - t);
  return room >= NUMBER_WIDTH && apart >= NUMBER_HEIGHT;
}

export function alongEdge(from: Spot, to: Spot, order: EdgeOrder): Spot {
  return between(from, to, fraction(order));
}
