/**
 * A setup as a link that others can open: what differs from the example's usual setup, by readable
 * keys. A table of the user's is in it only where that is asked for; weights never are: a model is
 * named.
 */
import formulas from "../../generated/formulas.json";
import { type Engine, lossNamed } from "../engine/engine";
import {
  MOST_HIDDEN_LAYERS,
  MOST_ITERATIONS,
  MOST_NODES,
  type OpenedModel,
  type Setup,
} from "../setup";
import { exampleNamed, FORMULA, isExample, usualSetup } from "../table/examples";
import { type Cell, type Column, type Table, withCell } from "../table/table";
import { openModel } from "./file";
import { emptyRow, fitsModel, withModel } from "./on_table";

/** What is wrong with a link, in words. */
export class LinkError extends Error {}

const USUAL_EXAMPLE = "article";
const MOST_OF_INT = 2 ** 31 - 1;

type Value = string | number | boolean | string[] | number[];

/** How a field of the setup stands in a link. */
interface Field {
  field: keyof Setup;
  write(value: Value): string;
  /** Throws LinkError on what the field cannot be. */
  read(text: string): Value;
}

const names = {
  write: (value: Value) => JSON.stringify(value).slice(1, -1),
  read: (given: string): Value => {
    const list = parsed(`[${given}]`);
    if (!Array.isArray(list) || !list.every((name) => typeof name === "string"))
      throw damaged(`'${given}' are no names of columns`);
    if (new Set(list).size < list.length) throw damaged(`'${given}' names a column twice`);
    return list;
  },
};

function oneOf(allowed: string[]): Pick<Field, "write" | "read"> {
  return {
    write: String,
    read: (given) => {
      if (!allowed.includes(given)) throw damaged(`'${given}' is none of ${allowed.join(", ")}`);
      return given;
    },
  };
}

function whole(least: number, most: number): Pick<Field, "write" | "read"> {
  return { write: String, read: (given) => wholeNumber(given, least, most) };
}

function wholeNumber(given: string, least: number, most: number): number {
  const number = Number(given);
  if (!/^-?\d+$/.test(given) || number < least || number > most)
    throw damaged(`'${given}' is no whole number from ${least} to ${most}`);
  return number;
}

const hidden: Pick<Field, "write" | "read"> = {
  write: (value) => (value as number[]).join("-"),
  read: (given) => {
    const layers = given ? given.split("-") : [];
    if (layers.length > MOST_HIDDEN_LAYERS) throw damaged(`'${given}' are too many hidden layers`);
    return layers.map((nodes) => wholeNumber(nodes, 1, MOST_NODES));
  },
};
const rate: Pick<Field, "write" | "read"> = {
  write: String,
  read: (given) => {
    const number = Number(given);
    if (!given.trim() || !(number > 0 && number < Infinity))
      throw damaged(`'${given}' is no learning rate above 0`);
    return number;
  },
};
const bias: Pick<Field, "write" | "read"> = {
  write: (value) => (value ? "yes" : "no"),
  read: (given) => oneOf(["yes", "no"]).read(given) === "yes",
};

const ACTIVATIONS = Object.keys(formulas.activations);

const FIELDS: Record<string, Field> = {
  targets: { field: "targets", ...names },
  ignored: { field: "ignored", ...names },
  rule: { field: "rule", ...oneOf(["as it is", "0 to 1", "centred"]) },
  hidden: { field: "hidden", ...hidden },
  activation: { field: "activation", ...oneOf(ACTIVATIONS.filter((name) => name !== "softmax")) },
  loss: { field: "loss", ...oneOf(Object.keys(formulas.losses)) },
  output: { field: "output", ...oneOf(ACTIVATIONS) },
  bias: { field: "bias", ...bias },
  optimizer: { field: "optimizer", ...oneOf(["gradient_descent", "adam"]) },
  rate: { field: "rate", ...rate },
  batch: { field: "batchSize", ...whole(0, MOST_OF_INT) },
  start: { field: "start", ...oneOf(["uniform", "glorot", "he", "lecun"]) },
  seed: { field: "seed", ...whole(-MOST_OF_INT, MOST_OF_INT) },
  iterations: { field: "iterations", ...whole(1, MOST_ITERATIONS) },
};
/** What says of which table and model the rest is. */
const OF_TABLE = ["example", "formula", "cell", "file", "table", "model", "member"];
/** What is set up of a model's training; all else is the model's own. */
const OF_TRAINING = ["optimizer", "rate", "batch", "seed", "iterations"];

