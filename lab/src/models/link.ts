/**
 * A setup as a link that others can open: what differs from the example's usual setup, by readable
 * keys. A table of the user's is in it only where that is asked for; weights never are.
 */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import type { Setup } from "../setup";
import { exampleNamed, FORMULA, isExample, usualSetup } from "../table/examples";
import { type Cell, type Column, type Table, withCell } from "../table/table";

/** What is wrong with a link, in words. */
export class LinkError extends Error {}

const USUAL_EXAMPLE = "article";
const MOST_NODES = 16;
const MOST_LAYERS = 3;
const MOST_ITERATIONS = 1_000_000;
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
    if (layers.length > MOST_LAYERS) throw damaged(`'${given}' are too many hidden layers`);
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

const FIELDS: Record<string, Field> = {
  targets: { field: "targets", ...names },
  ignored: { field: "ignored", ...names },
  rule: { field: "rule", ...oneOf(["as it is", "0 to 1", "centred"]) },
  hidden: { field: "hidden", ...hidden },
  activation: { field: "activation", ...oneOf(Object.keys(formulas.activations)) },
  loss: { field: "loss", ...oneOf(Object.keys(formulas.losses)) },
  output: { field: "output", ...oneOf(Object.keys(formulas.activations)) },
  bias: { field: "bias", ...bias },
  optimizer: { field: "optimizer", ...oneOf(["gradient_descent", "adam"]) },
  rate: { field: "rate", ...rate },
  batch: { field: "batchSize", ...whole(0, MOST_OF_INT) },
  start: { field: "start", ...oneOf(["uniform", "glorot", "he", "lecun"]) },
  seed: { field: "seed", ...whole(-MOST_OF_INT, MOST_OF_INT) },
  iterations: { field: "iterations", ...whole(1, MOST_ITERATIONS) },
};
/** What says of which table the rest is. */
const OF_TABLE = ["example", "formula", "cell", "file", "table"];

/** The link's part after the #. */
export function linkOf(setup: Setup, iteration: number, withData = false): string {
  const link = new URLSearchParams();
  const usual = usualSetup(setup.example || USUAL_EXAMPLE);
  if (setup.example) {
    link.append("example", setup.example);
    if (setup.formula !== usual.formula) link.append("formula", setup.formula);
    for (const change of changedCells(usual.table, setup.table))
      link.append("cell", JSON.stringify(change).slice(1, -1));
  } else {
    link.append("file", setup.table.name);
    if (withData) link.append("table", packed(setup.table));
  }
  for (const [key, { field, write }] of Object.entries(FIELDS)) {
    const value = write(setup[field] as Value);
    if (value !== write(usual[field] as Value)) link.append(key, value);
  }
  if (iteration) link.append("iteration", String(iteration));
  return link.toString();
}

type Change = [name: string, row: number, cell: Cell];

function changedCells(before: Table, now: Table): Change[] {
  return before.columns.flatMap(({ name, cells }, i) =>
    now.columns[i].cells.flatMap((cell, row) =>
      cell === cells[row] ? [] : [[name, row + 1, cell] as Change],
    ),
  );
}

/**
 * What a link says: the setup, and the iteration to go to. `open` is a table that is there already:
 * a link without data may go with it.
 *
 * Throws LinkError where it is damaged, or goes with a table that is neither in it nor open.
 */
export function setupOfLink(
  engine: Engine,
  link: string,
  open?: Table,
): { setup: Setup; iteration: number } {
  const given = new URLSearchParams(link.replace(/^#/, ""));
  for (const key of given.keys())
    if (!(key in FIELDS) && ![...OF_TABLE, "iteration"].includes(key))
      throw damaged(`it says '${key}', which the lab does not know`);
  let setup = tableOfLink(engine, given, open);
  for (const [key, { field, read }] of Object.entries(FIELDS)) {
    const value = given.get(key);
    if (value !== null) setup = { ...setup, [field]: read(value) };
  }
  const columns = setup.table.columns.map(({ name }) => name);
  for (const name of [...setup.targets, ...setup.ignored])
    if (!columns.includes(name)) throw damaged(`its table has no column '${name}'`);
  const iteration = given.get("iteration") ?? "0";
  return { setup, iteration: wholeNumber(iteration, 0, MOST_ITERATIONS) };
}

function tableOfLink(engine: Engine, given: URLSearchParams, open?: Table): Setup {
  const file = given.get("file");
  if (file !== null) {
    const own = { ...usualSetup(USUAL_EXAMPLE), example: "" };
    const data = given.get("table");
    if (data === null && open?.name === file) return { ...own, table: open };
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
