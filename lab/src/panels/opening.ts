/** Files that are opened or dropped into the page. What cannot be used is said, and changes nothing. */
import { FormulaError } from "../formulas/parse";
import type { Lab } from "../lab";
import { openModel } from "../models/file";
import { LinkError, modelWanted, setupOfLink, tableWanted } from "../models/link";
import { fitsModel, withModel } from "../models/on_table";
import { ModelFileError } from "../models/sealed";
import type { OpenedModel, Setup } from "../setup";
import { readCsv, textOfFile } from "../table/csv";
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
  tryTo(lab, () => {
    if (file.name.endsWith(".safetensors")) takeModel(page, openModel(bytes, file.name));
    else takeTable(page, readCsv(textOfFile(bytes, file.name), file.name));
  });
}

/** Opens a table; where the page's link asks for it, with all that the link says. */
function takeTable({ lab: { value: lab }, link }: PageState, table: Table): void {
  const setup = lab.setup.value;
  const model = setup.model ?? undefined;
  const isWanted = tableWanted(link) === table.name;
  if (!isWanted || modelWanted(link) !== (model?.name ?? "")) lab.restart(ofTable(setup, table));
  if (isWanted) follow(lab, link, { table, model });
}

/** The same for a model. */
function takeModel({ lab: { value: lab }, link }: PageState, members: OpenedModel[]): void {
  const { table } = lab.setup.value;
  const [model] = members;
  const isWanted = modelWanted(link) === model.name;
  if (!isWanted || ![table.name, ""].includes(tableWanted(link))) openMember(lab, members, 1);
  if (isWanted) follow(lab, link, { table, model });
}

function follow(lab: Lab, link: string, open: { table: Table; model?: OpenedModel }): void {
  const { setup, iteration } = setupOfLink(lab.engine, link, open);
  lab.restart(setup);
  lab.goTo(iteration);
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
