/**
 * The network for the chosen row: values in the nodes, weights on the edges, biases as nodes. On the
 * way forward values flow right; on the way back deltas flow left.
 */
import type { Stop } from "../course/stops";
import { rowLossOperand } from "../explain/loss";
import { isInBatch, type Scene } from "../explain/rows";
import { isHidden } from "./asking";
import { short, useLab, usePage } from "./context";
import { Edges } from "./edges";
import { InputPicture } from "./input_picture";
import { onPress } from "./keyboard";
import { clipped, type Layout, layoutOf } from "./layout";
import { Biases, Nodes } from "./nodes";
import { ResponsePictures } from "./pictures";
import { useSize } from "./size";

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
      tabindex={0}
      data-id={id}
      onClick={() => lab.choose(id)}
      onKeyDown={onPress(() => lab.choose(id))}
    >
      {label} = {text}
    </text>
  );
}
