/** Share, save and code: what leaves the page. Nothing is sent anywhere. */
import { useState } from "preact/hooks";
import { saveModel } from "../models/file";
import { linkOf } from "../models/link";
import { programInPython, programInR } from "../models/program";
import { tableAsCsv, tableWithPredictions } from "../table/csv_out";
import { useLab, usePage } from "./context";
import { HelpMenu } from "./help";
import { tryTo } from "./opening";
import { networkAsSvg } from "./svg_file";

const BY_HAND = "What was changed by hand on the way (a weight, a cell, the rate) is not in it.";

export function ShareMenu() {
  const page = usePage();
  const lab = useLab();
  const [withData, setWithData] = useState(false);
  const [code, setCode] = useState<"Python" | "R" | null>(null);
  const { setup, table, encoding, network } = lab.view.value.prepared;
  const { scene, position } = lab.view.value;
  const own = !setup.example && !setup.formula;
  const name = setup.table.name.replace(/\.[^.]*$/, "");
  const link = () => {
    const address = location.href.replace(/#.*$/, "");
    return `${address}#${linkOf(lab.engine, lab.begun.setup, position.iteration, withData)}`;
  };
  const program = () => {
    const written = code === "R" ? programInR : programInPython;
    const { begun } = lab;
    const used = { ...begun.setup, table: begun.table };
    return written(used, begun.encoding, begun.network, position.iteration);
  };
  return (
    <div class="menus">
      {page.hasAddress && (
        <details class="menu">
          <summary>share</summary>
          <div>
            <p>
              The link holds {own ? "the names of the file and of columns" : "the example"}, the
              network, its settings, the seed and the iteration.
            </p>
            {lab.isByHand && <p>{BY_HAND}</p>}
            {own && (
              <label>
                <input
                  type="checkbox"
                  checked={withData}
                  onChange={(event) => setWithData(event.currentTarget.checked)}
                />{" "}
                my table too: it can be read by everyone who has the link
              </label>
            )}
            {own && !withData && (
              <p>Without it, whoever opens the link has to open the table too.</p>
            )}
            <button
              type="button"
              onClick={() => {
                history.replaceState(null, "", link());
                void copied(lab, link());
              }}
            >
              copy the link
            </button>
          </div>
        </details>
      )}
      <details class="menu">
        <summary>save</summary>
        <div>
          <button
            type="button"
            onClick={() => {
              const { batch } = scene;
              const losses = lab.losses.slice(0, position.iteration);
              const given = { setup, encoding, network, parameters: batch.parameters, losses };
              tryTo(lab, () =>
                download(`${name}.safetensors`, saveModel(given), "application/octet-stream"),
              );
            }}
          >
            model (.safetensors)
          </button>
          <button
            type="button"
            onClick={() => {
              const outputs = scene.table.layers[scene.table.layers.length - 1].a;
              tryTo(lab, () => {
                const text = tableWithPredictions(scene.engine, encoding, table, outputs);
                download(`${name}-predictions.csv`, text, "text/csv");
              });
            }}
          >
            predictions (.csv)
          </button>
          <button
            type="button"
            onClick={() => download(`${name}.csv`, tableAsCsv(setup.table), "text/csv")}
          >
            table (.csv)
          </button>
          <button
            type="button"
            onClick={() => download(`${name}.svg`, networkAsSvg(page.root), "image/svg+xml")}
          >
            network (.svg)
          </button>
        </div>
      </details>
      <details class="menu code">
        <summary>code</summary>
        <div>
          <p>The same in {code ?? "…"}</p>
          {lab.isByHand && <p>{BY_HAND}</p>}
          <button type="button" onClick={() => setCode("Python")}>
            Python
          </button>
          <button type="button" onClick={() => setCode("R")}>
            R
          </button>
          {code && (
            <>
              <textarea readOnly rows={16} cols={70} aria-label={code} value={program()} />
              <button type="button" onClick={() => void copied(lab, program())}>
                copy
              </button>
            </>
          )}
        </div>
      </details>
      <HelpMenu />
    </div>
  );
}

async function copied(lab: { message: { value: string } }, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    lab.message.value = "copied";
  } catch {
    lab.message.value = `copy it from here: ${text}`;
  }
}

function download(name: string, content: string | Uint8Array, type: string): void {
  const blob = new Blob([content as BlobPart], { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
