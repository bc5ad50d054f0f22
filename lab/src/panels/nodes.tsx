/** The nodes of the network: inputs, activations or deltas of the chosen row, and the biases. */
import type { Stop } from "../course/stops";
import { layersOf } from "../engine/network";
import { nodeIds } from "../explain/forward";
import { isInBatch, rowId, type Scene } from "../explain/rows";
import { isHidden } from "./asking";
import { short, useLab, usePage } from "./context";
import { onPress } from "./keyboard";
import { clipped, type Layout, type Spot } from "./layout";

export function Biases({ layout, scene }: { layout: Layout; scene: Scene }) {
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

export function Nodes({ scene, layout, stop }: { scene: Scene; layout: Layout; stop: Stop }) {
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
  const isAsked = isHidden(lab, id);
  const text = isAsked ? "?" : short(value);
  const shown = isInput ? clipped(name) : name;
  // The name for screen readers holds what is seen, and what of it was cut.
  const label = [`${shown} ${text}`, shown === name ? "" : name, isAsked ? "hidden" : ""];
  // A second click leads on to z, of which an activation is made.
  const choose = () => {
    lab.hovered.value = "";
    lab.choose(lab.chosen.value === id && ids && !goesBack ? ids.z : id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class={`node${isChosen ? " chosen" : ""}${pictures.value && isHiddenNode ? " pictured" : ""}`}
      transform={`translate(${spot.x} ${spot.y})`}
      role="button"
      tabindex={0}
      data-id={id}
      aria-label={label.filter(Boolean).join(", ")}
      onClick={choose}
      onKeyDown={onPress(choose)}
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
          {shown}
        </text>
      ) : (
        hasName && (
          <text class="name" y={-height + 8}>
            {name}
          </text>
        )
      )}
      {" " /* between name and value, for who reads them aloud */}
      <text class="value" y={!isInput && hasName ? 6 : 0}>
        {text}
      </text>
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
