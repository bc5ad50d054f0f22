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
import { findNumber } from "./explain/numbers";
import { numeral } from "./explain/numeral";
import { sceneOf } from "./explain/scene";
import { usedBy } from "./explain/used_by";
import { parse } from "./formulas/parse";
import { unparse } from "./formulas/write";
import { Lab } from "./lab";
import * as models from "./models";
import { pythonFloat, shortNumber } from "./numerals";
import type { OpenedDocument } from "./opened";
import { App } from "./panels/app";
import type { PageState } from "./panels/context";
import { Player } from "./player";
import * as table from "./table";
import { connect, type WidgetModel } from "./widget";
import "../generated/theme.css";
import "./panels/lab.css";

const PLACE = "glassnet-lab";
const OPENED = "glassnet-lab-opened";

/**
 * Shows the lab in an element; gives what a program can ask of it.
 *
 * `hasAddress`: whether the page is all there is, so that the address of the browser may hold a link
 * and keys are the lab's wherever they are pressed.
 */
export async function mount(
  element: HTMLElement,
  opened: OpenedDocument = {},
  hasAddress = false,
): Promise<PageState> {
  const engine = await Engine.load();
  const link = hasAddress ? location.hash.slice(1) : "";
  const lab = beginning(engine, opened, link);
  const page: PageState = {
    lab: signal(lab),
    player: new Player(() => page.lab.value),
    digits: signal(4),
    pictures: signal(false),
    axes: signal([0, 1]),
    tab: signal("network"),
    root: element,
    hasAddress,
    keys: hasAddress ? document : element,
    link,
  };
  renderPreact(<App page={page} />, element);
  return page;
}

async function render({ model, el }: { model: WidgetModel; el: HTMLElement }) {
  el.classList.add("lab-widget");
  const page = await mount(el, model.get("document"));
  const disconnect = connect(page, model);
  return () => {
    disconnect();
    page.player.pause();
    renderPreact(null, el);
  };
}

const place = typeof document === "undefined" ? null : document.getElementById(PLACE);
if (place) void mountPage(place);

/** The page of `glassnet lab` (src/glassnet/lab/page.py): what it opens stands in it as JSON. */
async function mountPage(element: HTMLElement): Promise<void> {
  const opened = JSON.parse(document.getElementById(OPENED)?.textContent ?? "{}");
  const page = await mount(element, opened, true);
  window.addEventListener("hashchange", () => {
    if (location.hash.length > 1) location.reload();
  });
  Object.assign(window, { glassnetLab: page });
}

/** The lab as a widget of anywidget; Python's side of it is src/glassnet/lab/widget.py. */
export default { render };

export const parts = {
  Engine,
  Training,
  Course,
  Lab,
  findNumber,
  sceneOf,
  usedBy,
  numeral,
  pythonFloat,
  shortNumber,
  parse,
  unparse,
  ...table,
  ...models,
};
