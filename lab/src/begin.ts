/** What the page begins with: a document that was given to it, a link, or the article's table. */
import type { Engine } from "./engine/engine";
import { Lab } from "./lab";
import { openModel } from "./models/file";
import { setupOfLink } from "./models/link";
import type { OpenedDocument } from "./opened";
import { fitsModel, isKnown, ofTable, startWith, withModel, wordsOf } from "./panels/opening";
import type { Setup } from "./setup";
import { exampleNamed } from "./table/examples";

/** The lab as the page begins. What cannot be used is said in words, over the article's table. */
export function beginning(engine: Engine, opened: OpenedDocument, link: string): Lab {
  const usual = exampleNamed(engine, "article");
  try {
    const { setup, iteration } = link
      ? setupOfLink(engine, link, opened.table)
      : { setup: given(engine, usual, opened), iteration: 0 };
    const lab = new Lab(engine, setup);
    if (iteration) lab.goTo(iteration);
    return lab;
  } catch (error) {
    const lab = new Lab(engine, usual);
    lab.message.value = isKnown(error) ? wordsOf(error) : `This cannot be opened: ${error}`;
    return lab;
  }
}

function given(
  engine: Engine,
  usual: Setup,
  { table, targets, ignored, setup, model }: OpenedDocument,
): Setup {
  const notices = table?.note ? [table.note] : [];
  let made = usual;
  if (table && targets?.length) made = ofTable(usual, { ...table, notices }, targets);
  else if (table) made = startWith(engine, usual, { ...table, notices });
  made = { ...made, ignored: ignored ?? made.ignored, ...(setup as Partial<Setup>) };
  if (!model) return made;
  const bytes = Uint8Array.from(atob(model.base64), (letter) => letter.charCodeAt(0));
  const [first] = openModel(bytes, model.name);
  return withModel(made, first, fitsModel(made.table, first));
}
