/**
 * The answer: the surface over two columns, the curve over one, or predicted against actual; the
 * table's rows in it, and the chosen one ringed.
 */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Lab, View } from "../lab";
import { type Prediction, predictions } from "../table/encode";
import { CLASS_COLOURS, css, diverging, ofClass, type Rgb } from "./colours";
import { short, useLab, usePage } from "./context";
import { type Axis, axesOf, onGrid, spaced } from "./plane";
import { useSize } from "./size";

const GRID = 40; // points of a side
const CURVE = 121; // points
const MARGIN = { left: 44, right: 10, top: 8, bottom: 24 };
const FEW_AXES = 4; // columns of which two say much
const MOST_ROWS = 400; // that are drawn as points

type Kind = "surface" | "fit";

export function AnswerPanel() {
  const lab = useLab();
  const page = usePage();
  const view = lab.view.value;
  const axes = axesOf(view);
  const [asked, setAsked] = useState<Kind | null>(null);
  const isRegression = view.prepared.encoding.task === "regression";
  const { picture } = view.prepared.setup;
  const isTelling = axes.length > 0 && !picture && (axes.length <= FEW_AXES || !isRegression);
  const kind = asked ?? (isTelling ? "surface" : "fit");
  const [first, second] = page.axes.value;
  const x = axes[first] ?? axes[0];
  const y = axes.length > 1 ? (axes[second] ?? axes[1]) : null;
  const pick = (which: 0 | 1) => (event: { currentTarget: HTMLSelectElement }) => {
    const chosen = Number(event.currentTarget.value);
    page.axes.value = which ? [first, chosen] : [chosen, second];
  };
  return (
    <section class="panel answer" aria-label="the answer">
      <header>
        <h2>
          <select
            aria-label="what is drawn"
            value={kind}
            onChange={(event) => setAsked(event.currentTarget.value as Kind)}
          >
            {axes.length > 0 && <option value="surface">{y ? "surface" : "curve"}</option>}
            <option value="fit">predicted against actual</option>
          </select>
        </h2>
        {kind === "surface" && axes.length > 2 && (
          <>
            <AxisChoice label="across" axes={axes} value={first} onChange={pick(0)} />
            <AxisChoice label="up" axes={axes} value={second} onChange={pick(1)} />
          </>
        )}
        <Legend view={view} />
      </header>
      {kind === "fit" || !x ? (
        <Fit view={view} />
      ) : y ? (
        <Surface lab={lab} view={view} x={x} y={y} />
      ) : (
        <Curve lab={lab} view={view} x={x} />
      )}
    </section>
  );
}

/** Which colour is which class, or which numbers. */
function Legend({ view }: { view: View }) {
  const [target] = view.prepared.encoding.targets;
  if (target.kind === "number") {
    const { low, high } = actualRange(view);
    return (
      <small class="legend">
        {short(low)} <Swatch colour={css(diverging(0))} />
        <Swatch colour={css(diverging(0.5))} />
        <Swatch colour={css(diverging(1))} /> {short(high)}
      </small>
    );
  }
  return (
    <small class="legend">
      {target.labels.map((label, i) => (
        <span key={String(label)}>
          <Swatch colour={css(target.labels.length === 2 ? diverging(i) : CLASS_COLOURS[i % 10])} />
          {String(label)}{" "}
        </span>
      ))}
    </small>
  );
}

function Swatch({ colour }: { colour: string }) {
  return (
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
      <rect width="10" height="10" fill={colour} />
    </svg>
  );
}

