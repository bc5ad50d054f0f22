/** What of the set-up is needed less often. */
import type { Optimizer } from "../engine/training";
import { LOSSES } from "../losses";
import type { Setup } from "../setup";
import type { Rule } from "../table/encoding";
import { useLab, usePage } from "./context";
import { Select } from "./select";
import type { Change } from "./source";

const RULES: Rule[] = ["as it is", "0 to 1", "centred"];

const OPTIMIZERS: Optimizer["name"][] = ["gradient_descent", "adam"];

/** What is needed less often. */
export function More({ setup, change }: { setup: Setup; change: Change }) {
  const lab = useLab();
  const { task } = lab.view.value.prepared.encoding;
  const losses = LOSSES[task];
  const { loss, output } = setup;
  const current = losses.findIndex((one) => one.loss === loss && one.output === output);
  const fixed = setup.model !== null;
  return (
    <details class="more">
      <summary>more</summary>
      <div>
        <label>
          loss{" "}
          <select
            value={current}
            disabled={fixed}
            onChange={(event) => {
              const chosen = losses[Number(event.currentTarget.value)];
              change({ loss: chosen.loss, output: chosen.output });
            }}
          >
            {current < 0 && <option value={-1}>{loss}</option>}
            {losses.map(({ title }, i) => (
              <option key={title} value={i}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <Select
          label="numbers"
          value={setup.rule}
          options={RULES}
          disabled={fixed}
          onValue={(rule) => change({ rule: rule as Rule })}
        />
        <Select
          label="optimizer"
          value={setup.optimizer}
          options={OPTIMIZERS}
          onValue={(optimizer) => change({ optimizer: optimizer as Optimizer["name"] })}
        />
        <Select
          label="weights begin"
          value={setup.start}
          options={lab.engine.initializers}
          disabled={fixed}
          onValue={(start) => change({ start })}
        />
        <label>
          <input
            type="checkbox"
            checked={setup.bias}
            disabled={fixed}
            onChange={(event) => change({ bias: event.currentTarget.checked })}
          />{" "}
          biases
        </label>
        <DigitsChoice />
      </div>
    </details>
  );
}

function DigitsChoice() {
  const { digits } = usePage();
  return (
    <Select
      label="digits"
      value={String(digits.value)}
      options={["3", "4", "6", "10", "17"]}
      onValue={(value) => {
        digits.value = Number(value);
      }}
    />
  );
}
