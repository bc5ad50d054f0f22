/** What is predicted over one column. */

import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Lab, View } from "../lab";
import { type Prediction, predictions } from "../table/predictions";
import { Axes, cellOf, MARGIN, Points } from "./axes";
import { type Axis, onGrid, spaced } from "./plane";
import { useSize } from "./size";
import { classColour, truthOf } from "./truth";

const FARTHEST = 1e5; // pixels; an SVG can hold no numbers beyond those of 32 bits
const CURVE = 121; // points

export function Curve({ lab, view, x }: { lab: Lab; view: View; x: Axis }) {
  const [box, { width, height }] = useSize({ width: 320, height: 150 });
  const { scene, prepared } = view;
  const [target] = prepared.encoding.targets;
  const outputs = onGrid(lab, view, x, null, CURVE);
  const [prediction] = predictions(scene.engine, prepared.encoding, outputs, CURVE);
  const isNumber = target.kind === "number";
  const isPlain = prediction.kind === "number" || prediction.labels.length === 2;
  const curves = curvesOf(prediction);
  const { values: actual } = truthOf(view);
  // Of more classes than two a row stands at the top, where its own class's curve should be.
  const truth = (row: number) => (isPlain ? actual[row] : 1);
  const { low, high } = isNumber ? truthOf(view) : { low: 0, high: 1 };
  const room = (high - low || 1) * 0.1;
  const across = scaleLinear([x.low, x.high], [MARGIN.left, width - MARGIN.right]);
  const up = scaleLinear([low - room, high + room], [height - MARGIN.bottom, MARGIN.top]);
  const xs = spaced(x, CURVE);
  const drawn = line<number>(
    (_, i) => across(xs[i]),
    (value) => up(value),
  ).defined((value) => Math.abs(up(value)) < FARTHEST);
  return (
    <div class="drawing" ref={box}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`what is predicted over ${x.column.name}`}
      >
        <Axes
          x={across}
          y={up}
          width={width}
          height={height}
          names={[x.column.name, target.name]}
        />
        <Points view={view} at={(row) => [across(cellOf(x, row)), up(truth(row))]} />
        {curves.map((curve, k) => (
          <path
            key={isPlain ? "" : String(k)}
            class="curve"
            d={drawn(curve) ?? ""}
            stroke={isPlain ? undefined : classColour(curves, k)}
          />
        ))}
      </svg>
    </div>
  );
}

/** The numbers themselves; of two classes the probability of the second, of more that of each. */
function curvesOf(prediction: Prediction): number[][] {
  if (prediction.kind === "number") return [[...prediction.values]];
  const { probabilities } = prediction;
  return (probabilities.length === 2 ? [probabilities[1]] : probabilities).map((one) => [...one]);
}
