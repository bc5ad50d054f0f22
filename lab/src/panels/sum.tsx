/** The sum: what the chosen number is made of, every operand of which leads on, and what it goes into. */
import { useMemo, useState } from "preact/hooks";
import type { Engine } from "../engine/engine";
import { parameterOf, parseId } from "../explain/numbers";
import { isExact } from "../explain/numeral";
import type { Computed, Operand, Step, Sum } from "../explain/parts";
import { usedBy } from "../explain/used_by";
import { parse } from "../formulas/parse";
import { pieces } from "../formulas/write";
import { isHidden, isRight, noteFound } from "./asking";
import { useLab, usePage } from "./context";
import { NumberButton, written } from "./number";

const MOST_LINES = 24; // of a sum that are shown

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
        <button
          type="button"
          onClick={() => lab.retrace()}
          disabled={!lab.trail.value.length}
          title="the number looked at before"
        >
          ← back
        </button>
      </header>
      {number ? <Made number={number} /> : <Nothing id={lab.chosen.value} />}
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
        <Question number={number} />
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
  if (number.says) return number.says;
  const id = parseId(number.id);
  if (id && parameterOf(id) && !id.ending && !id.what.startsWith("g"))
    return iteration ? "made by the update before this iteration" : "as the run began";
  return "";
}

/** The formula with symbols, and with numbers. */
function Formula({ step }: { step: Step }) {
  const { digits } = usePage();
  if (!step.formula) return null;
  const tree = parse(step.formula);
  const isNegative = (name: string) => {
    const { value } = step.operands[name];
    return typeof value === "number" && value < 0;
  };
  const own = (value: number) => written(value, digits.value);
  return (
    <div class="formula">
      {[true, false].map((asName) => (
        <p key={String(asName)} class={asName ? "symbols" : "numbers"}>
          <span class="equals">= </span>
          {pieces(tree, asName ? () => false : isNegative, own).map((piece, i) =>
            typeof piece === "string" ? (
              <span key={i}>{piece}</span>
            ) : (
              <NumberButton
                key={`${i}${piece.name}`}
                operand={step.operands[piece.name]}
                name={asName}
              />
            ),
          )}
        </p>
      ))}
    </div>
  );
}

interface Line {
  says: string;
  factors: Operand[];
  value: number;
}

/** Aligned addends with bars; of many the first, and how many more there are. */
function Addends({ sum }: { sum: Sum }) {
  const lab = useLab();
  const { digits } = usePage();
  const lines: Line[] = [
    ...sum.added.map(({ says, operand }) => ({
      says,
      factors: [operand],
      value: operand.value as number,
    })),
    ...sum.products.map(({ left, right, value, says }) => ({
      says,
      factors: [left, right],
      value,
    })),
  ];
  const { shown, rest } = largest(lines, lab.engine);
  const longest = Math.max(...lines.map(({ value }) => Math.abs(value)).filter(Number.isFinite), 0);
  const hidden = isHidden(lab, sum.id);
  return (
    <table class="addends">
      <tbody>
        {shown.map(({ says, factors, value }, i) => (
          <tr key={i}>
            <td class="sign">{i ? "+" : "="}</td>
            <td class="symbols">
              {factors.map((factor, k) => (
                <span key={factor.symbol + k}>
                  {k ? "·" : ""}
                  <NumberButton operand={factor} name />
                </span>
              ))}
              {says && <small> {says}</small>}
            </td>
            <td class="factors">
              {factors.length > 1 &&
                factors.map((factor, k) => (
                  <span key={factor.symbol + k}>
                    {k ? "·" : ""}
                    <NumberButton operand={factor} />
                  </span>
                ))}
            </td>
            <td class="value">
              {hidden && factors.length > 1 ? (
                "?"
              ) : factors.length > 1 ? (
                written(value, digits.value)
              ) : (
                <NumberButton operand={factors[0]} />
              )}
            </td>
            <td class="bar">{!hidden && <Bar value={value} largest={longest} />}</td>
          </tr>
        ))}
        {lines.length > shown.length && (
          <tr>
            <td class="sign">+</td>
            <td colSpan={2}>{lines.length - shown.length} smaller ones, not shown</td>
            <td class="value">{hidden ? "?" : written(rest, digits.value)}</td>
            <td class="bar">{!hidden && <Bar value={rest} largest={longest} />}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** The largest of many addends in their order, and what the others add up to. */
function largest(lines: Line[], engine: Engine): { shown: Line[]; rest: number } {
  if (lines.length <= MOST_LINES) return { shown: lines, rest: 0 };
  const bySize = [...lines].sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const kept = new Set(bySize.slice(0, MOST_LINES));
  const others = lines.filter((one) => !kept.has(one)).map(({ value }) => value);
  return { shown: lines.filter((one) => kept.has(one)), rest: engine.total(others) };
}

/** A bar from the middle to the right, or to the left for less than 0. */
function Bar({ value, largest }: { value: number; largest: number }) {
  const width = largest > 0 && Number.isFinite(value) ? (50 * Math.abs(value)) / largest : 0;
  return (
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <line x1="50" x2="50" y1="0" y2="10" class="axis" />
      <rect
        x={value < 0 ? 50 - width : 50}
        width={width}
        y="2"
        height="6"
        class={value < 0 ? "minus" : "plus"}
      />
    </svg>
  );
}

/** "Hide and ask": what is typed in is checked. */
function Question({ number }: { number: Computed }) {
  const lab = useLab();
  const [wrong, setWrong] = useState("");
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        const text = String(new FormData(event.currentTarget).get("answer"));
        if (isRight(text, number.value)) noteFound(lab, number.id);
        else setWrong(text);
      }}
    >
      <label>
        {number.symbol} = <input name="answer" autocomplete="off" inputMode="decimal" />
      </label>
      <button type="submit">check</button>
      <button type="button" onClick={() => noteFound(lab, number.id)}>
        show
      </button>
      {wrong && (
        <p role="alert">{wrong} is not it, to as many digits as you typed. Two are enough.</p>
      )}
    </form>
  );
}

/** A weight or bias can be typed in. */
function Typed({ number }: { number: Computed }) {
  const lab = useLab();
  const id = parseId(number.id);
  const parameter = id && !id.ending && !id.what.startsWith("g") ? parameterOf(id) : null;
  if (!parameter) return null;
  return (
    <form
      class="typed"
      key={number.id}
      onSubmit={(event) => {
        event.preventDefault();
        const input = event.currentTarget.elements.namedItem("value") as HTMLInputElement;
        const value = Number(input.value.replace("−", "-").replace(",", "."));
        if (input.value.trim() && Number.isFinite(value)) lab.setParameter(parameter, value);
        else lab.message.value = `'${input.value}' is no number: ${number.symbol} stays as it was`;
        input.value = "";
      }}
    >
      <label>
        set {number.symbol} to <input name="value" autocomplete="off" inputMode="decimal" />
      </label>
      <button type="submit">set</button>
    </form>
  );
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
