/**
 * The answer: the surface over two columns, the curve over one, or predicted against actual; the
 * table's rows in it, and the chosen one ringed.
 */

import { useState } from "preact/hooks";
import { useLab, usePage } from "./context";
import { Curve } from "./curve";
import { Fit } from "./fit";
import { Legend } from "./legend";
import { type Axis, axesOf } from "./plane";
import { Surface } from "./surface";

const FEW_AXES = 4; // columns of which two say much

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
        {kind === "surface" && axes.length > 2 && (
          <small>other columns as in row {lab.row.value + 1}</small>
        )}
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
