/** What is set up becomes what the engine trains: the encoding, the network and its data. */
import { type Engine, lossNamed } from "./engine/engine";
import type { Network } from "./engine/network";
import type { Data } from "./engine/training";
import type { Operand, Step } from "./explain/parts";
import { withLoss } from "./losses";
import type { Setup } from "./setup";
import { encodeInputs, encodeTargets } from "./table/encode";
import type { Encoding } from "./table/encoding";
import { features, outputs } from "./table/features";
import { checkSize, learnEncoding, rowsWithTargets } from "./table/learn";
import { predictionSteps } from "./table/prediction_steps";
import { rowSteps } from "./table/steps";
import { type Cell, columnNamed, type Table, tableError, takeRows, withCell } from "./table/table";

const USUAL_LOSS = "mean_squared_error"; // by which the scale of a target is learnt at first

export interface Prepared {
  setup: Setup;
  /** The rows of the set-up's table that are learnt from, and their numbers in it, from 0. */
  table: Table;
  rows: number[];
  encoding: Encoding;
  network: Network;
  data: Data;
  /** The names of the network's inputs and outputs. */
  features: string[];
  outputs: string[];
  stepsOf(row: number, outputs: Operand[]): Step[];
}

/** Throws TableError on a table that cannot be used so. */
export function prepare(engine: Engine, setup: Setup): Prepared {
  const { targets, ignored, rule, model } = setup;
  const rows = rowsWithTargets(setup.table, targets);
  if (!rows.length)
    throw tableError({ file: setup.table.name, message: `no row has ${targets.join(", ")}` });
  const table = takeRows(setup.table, rows);
  if (model) return prepared(engine, setup, rows, model.encoding);
  const encodingBy = (loss: string) =>
    learnEncoding(engine, table, targets, ignored, rule, loss || USUAL_LOSS);
  const encoding = encodingBy(setup.loss);
  const found = withLoss(setup, encoding.task);
  return prepared(engine, found, rows, found === setup ? encoding : encodingBy(found.loss));
}

/**
 * The same with another cell, whose row counts among those learnt from; cells are encoded as before.
 *
 * Throws TableError where it does not fit.
 */
export function withCellAt(
  engine: Engine,
  before: Prepared,
  name: string,
  row: number,
  cell: Cell,
): Prepared {
  const { setup, rows, encoding } = before;
  if (cell === null && setup.targets.includes(name))
    throw tableError({ column: name, row: row + 1, message: "a row that is learnt from needs it" });
  const table = withCell(setup.table, name, rows[row], cell);
  checkSize(columnNamed(table, name));
  return prepared(engine, { ...setup, table }, rows, encoding);
}

/** The same with another learning rate. */
export function withRate(before: Prepared, rate: number): Prepared {
  return { ...before, setup: { ...before.setup, rate } };
}

function prepared(engine: Engine, setup: Setup, rows: number[], encoding: Encoding): Prepared {
  const table = takeRows(setup.table, rows);
  const inputs = features(encoding);
  const names = outputs(encoding);
  const data = {
    x: encodeInputs(engine, encoding, table),
    y: encodeTargets(engine, encoding, table),
    rows: table.rows,
  };
  return {
    setup,
    table: { ...table, notices: noticesOf(setup, rows) },
    rows,
    encoding,
    network: setup.model?.network ?? networkOf(setup, inputs.length, names.length),
    data,
    features: inputs,
    outputs: names,
    stepsOf: (row, made) => [
      ...rowSteps(engine, encoding, table, row),
      ...predictionSteps(engine, encoding, made, row),
    ],
  };
}

/** What is said of the table: also of rows that are not learnt from. */
function noticesOf({ table, targets }: Setup, rows: number[]): string[] {
  const without = table.rows - rows.length;
  const notices = table.notices ?? [];
  if (!without) return notices;
  const which = without === 1 ? "1 row" : `${without} rows`;
  return [...notices, `${which} without ${targets.join(", ")} left out`];
}

function networkOf(setup: Setup, inputs: number, outputs: number): Network {
  const output = lossNamed(setup.loss).output ?? setup.output;
  return {
    sizes: [inputs, ...setup.hidden, outputs],
    activations: [...setup.hidden.map(() => setup.activation), output],
    bias: setup.bias,
    loss: setup.loss,
    setting: lossNamed(setup.loss).setting ?? undefined,
  };
}
