/** A small picture of each hidden node's response over the plane of the answer's two columns. */
import { layersOf } from "../engine/network";
import { diverging } from "./colours";
import { useLab, usePage } from "./context";
import type { Layout } from "./layout";
import { axesOf, onGrid } from "./plane";

const PIXELS = 20; // of a side
const canvas = typeof document === "undefined" ? null : document.createElement("canvas");

export function ResponsePictures({ layout }: { layout: Layout }) {
  const lab = useLab();
  const { axes } = usePage();
  const view = lab.view.value;
  const all = axesOf(view);
  if (!all.length) return null;
  const x = all[axes.value[0]] ?? all[0];
  const y = all[axes.value[1]] ?? all[1] ?? null;
  const hidden = layersOf(view.scene.network) - 1;
  const { width, height } = layout.node;
  return (
    <g class="pictures">
      {Array.from({ length: hidden }, (_, layer) => {
        const nodes = view.scene.network.sizes[layer + 1];
        const responses = onGrid(lab, view, x, y, PIXELS, layer + 1);
        const { nodes: shown, spots } = layout.layers[layer + 1];
        return shown.map((node, i) => (
          <image
            key={`${layer}.${node}`}
            href={pictureOf(responses, node, nodes, y !== null)}
            x={spots[i].x - width}
            y={spots[i].y - height}
            width={2 * width}
            height={2 * height}
            preserveAspectRatio="none"
          />
        ));
      })}
    </g>
  );
}

/** The responses of one node as a data URL, from its lowest to its highest. */
function pictureOf(responses: Float64Array, node: number, nodes: number, isPlane: boolean): string {
  if (!canvas) return "";
  const count = responses.length / nodes;
  const values = Float64Array.from({ length: count }, (_, i) => responses[i * nodes + node]);
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  canvas.width = PIXELS;
  canvas.height = isPlane ? PIXELS : 1;
  const context = canvas.getContext("2d");
  if (!context) return "";
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => {
    image.data.set([...diverging((value - low) / range), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
