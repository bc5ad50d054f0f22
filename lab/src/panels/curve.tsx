/** What is predicted over one column. */

import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Lab, View } from "../lab";
import { predictions } from "../table/predictions";
import { Axes, cellOf, MARGIN, Points } from "./axes";
import { type Axis, onGrid, spaced } from "./plane";
import { useSize } from "./size";
import { truthOf } from "./truth";

const CURVE = 121; // points

export function Curve({ lab, view, x }: { lab: Lab; view: View; x: Axis }) {
  const [box, { width, height }] = useSize({ width: 320, height: 150 });
  const { scene, prepared } = view;
  const [target] = prepared.encoding.targets;
  const outputs = onGrid(lab, view, x, null, CURVE);
  const [prediction] = predictions(scene.engine, prepared.encoding, outputs, CURVE);
  const isNumber = target.kind === "number";
  const curve = [
    ...(prediction.kind === "number" ? prediction.values : prediction.probabilities[1]),
  ];
  const { values: actual } = truthOf(view);
  const { low, high } = isNumber ? truthOf(view) : { low: 0, high: 1 };
  const room = (high - low || 1) * 0.1;
  const across = scaleLinear([x.low, x.high], [MARGIN.left, width - MARGIN.right]);
  const up = scaleLinear([low - room, high + room], [height - MARGIN.bottom, MARGIN.top]);
  const xs = spaced(x, CURVE);
  const path = line<number>(
    (_, i) => across(xs[i]),
    (value) => up(value),
  ).defined(Number.isFinite)(curve);
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
        <Points view={view} at={(row) => [across(cellOf(x, row)), up(actual[row])]} />
        {path && <path class="curve" d={path} />}
      </svg>
    </div>
  );
}
