/**
 * The network for the chosen row: values in the nodes, weights on the edges, biases as nodes. On the
 * way forward values flow right; on the way back deltas flow left.
 */
import { scaleLinear } from "d3-scale";
import type { Stop } from "../course/stops";
import { layersOf } from "../engine/network";
import { nodeIds } from "../explain/forward";
import { rowLossOperand } from "../explain/loss";
import { nodeOf, parameterOf, parseId } from "../explain/numbers";
import { isInBatch, rowId, type Scene } from "../explain/rows";
import { type Parameter, parameterAt, parameterOperand } from "../explain/updates";
import { isHidden } from "./asking";
import { short, useLab, usePage } from "./context";
import { InputPicture } from "./input_picture";
import {
  alongEdge,
  between,
  clipped,
  type EdgeOrder,
  type Layout,
  layoutOf,
  NUMBER_HEIGHT,
  NUMBER_WIDTH,
  numbersFit,
  type Spot,
} from "./layout";
import { ResponsePictures } from "./pictures";
import { useSize } from "./size";

const WIDEST = 5; // pixels of an edge
// Of a lit node's edges: where their numbers stand, from the node.
const LIT_APART = 0.68;

export function NetworkPanel() {
  const lab = useLab();
  const { pictures, player } = usePage();
  const [box, size] = useSize({ width: 560, height: 380 });
  const { scene, position, prepared } = lab.view.value;
  const names = { inputs: scene.features, outputs: levelsOf(prepared.outputs) };
  const { picture } = prepared.setup;
  const layout = layoutOf(scene.network, size.width, size.height, names, picture > 0);
  const flow = player.isPlaying.value && !player.speed.value.stops ? "" : flowOf(position.stop);
  return (
    <section class="panel network" aria-label="the network">
      <header>
        <h2>{scene.network.sizes.join("-")}</h2>
        <small>{describe(position.stop, lab.row.value, isInBatch(scene, lab.row.value))}</small>
        <label>
          <input
            type="checkbox"
            checked={pictures.value}
            onChange={(event) => {
              pictures.value = event.currentTarget.checked;
            }}
          />{" "}
          pictures
        </label>
      </header>
      <div class="drawing" ref={box}>
        <svg
          viewBox={`0 0 ${size.width} ${size.height}`}
          class={flow}
          aria-label={`network ${scene.network.sizes.join("-")}`}
          id="network"
        >
          {picture > 0 && <InputPicture layout={layout} columns={picture} />}
          <Edges scene={scene} layout={layout} stop={position.stop} />
          {pictures.value && <ResponsePictures layout={layout} />}
          <Biases layout={layout} scene={scene} />
          <Nodes scene={scene} layout={layout} stop={position.stop} />
          <Outcome scene={scene} layout={layout} />
        </svg>
      </div>
    </section>
  );
}

/** What the outputs stand for, without the target's name where there is one target. */
function levelsOf(outputs: string[]): string[] {
  return outputs.length > 1 ? outputs.map((name) => name.replace(/^[^=]*=/, "")) : [""];
}

function describe(stop: Stop, row: number, inBatch: boolean): string {
  const of = `row ${row + 1}`;
  if (stop === "forward") return `forward: values of ${of} go right`;
  if (stop === "loss") return `the loss of ${of}`;
  if (!inBatch) return `${of} is not in this batch`;
  if (stop === "backward") return `backward: deltas of ${of} go left`;
  return "the update: each weight and what it becomes";
}

function flowOf(stop: Stop): string {
  if (stop === "forward") return "flows-right";
  return stop === "backward" ? "flows-left" : "";
}

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

