/**
 * The lab as a module: `mount` puts it into an element, the default export is a notebook's widget, and
 * `parts` are its inner parts for tests (tests/lab), which run them without a browser.
 */

import { signal } from "@preact/signals";
import { render as renderPreact } from "preact";
import { beginning } from "./begin";
import { Course } from "./course/course";
import { Engine } from "./engine/engine";
import { Training } from "./engine/training";
import { findNumber, usedBy } from "./explain/numbers";
import { numeral } from "./explain/numeral";
import { parse } from "./formulas/parse";
import { unparse } from "./formulas/write";
import { Lab } from "./lab";
import * as models from "./models";
import type { OpenedDocument } from "./opened";
import { App } from "./panels/app";
import type { PageState } from "./panels/context";
import { Player } from "./player";
import * as table from "./table";
import "../generated/theme.css";
import "./panels/lab.css";

/** Shows the lab in an element; gives what a program can ask of it. */
export async function mount(element: HTMLElement, opened: OpenedDocument = {}): Promise<PageState> {
  const engine = await Engine.load();
  const { setup, iteration, message } = beginning(engine, opened, location.hash.slice(1));
  const lab = new Lab(engine, setup);
  lab.message.value = message;
  if (iteration) lab.goTo(iteration);
  const page: PageState = {
    lab: signal(lab),
    player: new Player(() => page.lab.value),
    digits: signal(4),
    pictures: signal(false),
    axes: signal([0, 1]),
    tab: signal("network"),
  };
  renderPreact(<App page={page} />, element);
  return page;
}

export const parts = {
  Engine,
  Training,
  Course,
  Lab,
  findNumber,
  usedBy,
  numeral,
  parse,
  unparse,
  ...table,
  ...models,
};
