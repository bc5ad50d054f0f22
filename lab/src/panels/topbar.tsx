/** The top bar: what is set up. Every change but the learning rate's begins the run anew. */
import { useRef } from "preact/hooks";
import type { Optimizer } from "../engine/training";
import { openModel } from "../models/file";
import type { OpenedModel, Setup } from "../setup";
import type { Rule } from "../table/encoding";
import { exampleNamed, examples } from "../table/examples";
import { useLab, usePage } from "./context";
import { MOST_NODES } from "./layout";
import { openFile, openMember, tryTo } from "./opening";
import { ShareMenu } from "./share";

const MOST_HIDDEN_LAYERS = 3;
const OWN = "";
export const FORMULA = "formula";

/** The losses that the lab offers for each kind of target, with the output that goes with each. */
const LOSSES: Record<string, [loss: string, output: string, title: string][]> = {
  regression: [
    ["sum_of_squares", "sigmoid", "sum of squares, sigmoid"],
    ["sum_of_squares", "identity", "sum of squares"],
    ["mean_squared_error", "identity", "mean squared error"],
    ["mean_absolute_error", "identity", "mean absolute error"],
  ],
  binary: [
    ["sum_of_squares", "sigmoid", "sum of squares, sigmoid"],
    ["binary_cross_entropy", "sigmoid", "cross-entropy, sigmoid"],
  ],
  multiclass: [
    ["sum_of_squares", "sigmoid", "sum of squares, sigmoid"],
    ["categorical_cross_entropy", "softmax", "cross-entropy, softmax"],
  ],
};
const RULES: Rule[] = ["as it is", "0 to 1", "centred"];
const OPTIMIZERS: Optimizer["name"][] = ["gradient_descent", "adam"];

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
        label=""
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
            if (rate > 0 && Number.isFinite(rate)) lab.setRate(rate);
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

type Change = (changes: Partial<Setup>) => void;

/** The example, or a file of the user's. */
function Source({ change }: { change: Change }) {
  const lab = useLab();
  const page = usePage();
  const file = useRef<HTMLInputElement>(null);
  const { example, table, formula } = lab.setup.value;
  return (
    <>
      <label>
        <span class="hidden">example</span>
        <select
          value={formula ? FORMULA : example}
          onChange={(event) => {
            const id = event.currentTarget.value;
            if (id !== OWN) tryTo(lab, () => change(exampleNamed(lab.engine, id)));
          }}
        >
          {!example && !formula && <option value={OWN}>{table.name}</option>}
          {examples.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {formula && (
        <input
          class="formula"
          aria-label="formula of the classes"
          value={formula}
          size={18}
          onChange={(event) => {
            const text = event.currentTarget.value;
            tryTo(lab, () => change(exampleNamed(lab.engine, FORMULA, text)));
          }}
        />
      )}
      <input
        ref={file}
        type="file"
        class="hidden"
        aria-label="a CSV or model file of yours"
        accept=".csv,.tsv,.txt,.safetensors"
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          if (chosen) void openFile(page, chosen);
          event.currentTarget.value = "";
        }}
      />
      <button
        type="button"
        title="a CSV or a model file; it stays on this machine"
        onClick={() => file.current?.click()}
      >
        open…
      </button>
    </>
  );
}

/** Which network of a model is looked at, where it has several. */
function Member({ model }: { model: OpenedModel }) {
  const lab = useLab();
  const { name, member, members, bytes } = model;
  if (members === 1) return <span title="a model file">{name}</span>;
  return (
    <label>
      {name}{" "}
      <select
        aria-label="the model's network"
        value={member}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          tryTo(lab, () => openMember(lab, openModel(bytes, name), chosen));
        }}
      >
        {Array.from({ length: members }, (_, i) => (
          <option key={i} value={i + 1}>
            network {i + 1} of {members}
          </option>
        ))}
      </select>
    </label>
  );
}

function Target({ setup, change }: { setup: Setup; change: Change }) {
  const { table, targets } = setup;
  return (
    <Select
      label="target"
      value={targets.join(", ")}
      options={[...new Set([targets.join(", "), ...table.columns.map(({ name }) => name)])]}
      onValue={(name) => change({ targets: [name], ...usualFor(setup, name) })}
    />
  );
}

/** A loss that fits a target: another one may be of another kind. */
function usualFor({ table }: Setup, name: string): Partial<Setup> {
  const column = table.columns.find((one) => one.name === name);
  const values = new Set(column?.cells.filter((cell) => cell !== null));
  if (column?.kind === "number" && values.size > 2)
    return { loss: "mean_squared_error", output: "identity" };
  if (values.size === 2) return { loss: "binary_cross_entropy", output: "sigmoid" };
  return { loss: "categorical_cross_entropy", output: "softmax" };
}

/** 3-[4]-1: nodes and layers with plus and minus. */
function Shape({ setup, change }: { setup: Setup; change: Change }) {
  const lab = useLab();
  const { sizes } = lab.view.value.scene.network;
  const { hidden, model } = setup;
  if (model) return <span class="shape">{sizes.join("-")}</span>;
  const withNodes = (layer: number, nodes: number) => change({ hidden: hidden.with(layer, nodes) });
  return (
    <fieldset class="shape" aria-label="hidden layers">
      {sizes[0]}–
      {hidden.map((nodes, layer) => (
        <span key={layer} class="layer">
          <button
            type="button"
            aria-label={`a node less in hidden layer ${layer + 1}`}
            disabled={nodes <= 1}
            onClick={() => withNodes(layer, nodes - 1)}
          >
            −
          </button>
          <output aria-label={`nodes of hidden layer ${layer + 1}`}>{nodes}</output>
          <button
            type="button"
            aria-label={`a node more in hidden layer ${layer + 1}`}
            title={nodes >= MOST_NODES ? `${MOST_NODES} nodes a layer are the most` : undefined}
            disabled={nodes >= MOST_NODES}
            onClick={() => withNodes(layer, nodes + 1)}
          >
            +
          </button>
          –
        </span>
      ))}
      {sizes[sizes.length - 1]}
      <button
        type="button"
        aria-label="a hidden layer less"
        disabled={hidden.length === 0}
        onClick={() => change({ hidden: hidden.slice(0, -1) })}
      >
        −
      </button>
      <button
        type="button"
        aria-label="a hidden layer more"
        title={hidden.length >= MOST_HIDDEN_LAYERS ? "3 hidden layers are the most" : undefined}
        disabled={hidden.length >= MOST_HIDDEN_LAYERS}
        onClick={() => change({ hidden: [...hidden, hidden.at(-1) ?? 4] })}
      >
        +
      </button>
    </fieldset>
  );
}

/** What is needed less often. */
function More({ setup, change }: { setup: Setup; change: Change }) {
  const lab = useLab();
  const { task } = lab.view.value.prepared.encoding;
  const losses = LOSSES[task];
  const { loss, output } = setup;
  const current = losses.findIndex(([one, of]) => one === loss && of === output);
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
              const [name, of] = losses[Number(event.currentTarget.value)];
              change({ loss: name, output: of });
            }}
          >
            {current < 0 && <option value={-1}>{loss}</option>}
            {losses.map(([, , title], i) => (
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

function Select(props: {
  label: string;
  value: string;
  options: readonly string[];
  disabled?: boolean;
  onValue: (value: string) => void;
}) {
  return (
    <label>
      {props.label}{" "}
      <select
        value={props.value}
        disabled={props.disabled}
        onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option} value={option}>
            {option.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}