function Edges({ scene, layout, stop }: { scene: Scene; layout: Layout; stop: Stop }) {
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
  const { parameters } = scene.batch;
  const sizes = edges.map(({ parameter }) => Math.abs(parameters[parameterAt(scene, parameter)]));
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
          width={width(Math.abs(parameters[parameterAt(scene, edge.parameter)]))}
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
  const text = isHidden(lab, id) ? "?" : short(shown, stop === "backward" ? 2 : 3);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: every weight can be reached in the sum too
    <g
      class={`edge ${value < 0 ? "minus" : "plus"}${isLit ? " lit" : ""}`}
      onClick={() => lab.choose(id)}
      onPointerEnter={() => {
        lab.hovered.value = id;
      }}
      onPointerLeave={() => {
        lab.hovered.value = "";
      }}
    >
      <path class="target" d={line} />
      <path class="line" d={line} stroke-width={width} data-edge={w.source} />
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

function Biases({ layout, scene }: { layout: Layout; scene: Scene }) {
  return (
    <g class="biases">
      {layout.biases.map(({ x, y }, layer) => (
        <g key={layer} class="node bias" transform={`translate(${x} ${y})`}>
          <rect x={-14} y={-layout.node.height} width={28} height={2 * layout.node.height} />
          <text>1</text>
          <title>{`the biases of layer ${layer + 1} of ${layersOf(scene.network)}`}</title>
        </g>
      ))}
    </g>
  );
}

function Nodes({ scene, layout, stop }: { scene: Scene; layout: Layout; stop: Stop }) {
  return (
    <g class="nodes">
      {layout.layers.map(({ nodes, spots, hidden }, layer) => (
        <g key={layer}>
          {nodes.map((node, i) => (
            <NodeBox
              key={node}
              scene={scene}
              layout={layout}
              stop={stop}
              layer={layer - 1}
              node={node}
              spot={spots[i]}
            />
          ))}
          {hidden > 0 && (
            <text class="more" x={spots[0].x} y={14}>
              {nodes.length} of {nodes.length + hidden} shown
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function NodeBox(props: {
  scene: Scene;
  layout: Layout;
  stop: Stop;
  layer: number;
  node: number;
  spot: Spot;
}) {
  const { scene, layout, stop, layer, node, spot } = props;
  const lab = useLab();
  const { pictures } = usePage();
  const row = lab.row.value;
  const isInput = layer < 0;
  const ids = isInput ? null : nodeIds(row, layer, node);
  const goesBack = stop === "backward" && !isInput && isInBatch(scene, row);
  const id = ids ? (goesBack ? ids.delta : ids.a) : `${rowId(row)}x${node + 1}`;
  const value = nodeValue(scene, row, layer, node, goesBack);
  const { width, height } = layout.node;
  const name = isInput ? scene.features[node] : `${goesBack ? "δ" : "a"}${layer + 1}.${node + 1}`;
  const isChosen = [id, ids?.z].includes(lab.chosen.value);
  const isHiddenNode = !isInput && layer < layersOf(scene.network) - 1;
  const hasName = height >= 14;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class={`node${isChosen ? " chosen" : ""}${pictures.value && isHiddenNode ? " pictured" : ""}`}
      transform={`translate(${spot.x} ${spot.y})`}
      role="button"
      tabIndex={0}
      data-id={id}
      aria-label={`${name} = ${isHidden(lab, id) ? "hidden" : short(value, 4)}`}
      onClick={() => lab.choose(isChosen && ids && lab.chosen.value === id ? ids.z : id)}
      onKeyDown={(event) => {
        if (event.key === "Enter") lab.choose(id);
      }}
      onPointerEnter={() => {
        lab.hovered.value = id;
      }}
      onPointerLeave={() => {
        lab.hovered.value = "";
      }}
    >
      <rect x={-width} y={-height} width={2 * width} height={2 * height} rx={6} />
      {isInput ? (
        <text class="name left" x={-width - 6}>
          {clipped(name)}
        </text>
      ) : (
        hasName && (
          <text class="name" y={-height + 8}>
            {name}
          </text>
        )
      )}
      <text class="value" y={!isInput && hasName ? 6 : 0}>
        {isHidden(lab, id) ? "?" : short(value)}
      </text>
      <title>{`${name} = ${isHidden(lab, id) ? "?" : value}`}</title>
    </g>
  );
}

function nodeValue(
  scene: Scene,
  row: number,
  layer: number,
  node: number,
  goesBack: boolean,
): number {
  if (layer < 0) return scene.data.x[row * scene.features.length + node];
  const nodes = scene.network.sizes[layer + 1];
  if (!goesBack) return scene.table.layers[layer].a[row * nodes + node];
  return scene.batch.layers[layer].delta[(row - scene.batch.first) * nodes + node];
}

/** Beside the outputs: what they should be, and the loss. */
function Outcome({ scene, layout }: { scene: Scene; layout: Layout }) {
  const lab = useLab();
  const row = lab.row.value;
  const { nodes, spots } = layout.layers[layout.layers.length - 1];
  const loss = rowLossOperand(scene, row);
  const levels = levelsOf(lab.view.value.prepared.outputs);
  const right = layout.node.width + 8;
  return (
    <g class="outcome">
      {nodes.map((node, i) => (
        <text key={node} x={spots[i].x + right} y={spots[i].y} class="target">
          {clipped(levels[node])} y {short(scene.data.y[row * levels.length + node])}
        </text>
      ))}
      <LossText
        id={loss.source}
        label={`e of row ${row + 1}`}
        value={loss.value as number}
        y={16}
        layout={layout}
      />
      <LossText id="E" label="E" value={scene.batch.loss} y={34} layout={layout} />
    </g>
  );
}

function LossText(props: { id: string; label: string; value: number; y: number; layout: Layout }) {
  const { id, label, value, y, layout } = props;
  const lab = useLab();
  const text = isHidden(lab, id) ? "?" : short(value, 4);
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <text
      class={`loss${lab.chosen.value === id ? " chosen" : ""}`}
      x={layout.width - 8}
      y={y}
      role="button"
      tabIndex={0}
      data-id={id}
      onClick={() => lab.choose(id)}
      onKeyDown={(event) => {
        if (event.key === "Enter") lab.choose(id);
      }}
    >
      {label} = {text}
    </text>
  );
}