function AxisChoice(props: {
  label: string;
  axes: Axis[];
  value: number;
  onChange: (event: { currentTarget: HTMLSelectElement }) => void;
}) {
  return (
    <label>
      {props.label}{" "}
      <select value={props.value} onChange={props.onChange}>
        {props.axes.map(({ column }, i) => (
          <option key={column.name} value={i}>
            {column.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The predictions of the first target for the rows of the table. */
function ofTable({ scene, prepared }: View): Prediction {
  const outputs = scene.table.layers[scene.table.layers.length - 1].a;
  return predictions(scene.engine, prepared.encoding, outputs, scene.table.rows)[0];
}

/** Colours of what is predicted, from the outputs of some rows. */
function coloursOf(view: View, outputs: Float64Array, rows: number): Rgb[] {
  const { scene, prepared } = view;
  const [prediction] = predictions(scene.engine, prepared.encoding, outputs, rows);
  if (prediction.kind === "number") {
    const { low, high } = actualRange(view);
    return Array.from(prediction.values, (value) => diverging((value - low) / (high - low || 1)));
  }
  const { classes, probabilities } = prediction;
  if (probabilities.length === 2) return Array.from(probabilities[1], diverging);
  return Array.from(classes, (best, row) => ofClass(best, probabilities[best][row]));
}

function actualRange({ prepared }: View): { low: number; high: number } {
  const name = prepared.encoding.targets[0].name;
  const column = prepared.setup.table.columns.find((one) => one.name === name);
  const known = column?.cells.filter((cell) => typeof cell === "number") ?? [];
  return { low: Math.min(...known), high: Math.max(...known) };
}

/** The colour of what is true in a row. */
function actualColour(view: View, row: number): string {
  const { prepared } = view;
  const [target] = prepared.encoding.targets;
  const cell = prepared.setup.table.columns.find(({ name }) => name === target.name)?.cells[row];
  if (target.kind === "number") {
    const { low, high } = actualRange(view);
    return css(diverging(((cell as number) - low) / (high - low || 1)));
  }
  const index = target.labels.findIndex((label) => String(label) === String(cell));
  return css(target.labels.length === 2 ? diverging(index) : CLASS_COLOURS[index % 10]);
}

function Surface({ lab, view, x, y }: { lab: Lab; view: View; x: Axis; y: Axis }) {
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
        <Points view={view} at={(row) => [across(cellOf(x, row)), up(cellOf(y, row))]} />
      </svg>
    </div>
  );
}

function cellOf({ column }: Axis, row: number): number {
  const cell = column.cells[row];
  return typeof cell === "number" ? cell : Number.NaN;
}

function Curve({ lab, view, x }: { lab: Lab; view: View; x: Axis }) {
  const [box, { width, height }] = useSize({ width: 320, height: 150 });
  const { scene, prepared } = view;
  const [target] = prepared.encoding.targets;
  const column = prepared.setup.table.columns.find(({ name }) => name === target.name);
  const outputs = onGrid(lab, view, x, null, CURVE);
  const [prediction] = predictions(scene.engine, prepared.encoding, outputs, CURVE);
  const isNumber = target.kind === "number";
  const curve = [
    ...(prediction.kind === "number" ? prediction.values : prediction.probabilities[1]),
  ];
  const actual = (row: number) => {
    const cell = column?.cells[row];
    if (isNumber) return Number(cell);
    return target.labels.findIndex((label) => String(label) === String(cell));
  };
  const { low, high } = isNumber ? actualRange(view) : { low: 0, high: 1 };
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
        <Points view={view} at={(row) => [across(cellOf(x, row)), up(actual(row))]} />
        {path && <path class="curve" d={path} />}
      </svg>
    </div>
  );
}

/** Predicted against actual; of classes the probability of the true one. */
function Fit({ view }: { view: View }) {
  const [box, { width, height }] = useSize({ width: 320, height: 150 });
  const { prepared } = view;
  const [target] = prepared.encoding.targets;
  const column = prepared.setup.table.columns.find(({ name }) => name === target.name);
  const prediction = ofTable(view);
  const isNumber = target.kind === "number";
  const indexOf = (row: number) =>
    isNumber ? 0 : target.labels.findIndex((label) => String(label) === String(column?.cells[row]));
  const actual = (row: number) => (isNumber ? Number(column?.cells[row]) : indexOf(row));
  const made = (row: number) =>
    prediction.kind === "number"
      ? prediction.values[row]
      : (prediction.probabilities[indexOf(row)]?.[row] ?? 0);
  const { low, high } = isNumber
    ? actualRange(view)
    : { low: -0.5, high: target.labels.length - 0.5 };
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
          at={(row) => [across(actual(row)) + spread(row, isNumber), up(made(row))]}
        />
      </svg>
    </div>
  );
}

/** Classes stand in a line each: their rows side by side in it. */
function spread(row: number, isNumber: boolean): number {
  return isNumber ? 0 : ((row * 0.618) % 1) * 40 - 20;
}

function Points({ view, at }: { view: View; at: (row: number) => [number, number] }) {
  const lab = useLab();
  const chosen = lab.row.value;
  const shown = Array.from({ length: Math.min(view.scene.table.rows, MOST_ROWS) }, (_, row) => row);
  if (chosen >= shown.length) shown.push(chosen);
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
            fill={actualColour(view, row)}
            onClick={() => lab.chooseRow(row)}
          >
            <title>row {row + 1}</title>
          </circle>
        );
      })}
    </g>
  );
}

function Axes(props: {
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
          {labels ? labels[tick].slice(0, 10) : short(tick)}
        </text>
      ))}
      {y.ticks(4).map((tick) => (
        <text key={tick} class="left" x={MARGIN.left - 5} y={y(tick)}>
          {short(tick)}
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
