/** What the page begins with: a document that was given to it, a link, or the article's table. */
import type { Engine } from "./engine/engine";
import { ModelFileError, openModel } from "./models/file";
import { LinkError, setupOfLink } from "./models/link";
import type { OpenedDocument } from "./opened";
import { hasColumns, ofTable, usualOf, withModel } from "./panels/opening";
import type { Setup } from "./setup";
import { exampleNamed } from "./table/examples";

export interface Beginning {
  setup: Setup;
  iteration: number;
  /** What could not be used, in words. */
  message: string;
}

export function beginning(engine: Engine, opened: OpenedDocument, link: string): Beginning {
  const usual = exampleNamed(engine, "article");
  try {
    if (link) return { message: "", ...setupOfLink(engine, link) };
    return { setup: given(usual, opened), iteration: 0, message: "" };
  } catch (error) {
    const known = [LinkError, ModelFileError].some((kind) => error instanceof kind);
    if (!known) throw error;
    return { setup: usual, iteration: 0, message: (error as Error).message };
  }
}

function given(usual: Setup, { table, targets, ignored, setup, model }: OpenedDocument): Setup {
  const notices = table?.note ? [table.note] : [];
  let made = table ? ofTable(usual, { ...table, notices }) : usual;
  if (table && targets?.length) {
    const target = table.columns.find(({ name }) => name === targets[0]);
    made = { ...made, targets, ...(target ? usualOf(target.cells, target.kind) : {}) };
  }
  made = { ...made, ignored: ignored ?? made.ignored, ...(setup as Partial<Setup>) };
  if (!model) return made;
  const bytes = Uint8Array.from(atob(model.base64), (letter) => letter.charCodeAt(0));
  const [first] = openModel(bytes, model.name);
  return withModel(made, first, hasColumns(made.table, first));
}
