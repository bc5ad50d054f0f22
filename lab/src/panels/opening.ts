/** Files that are opened or dropped into the page. What cannot be used is said, and changes nothing. */
import type { Engine } from "../engine/engine";
import { FormulaError } from "../formulas/parse";
import type { Lab } from "../lab";
import { openModel } from "../models/file";
import { LinkError, setupOfLink, tableWanted } from "../models/link";
import { ModelFileError } from "../models/sealed";
import { prepare } from "../prepare";
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
  if (isKnown(error)) return (error as Error).message;
  throw error;
}

/** Whether an error is one that its words explain. */
export function isKnown(error: unknown): boolean {
  const known = [TableError, FormulaError, ModelFileError, LinkError];
  return known.some((kind) => error instanceof kind);
}

export async function openFile(page: PageState, file: File): Promise<void> {
  const lab = page.lab.value;
  page.player.pause();
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.name.toLowerCase().endsWith(".safetensors"))
    tryTo(lab, () => openMember(lab, openModel(bytes, file.name), 1));
  else tryTo(lab, () => openTable(page, readCsv(textOfFile(bytes, file.name), file.name)));
}

/** A table on the model that is open where it fits, by the link that waits for it, or by itself. */
function openTable(page: PageState, table: Table): void {
  const lab = page.lab.value;
  const setup = lab.setup.value;
  if (setup.model && fitsModel(table, setup.model)) {
    lab.restart(withModel({ ...setup, table }, setup.model, true));
  } else if (tableWanted(page.link) === table.name) {
    const { link } = page;
    page.link = "";
    const linked = setupOfLink(lab.engine, link, table);
    lab.restart(linked.setup);
    lab.goTo(linked.iteration);
  } else {
    lab.restart(startWith(lab.engine, setup, table));
  }
}

/**
 * A table of the user's, whose last column that can be learnt is the target until another is chosen;
 * that it is not the very last is among the table's notices. Throws TableError where none can be.
 */
export function startWith(engine: Engine, setup: Setup, table: Table): Setup {
  let notices = table.notices ?? [];
  let wrong: unknown;
  for (const { name } of [...table.columns].reverse())
    try {
      const made = ofTable(setup, { ...table, notices }, [name]);
      prepare(engine, made);
      return made;
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      if (!wrong) notices = [...notices, error.message];
      wrong ??= error;
    }
  throw wrong;
}

/** A table of the user's with its targets. */
export function ofTable(setup: Setup, table: Table, targets: string[]): Setup {
  return {
    ...setup,
    table,
    example: "",
    formula: "",
    targets,
    ignored: [],
    rule: "centred",
    activation: "tanh",
    loss: "",
    output: "",
    bias: true,
    start: "glorot",
    ...USUAL_OPTIMIZER,
    batchSize: 0,
    picture: 0,
    model: null,
  };
}

const USUAL_OPTIMIZER = { optimizer: "adam", rate: 0.03 } as const;
/** For weights that were trained already. */
const GENTLE_OPTIMIZER = { optimizer: "adam", rate: 0.001 } as const;

/** Opens a member of a model on the table that is open, or on a row to type into. */
export function openMember(lab: Lab, members: OpenedModel[], member: number): void {
  const model = members[member - 1];
  const setup = { ...lab.setup.value, ...(lab.setup.value.model ? {} : GENTLE_OPTIMIZER) };
  try {
    lab.restart(withModel(setup, model, fitsModel(setup.table, model)));
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    lab.restart(withModel(setup, model, false));
    throw new TableError(`The table that was open does not fit the model: ${error.message}`);
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
