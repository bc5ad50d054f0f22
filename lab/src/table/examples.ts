/** The tables that the page has with it (tools/lab_examples.py), each with its usual setup. */
import examplesOfLibrary from "../../generated/examples.json";
import type { Engine } from "../engine/engine";
import { FormulaError, parse } from "../formulas/parse";
import { namesIn } from "../formulas/tree";
import type { Setup } from "../setup";
import type { Cell, Column, Table } from "./table";

interface Example {
  id: string;
  title: string;
  columns: Record<string, Cell[]>;
  targets: string[];
  /** What differs from USUAL. */
  setup: Partial<Setup>;
}

const all = examplesOfLibrary as unknown as Example[];

/** The example whose classes are made by a formula that is typed in. */
export const FORMULA = "formula";
const CLASSES = ["blue", "red"]; // where the formula does not hold, and where it does

export const examples: { id: string; title: string }[] = all.map(({ id, title }) => ({
  id,
  title,
}));

const USUAL: Omit<Setup, "table" | "targets"> = {
  example: "",
  formula: "",
  ignored: [],
  rule: "as it is",
  hidden: [4],
  activation: "tanh",
  loss: "mean_squared_error",
  output: "identity",
  bias: true,
  optimizer: "adam",
  rate: 0.03,
  batchSize: 0,
  start: "glorot",
  seed: 1,
  iterations: 1500,
  picture: 0,
  model: null,
};

/** Whether there is an example of that id. */
export function isExample(id: string): boolean {
  return all.some((example) => example.id === id);
}

/**
 * An example's table and usual setup; `formula` makes the classes of the example FORMULA.
 *
 * Throws FormulaError where that cannot be read, or holds for all points or none.
 */
export function exampleNamed(engine: Engine, id: string, formula = ""): Setup {
  const setup = usualSetup(id);
  if (id !== FORMULA) return setup;
  const { table, targets } = setup;
  const text = formula.trim() || setup.formula;
  const classes = columnOf(targets[0], classesBy(engine, text, table.columns));
  return { ...setup, formula: text, table: { ...table, columns: [...table.columns, classes] } };
}

/** The same, but that the table of FORMULA has no classes yet. */
export function usualSetup(id: string): Setup {
  const example = all.find((one) => one.id === id);
  if (!example) throw new Error(`there is no example '${id}'`);
  const columns = Object.entries(example.columns).map(([name, cells]) => columnOf(name, cells));
  const table: Table = { name: example.title, columns, rows: columns[0].cells.length };
  return { ...USUAL, ...example.setup, example: id, table, targets: example.targets };
}

function columnOf(name: string, cells: Cell[]): Column {
  const kind = cells.some((cell) => typeof cell === "string") ? "text" : "number";
  return { name, kind, cells };
}

function classesBy(engine: Engine, formula: string, columns: Column[]): Cell[] {
  const known = columns.map(({ name }) => name);
  const strange = namesIn(parse(formula)).find((name) => !known.includes(name));
  if (strange)
    throw new FormulaError(`there is no '${strange}' in the table: it has ${known.join(", ")}`);
  const values = columns.map(({ name, cells }) => [name, cells as number[]]);
  const found = engine.evaluate(formula, Object.fromEntries(values));
  const holds = Array.from(columns[0].cells, (_, row) => (found[row % found.length] ? 1 : 0));
  const count = holds.filter(Boolean).length;
  if (count === 0 || count === holds.length)
    throw new FormulaError(
      `'${formula}' holds for ${count ? "every point" : "no point"}: ` +
        "compare two sides, as in x2 > sin(2 * x1)",
    );
  return holds.map((one) => CLASSES[one]);
}
