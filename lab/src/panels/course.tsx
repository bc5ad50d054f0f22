/** The course: the loss of every iteration so far; a click goes there. */
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { useState } from "preact/hooks";
import { isHidden } from "./asking";
import { atTick, short, useLab, usePage } from "./context";
import { useSize } from "./size";

const MARGIN = { left: 52, right: 24, top: 8, bottom: 22 };
const MOST_POINTS = 600; // of the curve that are drawn
const TICKS = 4;

export function CoursePanel() {
  const lab = useLab();
  const { player } = usePage();
  const [box, { width, height }] = useSize({ width: 620, height: 150 });
  const [isLog, setLog] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);
  const { iterations } = lab.setup.value;
  const { iteration } = lab.position.value;
  const losses = lab.losses.filter(Number.isFinite);
  const x = scaleLinear([0, iterations], [MARGIN.left, width - MARGIN.right]);
  const range = [height - MARGIN.bottom, MARGIN.top];
  const at = pointed ?? iteration;
  const isAsked = at === iteration && isHidden(lab, "E");
  const loss = at === iteration ? lab.view.value.scene.batch.loss : lab.losses[at];
  const here = loss !== undefined && Number.isFinite(loss) ? loss : 0;
  const highest = losses.reduce((top, one) => Math.max(top, one), here) || 1;
  const lowest = losses.reduce((least, loss) => Math.min(least, loss), highest);
  const y =
    isLog && lowest > 0
      ? scaleLog([lowest, highest], range).clamp(true)
      : scaleLinear([0, highest], range).nice(TICKS);
  const shown = thinned(losses.slice(0, iterations + 1));
  const path = line<number>(
    (i) => x(i),
    (i) => y(losses[i]),
  )(shown);
  return (
    <section class="panel course" aria-label="the course">
      <header>
        <h2>loss</h2>
        <small data-loss={at}>
          {loss === undefined
            ? `iteration ${at}: not reached yet`
            : `iteration ${at}: ${isAsked ? "?" : short(loss, 8)}`}
        </small>
        <label>
          <input
            type="checkbox"
            checked={isLog}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />{" "}
          logarithmic
        </label>
      </header>
      <div class="drawing" ref={box}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider goes there by keys */}
        <svg
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`the loss of ${losses.length} iterations${losses.length ? `, now ${short(losses.at(-1) ?? 0, 4)}` : ""}`}
          onPointerMove={(event) => setPointed(iterationAt(event, x))}
          onPointerLeave={() => setPointed(null)}
          onClick={(event) => {
            player.travel(iterationAt(event, x));
          }}
        >
          {y.ticks(TICKS).map((tick) => (
            <g key={tick} class="tick">
              <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
              <text x={MARGIN.left - 6} y={y(tick)} class="left">
                {atTick(tick)}
              </text>
            </g>
          ))}
          {x.ticks(6).map((tick) => (
            <text key={tick} class="below" x={x(tick)} y={height - 6}>
              {tick}
            </text>
          ))}
          {path && <path class="curve" d={path} />}
          <line class="now" x1={x(iteration)} x2={x(iteration)} y1={range[1]} y2={range[0]} />
          {loss !== undefined && Number.isFinite(loss) && <circle r={4} cx={x(at)} cy={y(loss)} />}
        </svg>
      </div>
    </section>
  );
}

/** Which of many points are drawn: the first and the last, and some between. */
function thinned(losses: number[]): number[] {
  const apart = Math.max(1, losses.length / MOST_POINTS);
  const kept: number[] = [];
  for (let i = 0; i < losses.length; i += apart) kept.push(Math.floor(i));
  if (losses.length) kept.push(losses.length - 1);
  return kept;
}

function iterationAt(
  event: MouseEvent & { currentTarget: SVGSVGElement },
  x: { invert(at: number): number },
): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  const inside = ((event.clientX - left) * event.currentTarget.viewBox.baseVal.width) / width;
  return Math.max(0, Math.round(x.invert(inside)));
}
