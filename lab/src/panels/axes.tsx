/** What all drawings of the answer have: axes, and the rows of the table as points. */
import type { View } from "../lab";
import { atTick, useLab } from "./context";
import type { Axis } from "./plane";
import { truthOf } from "./truth";

export const MARGIN = { left: 44, right: 10, top: 8, bottom: 24 };

const MOST_ROWS = 400; // that are drawn as points

export function cellOf({ column }: Axis, row: number): number {
  const cell = column.cells[row];
  return typeof cell === "number" ? cell : Number.NaN;
}

export function Points({ view, at }: { view: View; at: (row: number) => [number, number] }) {
  const lab = useLab();
  const chosen = lab.row.value;
  const first = Array.from({ length: Math.min(view.scene.table.rows, MOST_ROWS) }, (_, row) => row);
  const shown = [...first.filter((row) => row !== chosen), chosen]; // on top of the others
  const { colours } = truthOf(view);
  return (
    <g class="points">
      {shown.map((row) => {
        const [cx, cy] = at(row);
        if (!Number.isFinite(cx) || !Number.isFinite(cy)) return null;
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: rows are chosen in the table too
          <circle
            key={row}
            cx={cx}
            cy={cy}
            r={row === chosen ? 6 : 3.5}
            class={row === chosen ? "chosen" : ""}
            fill={colours[row]}
            onClick={() => lab.chooseRow(row)}
          >
            <title>row {row + 1}</title>
          </circle>
        );
      })}
    </g>
  );
}

export function Axes(props: {
  x: { ticks(count: number): number[] } & ((value: number) => number);
  y: { ticks(count: number): number[] } & ((value: number) => number);
  width: number;
  height: number;
  names: string[];
  labels?: string[];
}) {
  const { x, y, width, height, names, labels } = props;
  const ticks = labels ? labels.map((_, i) => i) : x.ticks(4);
  return (
    <g class="axes">
      {ticks.map((tick) => (
        <text key={tick} class="below" x={x(tick)} y={height - 12}>
          {labels ? labels[tick].slice(0, 10) : atTick(tick)}
        </text>
      ))}
      {y.ticks(4).map((tick) => (
        <text key={tick} class="left" x={MARGIN.left - 5} y={y(tick)}>
          {atTick(tick)}
        </text>
      ))}
      <text class="below title" x={(MARGIN.left + width) / 2} y={height - 1}>
        {names[0]}
      </text>
      <text class="title up" x={MARGIN.left + 4} y={MARGIN.top + 11}>
        {names[1]}
      </text>
    </g>
  );
}
