/** The edges of the network: a weight or bias each, with what it is at the current stop. */

import { scaleLinear } from "d3-scale";
import type { Stop } from "../course/stops";
import { layersOf } from "../engine/network";
import { nodeOf, parameterOf, parseId } from "../explain/numbers";
import type { Scene } from "../explain/rows";
import { type Parameter, parameterAt, parameterOperand } from "../explain/updates";
import { isHidden } from "./asking";
import { short, useLab } from "./context";
import {
  alongEdge,
  between,
  type EdgeOrder,
  type Layout,
  NUMBER_HEIGHT,
  NUMBER_WIDTH,
  numbersFit,
  type Spot,
} from "./layout";

// Pixels of an edge; of one whose number is asked for neither width nor colour say anything.
const WIDEST = 5;
const ASKED = 1;

// Of a lit node's edges: where their numbers stand, from the node.
const LIT_APART = 0.68;

/** An edge: a parameter, from where to where. */
interface Edge {
  parameter: Parameter;
  from: Spot;
  to: Spot;
  order: EdgeOrder;
}

function edgesInto(layout: Layout, scene: Scene, layer: number): Edge[] {
  const before = layout.layers[layer];
  const sources = before.nodes.length + (scene.network.bias ? 1 : 0);
  const after = layout.layers[layer + 1];
  const targets = after.nodes.length;
  return after.nodes.flatMap((node, j) => {
    const to = after.spots[j];
    const edges: Edge[] = before.nodes.map((source, i) => ({
      parameter: { layer, source, node },
      from: before.spots[i],
      to,
      order: { source: i, sources, target: j, targets },
    }));
    if (scene.network.bias) {
      const from = layout.biases[layer];
      const order = { source: sources - 1, sources, target: j, targets };
      edges.push({ parameter: { layer, source: null, node }, from, to, order });
    }
    return edges;
  });
}

export function Edges({ scene, layout, stop }: { scene: Scene; layout: Layout; stop: Stop }) {
  return (
    <g class="edges">
      {Array.from({ length: layersOf(scene.network) }, (_, layer) => (
        <EdgesInto key={layer} scene={scene} layout={layout} layer={layer} stop={stop} />
      ))}
    </g>
  );
}

function EdgesInto(props: { scene: Scene; layout: Layout; layer: number; stop: Stop }) {
  const { scene, layout, layer, stop } = props;
  const lab = useLab();
  const edges = edgesInto(layout, scene, layer);
  const sizeOf = ({ parameter }: Edge) =>
    Math.abs(numberOnEdge(scene, stop, parameterAt(scene, parameter)));
  const sizes = edges.map(sizeOf);
  const largest = Math.max(...sizes.filter(Number.isFinite), 1e-12);
  const width = scaleLinear([0, largest], [0.4, WIDEST]).clamp(true);
  const [first] = edges;
  const { sources, targets } = first?.order ?? { sources: 1, targets: 1 };
  const fits = numbersFit(layout, layer, sources, targets);
  const litFit = litNumbersFit(layout, layer);
  const looked = parseId(lab.hovered.value || lab.chosen.value);
  const node = looked && nodeOf(looked);
  const parameter = looked && parameterOf(looked);
  const isLit = (edge: Edge) => {
    const { source, node: into } = edge.parameter;
    if (parameter) return same(parameter, edge.parameter);
    if (!node) return false;
    const isInto = node.layer === layer && node.node === into;
    return isInto || (node.layer === layer - 1 && node.node === source);
  };
  return (
    <g>
      {edges.map((edge) => (
        <EdgeLine
          key={parameterOperand(scene, edge.parameter).source}
          edge={edge}
          scene={scene}
          stop={stop}
          width={width(sizeOf(edge))}
          isLit={isLit(edge)}
          spot={spotOf(edge, fits, node?.layer === layer)}
          hasNumber={fits || (isLit(edge) && litFit)}
        />
      ))}
    </g>
  );
}

/** Whether the numbers of a lit node's edges can be read. */
function litNumbersFit(layout: Layout, layer: number): boolean {
  const [from, to] = [layout.layers[layer].spots[0], layout.layers[layer + 1].spots[0]];
  const room = to.x - (from?.x ?? 0) - 2 * layout.node.width;
  return layout.apart * LIT_APART >= NUMBER_HEIGHT && room >= 2 * NUMBER_WIDTH;
}

/** Numbers of a lit node's edges alone stand far from it, where the edges are apart. */
function spotOf({ from, to, order }: Edge, fits: boolean, isInto: boolean): Spot {
  if (fits) return alongEdge(from, to, order);
  const t = isInto ? 1 - LIT_APART : LIT_APART;
  return between(from, to, t);
}

function same(one: Parameter, other: Parameter): boolean {
  return one.layer === other.layer && one.source === other.source && one.node === other.node;
}

function EdgeLine(props: {
  edge: Edge;
  scene: Scene;
  stop: Stop;
  width: number;
  isLit: boolean;
  hasNumber: boolean;
  spot: Spot;
}) {
  const { edge, scene, stop, width, isLit, hasNumber, spot } = props;
  const lab = useLab();
  const { from, to, parameter } = edge;
  const w = parameterOperand(scene, parameter);
  const at = parameterAt(scene, parameter);
  const value = w.value as number;
  const line = `M${from.x + 30} ${from.y}L${to.x - 30} ${to.y}`;
  const id = idOnEdge(stop, w.source);
  const shown = numberOnEdge(scene, stop, at);
  const isAsked = isHidden(lab, id);
  const text = isAsked ? "?" : short(shown, stop === "backward" ? 2 : 3);
  const sign = isAsked ? "asked" : shown < 0 ? "minus" : "plus";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: every weight can be reached in the sum too
    <g
      class={`edge ${sign}${isLit ? " lit" : ""}`}
      onClick={() => lab.choose(id)}
      onPointerEnter={() => {
        lab.hovered.value = id;
      }}
      onPointerLeave={() => {
        lab.hovered.value = "";
      }}
    >
      <path class="target" d={line} />
      <path class="line" d={line} stroke-width={isAsked ? ASKED : width} data-edge={w.source} />
      <path class="flow" d={line} />
      {hasNumber && (
        <text x={spot.x} y={spot.y} data-weight={id}>
          {text}
        </text>
      )}
      <title>{`${w.symbol} = ${value}`}</title>
    </g>
  );
}

/** What is written on an edge at a stop: the weight, its gradient, or what it becomes. */
function idOnEdge(stop: Stop, source: string): string {
  if (stop === "backward") return `g${source}`;
  return stop === "update" ? `${source}.new` : source;
}

function numberOnEdge({ batch }: Scene, stop: Stop, at: number): number {
  if (stop === "backward") return batch.gradient[at];
  return stop === "update" && batch.updated ? batch.updated[at] : batch.parameters[at];
}
