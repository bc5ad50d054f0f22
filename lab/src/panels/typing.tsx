/** What can be typed in beside a number: the answer to a question, or another weight. */

import { useState } from "preact/hooks";
import { parameterOf, parseId } from "../explain/numbers";
import type { Computed } from "../explain/parts";
import { isRight, noteFound } from "./asking";
import { useLab } from "./context";
import { tryTo } from "./opening";

/** "Hide and ask": what is typed in is checked. */
export function Question({ number }: { number: Computed }) {
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
export function Typed({ number }: { number: Computed }) {
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
        const value = Number(input.value.replaceAll("−", "-").replace(",", "."));
        if (input.value.trim() && Number.isFinite(value))
          tryTo(lab, () => lab.setParameter(parameter, value));
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
