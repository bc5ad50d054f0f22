/** Files that are opened or dropped into the page. What cannot be used is said, and changes nothing. */
import type { Engine } from "../engine/engine";
import { FormulaError } from "../formulas/parse";
import type { Lab } from "../lab";
import { openModel } from "../models/file";
import { LinkError, modelWanted, setupOfLink, tableWanted } from "../models/link";
import { fitsModel, withModel } from "../models/on_table";
import { ModelFileError } from "../models/sealed";
import { prepare } from "../prepare";
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
  const isModel = file.name.toLowerCase().endsWith(".safetensors");
  tryTo(lab, () => {
    if (isModel) takeModel(page, openModel(bytes, file.name));
    else takeTable(page, readCsv(textOfFile(bytes, file.name), file.name));
  });
}

/** Opens a table: as the page's link says, on the model that is open where it fits, or by itself. */
function takeTable(page: PageState, table: Table): void {
  const { lab, link } = page;
  const setup = lab.value.setup.value;
  const model = setup.model ?? undefined;
  if (tableWanted(link) === table.name && modelWanted(link) === (model?.name ?? ""))
    follow(page, { table, model });
  else if (model && fitsModel(table, model))
    lab.value.restart(withModel({ ...setup, table }, model, true));
  else lab.value.restart(startWith(lab.value.engine, setup, table));
}

/** Opens a model: as the page's link says, or on the table that is open where that fits. */
function takeModel(page: PageState, members: OpenedModel[]): void {
  const { lab, link } = page;
  const { table } = lab.value.setup.value;
  const [model] = members;
  if (modelWanted(link) === model.name && [table.name, ""].includes(tableWanted(link)))
    follow(page, { table, model });
  else openMember(lab.value, members, 1);
}

/** Goes where the page's link leads, which is done with then. */
function follow(page: PageState, open: { table: Table; model?: OpenedModel }): void {
  const lab = page.lab.value;
  const { link } = page;
  page.link = "";
  try {
    const { setup, iteration } = setupOfLink(lab.engine, link, open);
    lab.restart(setup);
    lab.goTo(iteration);
  } catch (error) {
    if (!open.model) lab.restart(startWith(lab.engine, lab.setup.value, open.table));
    throw error;
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
