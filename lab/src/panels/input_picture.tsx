/**
 * The inputs as a picture, where they are the pixels of one; below it the weights of all pixels into
 * the hidden node that is looked at. Every pixel can be clicked.
 */

import { nodeOf, parameterOf, parseId } from "../explain/numbers";
import { rowId, weight } from "../explain/rows";
import { css, diverging } from "./colours";
import { short, useLab } from "./context";
import { type Layout, PICTURE } from "./layout";

const GAP = 34; // pixels between the two pictures

export function InputPicture({ layout, columns }: { layout: Layout; columns: number }) {
  const lab = useLab();
  const { scene } = lab.view.value;
  const row = lab.row.value;
  const D = scene.features.length;
  const values = [...scene.data.x.subarray(row * D, (row + 1) * D)];
  const node = nodeLookedAt(lab.hovered.value || lab.chosen.value);
  const weights = values.map((_, i) => weight(scene, 0, i, node).value as number);
  const largest = Math.max(...weights.map(Math.abs), 1e-12);
  const height = (PICTURE * Math.ceil(D / columns)) / columns;
  const top = (layout.height - 2 * height - GAP) / 2;
  return (
    <g class="input-picture">
      <Lines layout={layout} y={top + height / 2} />
      <Pixels
        y={top}
        columns={columns}
        title={`row ${row + 1}`}
        ids={values.map((_, i) => `${rowId(row)}x${i + 1}`)}
        names={scene.features}
        values={values}
        colour={() => "currentcolor"}
        opacity={(value) => Math.min(1, Math.abs(value))}
      />
      <Pixels
        y={top + height + GAP}
        columns={columns}
        title={`weights into node 1.${node + 1}`}
        ids={values.map((_, i) => `w1.${i + 1}.${node + 1}`)}
        names={values.map((_, i) => `w1[${i + 1}→${node + 1}]`)}
        values={weights}
        colour={(value) => css(diverging(0.5 + value / (2 * largest)))}
      />
    </g>
  );
}

/** The hidden node, from 0, that a number is about; the first where it is about none. */
function nodeLookedAt(id: string): number {
  const parsed = parseId(id);
  if (!parsed) return 0;
  const parameter = parameterOf(parsed);
  if (parameter) return parameter.layer === 0 ? parameter.node : 0;
  const node = nodeOf(parsed);
  return node?.layer === 0 ? node.node : 0;
}

function Lines({ layout, y }: { layout: Layout; y: number }) {
  const { spots } = layout.layers[1];
  return (
    <g class="bundle">
      {spots.map((spot) => (
        <line key={spot.y} x1={PICTURE + 16} y1={y} x2={spot.x - layout.node.width} y2={spot.y} />
      ))}
    </g>
  );
}

function Pixels(props: {
  y: number;
  columns: number;
  title: string;
  ids: string[];
  names: string[];
  values: number[];
  colour: (value: number) => string;
  opacity?: (value: number) => number;
}) {
  const { y, columns, title, ids, names, values, colour, opacity = () => 1 } = props;
  const lab = useLab();
  const side = PICTURE / columns;
  return (
    <g transform={`translate(12 ${y})`}>
      <text class="caption" y={-6}>
        {title}
      </text>
      {values.map((value, i) => (
        // biome-ignore lint/a11y/useSemanticElements: SVG has no button
        <rect
          key={ids[i]}
          class={`pixel${lab.chosen.value === ids[i] ? " chosen" : ""}`}
          x={(i % columns) * side}
          y={Math.floor(i / columns) * side}
          width={side}
          height={side}
          fill={colour(value)}
          fill-opacity={opacity(value)}
          role="button"
          tabindex={-1}
          aria-label={`${names[i]} = ${short(value, 4)}`}
          data-id={ids[i]}
          onClick={() => lab.choose(ids[i])}
        >
          <title>{`${names[i]} = ${value}`}</title>
        </rect>
      ))}
    </g>
  );
}
