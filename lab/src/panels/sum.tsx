/** The sum: what the chosen number is made of, every operand of which leads on, and what it goes into. */

import { useMemo } from "preact/hooks";
import { parameterOf, parseId } from "../explain/numbers";
import { isExact } from "../explain/numeral";
import type { Computed } from "../explain/parts";
import { usedBy } from "../explain/used_by";
import { Addends, MOST_LINES } from "./addends";
import { isHidden } from "./asking";
import { useLab, usePage } from "./context";
import { Formula } from "./formula";
import { NumberButton, written } from "./number";
import { Question, Typed } from "./typing";

export function SumPanel() {
  const lab = useLab();
  const number = lab.number.value;
  const preview = Boolean(lab.hovered.value) && lab.hovered.value !== lab.chosen.value;
  return (
    <section class={`panel sum${preview ? " preview" : ""}`} aria-label="the sum">
      <header>
        <h2>{number ? number.symbol : "the sum"}</h2>
        <button
          type="button"
          aria-pressed={lab.asking.value}
          title="hide the numbers of each stop until they are typed in"
          onClick={() => {
            lab.asking.value = !lab.asking.value;
          }}
        >
          hide and ask
        </button>
        {lab.isPinned.value && (
          <button
            type="button"
            title="let the sum go along with the stops again (Esc)"
            onClick={() => lab.release()}
          >
            follow
          </button>
        )}
        <button
          type="button"
          onClick={() => lab.retrace()}
          disabled={!lab.trail.value.length}
          title="the number looked at before"
        >
          ← back
        </button>
      </header>
      {number ? (
        <Made number={number} />
      ) : (
        <div class="made">
          <Nothing id={lab.chosen.value} />
        </div>
      )}
    </section>
  );
}

/** Why there is no such number. */
function Nothing({ id }: { id: string }) {
  const lab = useLab();
  const parsed = parseId(id);
  const { batch } = lab.view.value.scene;
  if (parsed?.ending === "new" && !batch.updated)
    return <p>There is no update: the loss of this iteration is not finite.</p>;
  const rows = `rows ${batch.first + 1} to ${batch.first + batch.rows}`;
  return <p>This iteration goes back through {rows} alone: choose one of them.</p>;
}

function Made({ number }: { number: Computed }) {
  const lab = useLab();
  const { digits } = usePage();
  const hidden = isHidden(lab, number.id);
  const { scene } = lab.view.value;
  return (
    <div class="made">
      <p class="says">{saysOf(number, scene.iteration)}</p>
      {number.kind === "sum" ? <Addends sum={number} /> : <Formula step={number} />}
      {hidden ? (
        <Question key={number.id} number={number} />
      ) : (
        <p class="result">
          <span class="symbol">{number.symbol}</span>{" "}
          {isExact(number.value, digits.value) ? "=" : "≈"}{" "}
          <strong data-value={number.id}>{written(number.value, digits.value)}</strong>
          {typeof number.value === "number" && !isExact(number.value, digits.value) && (
            <span class="whole"> {written(number.value, 17)}</span>
          )}
        </p>
      )}
      <Typed number={number} />
      <UsedBy id={number.id} />
    </div>
  );
}

function saysOf(number: Computed, iteration: number): string {
  // Losses and activations are called as in the library, with underscores.
  if (number.says) return number.says.replaceAll("_", " ");
  const id = parseId(number.id);
  if (id && parameterOf(id) && !id.ending && !id.what.startsWith("g"))
    return iteration
      ? "made by the update before this iteration, or typed in"
      : "as the run began, or typed in";
  return "";
}

function UsedBy({ id }: { id: string }) {
  const lab = useLab();
  const { scene, prepared } = lab.view.value;
  const row = lab.row.value;
  const { first, rows } = scene.batch;
  // What goes into what is the same in every iteration on these rows.
  const used = useMemo(() => usedBy(scene, id, row), [prepared, id, row, first, rows]);
  if (!used.length) return null;
  return (
    <p class="used">
      used by{" "}
      {used.slice(0, MOST_LINES).map((operand) => (
        <span key={operand.source}>
          <NumberButton operand={operand} name />{" "}
        </span>
      ))}
    </p>
  );
}
