/** What the page begins with: a document that was given to it, a link, or the article's table. */
import type { Engine } from "./engine/engine";
import { Lab } from "./lab";
import { openModel } from "./models/file";
import { setupOfLink } from "./models/link";
import { fitsModel, withModel } from "./models/on_table";
import type { OpenedDocument } from "./opened";
import { isKnown, ofTable, startWith, wordsOf } from "./panels/opening";
import type { OpenedModel, Setup } from "./setup";
import { exampleNamed } from "./table/examples";

/** The lab as the page begins. What cannot be used is said in words, over the article's table. */
export function beginning(engine: Engine, opened: OpenedDocument, link: string): Lab {
  const usual = exampleNamed(engine, "article");
  try {
    const { setup, iteration } = link
      ? setupOfLink(engine, link, { table: opened.table, model: modelIn(opened) })
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

function given(engine: Engine, usual: Setup, opened: OpenedDocument): Setup {
  const { table, targets, ignored, setup } = opened;
  const notices = table?.note ? [table.note] : [];
  let made = usual;
  if (table && targets?.length) made = ofTable(usual, { ...table, notices }, targets);
  else if (table) made = startWith(engine, usual, { ...table, notices });
  made = { ...made, ignored: ignored ?? made.ignored, ...(setup as Partial<Setup>) };
  const model = modelIn(opened);
  return model ? withModel(made, model, fitsModel(made.table, model)) : made;
}

/** The first network of the model that was given. */
function modelIn({ model }: OpenedDocument): OpenedModel | undefined {
  if (!model) return undefined;
  const bytes = Uint8Array.from(atob(model.base64), (letter) => letter.charCodeAt(0));
  return openModel(bytes, model.name)[0];
}
