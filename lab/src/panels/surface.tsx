/** What is predicted over the plane of two columns, the others as in the chosen row. */

import { scaleLinear } from "d3-scale";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Lab, View } from "../lab";
import { predictions } from "../table/predictions";
import { Axes, cellOf, MARGIN, Points } from "./axes";
import { diverging, ofClass, type Rgb } from "./colours";
import { type Axis, onGrid } from "./plane";
import { useSize } from "./size";
import { truthOf } from "./truth";

const GRID = 40; // points of a side

/** Colours of what is predicted, from the outputs of some rows. */
function coloursOf(view: View, outputs: Float64Array, rows: number): Rgb[] {
  const { scene, prepared } = view;
  const [prediction] = predictions(scene.engine, prepared.encoding, outputs, rows);
  if (prediction.kind === "number") {
    const { low, high } = truthOf(view);
    return Array.from(prediction.values, (value) => diverging((value - low) / (high - low || 1)));
  }
  const { classes, probabilities } = prediction;
  if (probabilities.length === 2) return Array.from(probabilities[1], diverging);
  return Array.from(classes, (best, row) => ofClass(best, probabilities[best][row]));
}

export function Surface({ lab, view, x, y }: { lab: Lab; view: View; x: Axis; y: Axis }) {
  const [box, { width, height }] = useSize({ width: 320, height: 150 });
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(GRID, GRID);
    const outputs = onGrid(lab, view, x, y, GRID);
    coloursOf(view, outputs, GRID * GRID).forEach((colour, i) => {
      image.data.set([...colour, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
  });
  const across = scaleLinear([x.low, x.high], [MARGIN.left, width - MARGIN.right]);
  const up = scaleLinear([y.low, y.high], [height - MARGIN.bottom, MARGIN.top]);
  const points = useMemo(
    () => <Points view={view} at={(row) => [across(cellOf(x, row)), up(cellOf(y, row))]} />,
    [view.prepared, x.column, y.column, width, height],
  );
  return (
    <div class="drawing surface" ref={box}>
      <canvas ref={canvas} width={GRID} height={GRID} />
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`what is predicted over ${x.column.name} and ${y.column.name}`}
      >
        <Axes
          x={across}
          y={up}
          width={width}
          height={height}
          names={[x.column.name, y.column.name]}
        />
        {points}
      </svg>
    </div>
  );
}
