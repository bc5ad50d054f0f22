/** A number that can be clicked: its name or its value, wherever it is written. */
import { numeral } from "../explain/numeral";
import type { Operand, Value } from "../explain/parts";
import { isHidden } from "./asking";
import { useLab, usePage } from "./context";
import { clipped } from "./layout";

const MOST_LETTERS = 15; // of a symbol

/** A value to be read, with the digits that are asked for; all of them in its tooltip. */
export function written(value: Value, digits: number): string {
  const text = numeral(value, digits);
  return typeof value === "number" ? text.replaceAll("-", "−") : text;
}

/** An operand's value. Where it was made somewhere, a button that leads there. */
export function NumberButton({ operand, name }: { operand: Operand; name?: boolean }) {
  const lab = useLab();
  const { digits } = usePage();
  const { source, symbol, value } = operand;
  const text = name
    ? clipped(symbol, MOST_LETTERS)
    : isHidden(lab, source)
      ? "?"
      : written(value, digits.value);
  if (!source) return <span title={symbol}>{text}</span>;
  const whole = typeof value === "number" && !isHidden(lab, source) ? ` = ${value}` : "";
  return (
    <button
      type="button"
      class={`number${lab.chosen.value === source ? " chosen" : ""}`}
      title={`${symbol}${whole}`}
      data-id={source}
      onClick={() => lab.choose(source)}
      onPointerEnter={() => {
        lab.hovered.value = "";
      }}
    >
      {text}
    </button>
  );
}
