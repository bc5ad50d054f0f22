/** What the table is: an example, a formula, or a file of the user's; and which member of a model. */

import { useRef } from "preact/hooks";
import { openModel } from "../models/file";
import type { OpenedModel, Setup } from "../setup";
import { exampleNamed, examples, FORMULA } from "../table/examples";
import { useLab, usePage } from "./context";
import { openFile, openMember, tryTo } from "./opening";

const OWN = "";

export type Change = (changes: Partial<Setup>) => void;

/** The example, or a file of the user's. */
export function Source({ change }: { change: Change }) {
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
export function Member({ model }: { model: OpenedModel }) {
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
