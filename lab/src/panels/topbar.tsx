/** The top bar: what is set up. Every change but the learning rate's begins the run anew. */
import type { Setup } from "../setup";
import { useLab, usePage } from "./context";
import { More } from "./more";
import { tryTo } from "./opening";
import { Select } from "./select";
import { Shape } from "./shape";
import { ShareMenu } from "./share";
import { type Change, Member, Source } from "./source";

export function TopBar() {
  const lab = useLab();
  const { player } = usePage();
  const setup = lab.setup.value;
  const change = (changes: Partial<Setup>) => {
    player.pause();
    tryTo(lab, () => lab.restart({ ...lab.setup.value, ...changes }));
  };
  return (
    <header class="top">
      <h1>glassnet</h1>
      <Source change={change} />
      {setup.model ? <Member model={setup.model} /> : <Target setup={setup} change={change} />}
      <Shape setup={setup} change={change} />
      <Select
        label="activation"
        isBare
        value={setup.activation}
        options={lab.engine.activations.filter((name) => name !== "softmax")}
        disabled={setup.model !== null}
        onValue={(activation) => change({ activation })}
      />
      <label title="applies from here on, without a restart">
        rate{" "}
        <input
          class="rate"
          inputMode="decimal"
          size={6}
          value={setup.rate}
          onChange={(event) => {
            const rate = Number(event.currentTarget.value.replace(",", "."));
            if (rate > 0 && Number.isFinite(rate)) tryTo(lab, () => lab.setRate(rate));
            else lab.message.value = "the learning rate must be a number above 0";
            event.currentTarget.value = String(lab.setup.value.rate);
          }}
        />
      </label>
      <label>
        seed{" "}
        <input
          class="seed"
          inputMode="numeric"
          size={5}
          value={setup.seed}
          onChange={(event) => {
            const seed = Number(event.currentTarget.value);
            if (Number.isInteger(seed) && Math.abs(seed) < 2 ** 31) change({ seed });
            else lab.message.value = "the seed must be a whole number that fits 32 bits";
            event.currentTarget.value = String(lab.setup.value.seed);
          }}
        />
      </label>
      <More setup={setup} change={change} />
      <button type="button" onClick={() => change({})} title="from iteration 0 with the same seed">
        ↻ restart
      </button>
      <ShareMenu />
    </header>
  );
}

function Target({ setup, change }: { setup: Setup; change: Change }) {
  const { table, targets } = setup;
  return (
    <Select
      label="target"
      isOwn
      value={targets.join(", ")}
      options={[...new Set([targets.join(", "), ...table.columns.map(({ name }) => name)])]}
      onValue={(name) => change({ targets: [name], loss: "", output: "" })}
    />
  );
}