/** The link's part after the #. */
export function linkOf(engine: Engine, setup: Setup, iteration: number, withData = false): string {
  const link = new URLSearchParams();
  const { example, formula, table, model, loss } = setup;
  const usual = usualSetup(example || USUAL_EXAMPLE);
  if (example) {
    link.append("example", example);
    if (formula && formula !== usual.formula) link.append("formula", formula);
    for (const change of changedCells(exampleNamed(engine, example, formula).table, table))
      link.append("cell", JSON.stringify(change).slice(1, -1));
  } else if (withData || table.name !== model?.name) {
    link.append("file", table.name);
    if (withData) link.append("table", packed(table));
  }
  if (model) link.append("model", model.name);
  if (model && model.member > 1) link.append("member", String(model.member));
  const made = { ...setup, output: lossNamed(loss).output ?? setup.output };
  for (const [key, { field, write }] of Object.entries(FIELDS)) {
    const value = write(made[field] as Value);
    const isSaid = !model || OF_TRAINING.includes(key);
    if (isSaid && value !== write(usual[field] as Value)) link.append(key, value);
  }
  if (iteration) link.append("iteration", String(iteration));
  return link.toString();
}

type Change = [name: string, row: number, cell: Cell];

/** The cells that are not as in the example. */
function changedCells(before: Table, now: Table): Change[] {
  return before.columns.flatMap(({ name, cells }, i) =>
    now.columns[i].cells.flatMap((cell, row) =>
      cell === cells[row] ? [] : [[name, row + 1, cell] as Change],
    ),
  );
}

/** A table and a model that are there already: a link that does not hold them may go with them. */
export interface Open {
  table?: Table;
  model?: OpenedModel;
}

/**
 * What a link says: the setup, and the iteration to go to.
 *
 * Throws LinkError where it is damaged, or goes with a table or model that is neither in it nor open.
 */
