/** Files that are opened or dropped into the page. What cannot be used is said, and changes nothing. */
import { FormulaError } from "../formulas/parse";
import type { Lab } from "../lab";
import { openModel } from "../models/file";
import { LinkError, setupOfLink, tableWanted } from "../models/link";
import { ModelFileError } from "../models/sealed";
import type { OpenedModel, Setup } from "../setup";
import { readCsv, textOfFile } from "../table/csv";
import { rowsWithTargets } from "../table/learn";
import { type Table, TableError } from "../table/table";
import type { PageState } from "./context";

/** Does it, or says why not. */
export function tryTo(lab: Lab, work: () => void): void {
  try {
    work();
    lab.message.value = "";
  } catch (error) {
    lab.message.value = wordsOf(error);
  }
}

/** What went wrong, in words. Throws what is no user's mistake. */
export function wordsOf(error: unknown): string {
  const known = [TableError, FormulaError, ModelFileError, LinkError];
  if (known.some((kind) => error instanceof kind)) return (error as Error).message;
  throw error;
}

export async function openFile(page: PageState, file: File): Promise<void> {
  const lab = page.lab.value;
  page.player.pause();
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.name.endsWith(".safetensors")) {
    tryTo(lab, () => openMember(lab, openModel(bytes, file.name), 1));
    return;
  }
  tryTo(lab, () => {
    const table = readCsv(textOfFile(bytes, file.name), file.name);
    if (tableWanted(page.link) !== table.name) {
      lab.restart(ofTable(lab.setup.value, table));
      return;
    }
    const { setup, iteration } = setupOfLink(lab.engine, page.link, table);
    lab.restart(setup);
    lab.goTo(iteration);
  });
}

/** A table of the user's: its last column is the target until another is chosen. */
export function ofTable(setup: Setup, table: Table): Setup {
  const target = table.columns[table.columns.length - 1];
  return {
    ...setup,
    ...usualOf(target.cells, target.kind),
    table,
    example: "",
    formula: "",
    targets: [target.name],
    ignored: [],
    rule: "centred",
    activation: "tanh",
    bias: true,
    start: "glorot",
    optimizer: "adam",
    rate: 0.03,
    batchSize: 0,
    picture: 0,
    model: null,
  };
}

/** The loss and output that fit a target. */
export function usualOf(
  cells: readonly (number | string | null)[],
  kind: "number" | "text",
): Pick<Setup, "loss" | "output"> {
  const values = new Set(cells.filter((cell) => cell !== null));
  if (values.size === 2) return { loss: "binary_cross_entropy", output: "sigmoid" };
  if (kind === "number") return { loss: "mean_squared_error", output: "identity" };
  return { loss: "categorical_cross_entropy", output: "softmax" };
}

/** Opens a member of a model on the table that is open, or on a row to type into. */
export function openMember(lab: Lab, members: OpenedModel[], member: number): void {
  const model = members[member - 1];
  const setup = lab.setup.value;
  try {
    lab.restart(withModel(setup, model, fitsModel(setup.table, model)));
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    lab.restart(withModel(setup, model, false));
  }
}

/** Whether a table has all the columns of a model, and a row whose targets are known. */
export function fitsModel(table: Table, { encoding }: OpenedModel): boolean {
  const { inputs, targets } = encoding;
  const used = [...inputs.filter(({ kind }) => kind !== "unused"), ...targets];
  const hasAll = used.every(({ name }) => table.columns.some((column) => column.name === name));
  const names = targets.map(({ name }) => name);
  return hasAll && rowsWithTargets(table, names).length > 0;
}

/** A model's network on the table that is open where that fits it, else on a row to type into. */
export function withModel(setup: Setup, model: OpenedModel, fits: boolean): Setup {
  const { encoding } = model;
  const table = fits ? setup.table : emptyRow(model);
  return {
    ...setup,
    table,
    example: fits ? setup.example : "",
    formula: "",
    picture: fits ? setup.picture : 0,
    targets: encoding.targets.map(({ name }) => name),
    ignored: [],
    hidden: model.network.sizes.slice(1, -1),
    activation: model.network.activations[0],
    loss: model.network.loss,
    output: model.network.activations[model.network.activations.length - 1],
    bias: model.network.bias,
    model,
  };
}

/** A row to type into, where a model comes without a table. */
function emptyRow({ name, encoding }: OpenedModel): Table {
  const inputs = encoding.inputs.map((input) => ({
    name: input.name,
    kind: input.kind === "number" ? ("number" as const) : ("text" as const),
    cells: [
      input.kind === "number" ? input.center : input.kind === "unused" ? null : input.levels[0],
    ],
  }));
  const targets = encoding.targets.map((target) => ({
    name: target.name,
    kind: target.kind === "number" ? ("number" as const) : ("text" as const),
    cells: [target.kind === "number" ? target.center : String(target.labels[0])],
  }));
  return { name, columns: [...inputs, ...targets], rows: 1, notices: ["a row to type into"] };
}
