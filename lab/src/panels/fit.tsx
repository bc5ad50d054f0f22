/** Predicted against actual; of classes the probability of the true one. */

import { scaleLinear } from "d3-scale";
import type { View } from "../lab";
import { Axes, MARGIN, Points } from "./axes";
import { useLab } from "./context";
import { useSize } from "./size";
import { truthOf } from "./truth";

/** Predicted against actual; of classes the probability of the true one. */
export function Fit({ view }: { view: View }) {
  const [box, { width, height }] = useSize({ width: 320, height: 150 });
  const { prepared } = view;
  const [target] = prepared.encoding.targets;
  const [prediction] = useLab().predictions.value;
  const isNumber = target.kind === "number";
  const { values: actual } = truthOf(view);
  const made = (row: number) =>
    prediction.kind === "number"
      ? prediction.values[row]
      : (prediction.probabilities[actual[row]]?.[row] ?? 0);
  const { low, high } = isNumber ? truthOf(view) : { low: -0.5, high: target.labels.length - 0.5 };
  const room = isNumber ? (high - low || 1) * 0.08 : 0;
  const across = scaleLinear([low - room, high + room], [MARGIN.left, width - MARGIN.right]);
  const up = scaleLinear(isNumber ? [low - room, high + room] : [0, 1], [
    height - MARGIN.bottom,
    MARGIN.top,
  ]).clamp(true);
  const names = isNumber ? ["actual", "predicted"] : ["actual", "probability"];
  return (
    <div class="drawing" ref={box}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label="predicted against actual">
        <Axes
          x={across}
          y={up}
          width={width}
          height={height}
          names={names}
          labels={isNumber ? undefined : target.labels.map(String)}
        />
        {isNumber && (
          <line class="ideal" x1={across(low)} x2={across(high)} y1={up(low)} y2={up(high)} />
        )}
        <Points
          view={view}
          at={(row) => [across(actual[row]) + spread(row, isNumber), up(made(row))]}
        />
      </svg>
    </div>
  );
}

/** Classes stand in a line each: their rows side by side in it. */
function spread(row: number, isNumber: boolean): number {
  return isNumber ? 0 : ((row * 0.618) % 1) * 40 - 20;
}