export function setupOfLink(
  engine: Engine,
  link: string,
  open: Open = {},
): { setup: Setup; iteration: number } {
  const given = new URLSearchParams(link.replace(/^#/, ""));
  for (const key of given.keys())
    if (!Object.hasOwn(FIELDS, key) && ![...OF_TABLE, "iteration"].includes(key))
      throw damaged(`it says '${key}', which the lab does not know`);
  const setup = given.has("model")
    ? withFields(setupOfModel(engine, given, open), given, OF_TRAINING)
    : withFields(tableOfLink(engine, given, open), given, Object.keys(FIELDS));
  const iteration = given.get("iteration") ?? "0";
  return { setup, iteration: wholeNumber(iteration, 0, MOST_ITERATIONS) };
}

function withFields(before: Setup, given: URLSearchParams, allowed: string[]): Setup {
  let setup = before;
  for (const [key, { field, read }] of Object.entries(FIELDS)) {
    const value = given.get(key);
    if (value === null) continue;
    if (!allowed.includes(key)) throw damaged(`it says '${key}', which is the model's own`);
    setup = { ...setup, [field]: read(value) };
  }
  const wanted = lossNamed(setup.loss).output;
  if (wanted !== null && given.has("loss") && !given.has("output"))
    setup = { ...setup, output: wanted };
  if (wanted !== null && wanted !== setup.output)
    throw damaged(`the loss '${setup.loss}' belongs to the output '${wanted}'`);
  if (!setup.targets.length) throw damaged("it names no column to predict");
  const columns = setup.table.columns.map(({ name }) => name);
  for (const name of [...setup.targets, ...setup.ignored])
    if (!columns.includes(name)) throw damaged(`its table has no column '${name}'`);
  return setup;
}

/** A model on the table that the link names, or on a row to type into. */
function setupOfModel(engine: Engine, given: URLSearchParams, open: Open): Setup {
  const name = given.get("model") as string;
  if (open.model?.name !== name)
    throw new LinkError(
      `This link goes with the model ${name}, which is not in it: open that file.`,
    );
  const members = openModel(open.model.bytes, name);
  const model = members[wholeNumber(given.get("member") ?? "1", 1, members.length) - 1];
  const hasTable = given.has("example") || given.has("file");
  const setup = hasTable
    ? tableOfLink(engine, given, open)
    : { ...usualSetup(USUAL_EXAMPLE), example: "", table: emptyRow(model) };
  if (!fitsModel(setup.table, model))
    throw damaged(`its table does not have the columns of the model ${name}`);
  return withModel(setup, model, true);
}

function tableOfLink(engine: Engine, given: URLSearchParams, open: Open): Setup {
  const file = given.get("file");
  if (file !== null) {
    const own = { ...usualSetup(USUAL_EXAMPLE), example: "" };
    const data = given.get("table");
    if (data === null && open.table?.name === file) return { ...own, table: open.table };
    if (data === null)
      throw new LinkError(
        `This link goes with the table ${file}, which is not in it: open that file, or ask for ` +
          "a link that holds the table.",
      );
    return { ...own, table: unpacked(file, data) };
  }
  const id = given.get("example") ?? USUAL_EXAMPLE;
  if (!isExample(id)) throw damaged(`there is no example '${id}'`);
  const formula = given.get("formula") ?? "";
  if (formula && id !== FORMULA) throw damaged(`the example '${id}' has no formula`);
  const setup = exampleOf(engine, id, formula);
  return given.getAll("cell").reduce((before, change) => withChange(before, change), setup);
}

function exampleOf(engine: Engine, id: string, formula: string): Setup {
  try {
    return exampleNamed(engine, id, formula);
  } catch (error) {
    throw damaged((error as Error).message);
  }
}

function withChange(setup: Setup, change: string): Setup {
  const [name, row, cell] = (parsed(`[${change}]`) ?? []) as Partial<Change>;
  const column = setup.table.columns.find((one) => one.name === name);
  const isRow =
    Number.isInteger(row) && (row as number) >= 1 && (row as number) <= setup.table.rows;
  if (!column || !isRow || !isCellOf(column.kind, cell))
    throw damaged(`'${change}' is no cell of its table`);
  const table = withCell(setup.table, column.name, (row as number) - 1, cell as Cell);
  return { ...setup, table };
}

function isCellOf(kind: Column["kind"], cell: unknown): boolean {
  return cell === null || typeof cell === (kind === "text" ? "string" : "number");
}

/** The name of the table that a link goes with and does not hold; "" where there is none. */
export function tableWanted(link: string): string {
  const given = new URLSearchParams(link);
  return given.has("table") ? "" : (given.get("file") ?? "");
}

/** The name of the model that a link goes with; "" where there is none. */
export function modelWanted(link: string): string {
  return new URLSearchParams(link).get("model") ?? "";
}

/** The columns as text that a link can hold. */
function packed({ columns }: Table): string {
  const data = columns.map(({ name, kind, cells }) => [name, kind, ...cells]);
  const bytes = new TextEncoder().encode(JSON.stringify(data));
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function unpacked(name: string, data: string): Table {
  const columns = columnsOf(parsed(textOf(data)));
  const rows = columns?.[0]?.cells.length;
  if (!columns || !rows || columns.some(({ cells }) => cells.length !== rows))
    throw damaged("the table in it cannot be read");
  return { name, columns, rows };
}

function textOf(data: string): string {
  try {
    const letters = atob(data.replace(/-/g, "+").replace(/_/g, "/"));
    return new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
  } catch {
    return "";
  }
}

function columnsOf(data: unknown): Column[] | null {
  if (!Array.isArray(data)) return null;
  const columns = data.map((column) => {
    if (!Array.isArray(column)) return null;
    const [name, kind, ...cells] = column;
    const isColumn = typeof name === "string" && (kind === "number" || kind === "text");
    return isColumn && cells.every((cell) => isCellOf(kind, cell)) ? { name, kind, cells } : null;
  });
  return columns.every((column) => column !== null) ? (columns as Column[]) : null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function damaged(why: string): LinkError {
  return new LinkError(`This link is damaged: ${why}.`);
}
