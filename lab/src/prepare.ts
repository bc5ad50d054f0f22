/** What is set up becomes what the engine trains: the encoding, the network and its data. */

import { type Engine, lossNamed } from "./engine/engine";
import type { Network } from "./engine/network";
import type { Data } from "./engine/training";
import type { Operand, Step } from "./explain/parts";
import type { Setup } from "./setup";
import { encodeInputs, encodeTargets } from "./table/encode";
import type { Encoding } from "./table/encoding";
import { features, outputs } from "./table/features";
import { learnEncoding, rowsWithTargets } from "./table/learn";
import { predictionSteps } from "./table/prediction_steps";
import { rowSteps } from "./table/steps";

import { type Table, tableError, takeRows } from "./table/table";

export interface Prepared {
  setup: Setup;
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
  const { targets, ignored, rule, loss, model } = setup;
  const table = withTargets(setup.table, targets);
  const encoding = model?.encoding ?? learnEncoding(engine, table, targets, ignored, rule, loss);
  return prepared(engine, { ...setup, table }, encoding);
}

/**
 * The rows that can be learnt from: those whose targets are all known. Throws TableError where there
 * are none.
 */
function withTargets(table: Table, targets: string[]): Table {
  const rows = rowsWithTargets(table, targets);
  if (!rows.length)
    throw tableError({ file: table.name, message: `no row has ${targets.join(", ")}` });
  const without = table.rows - rows.length;
  if (!without) return table;
  const says = `${without} rows without ${targets.join(", ")} are left out`;
  return { ...takeRows(table, rows), notices: [...(table.notices ?? []), says] };
}

/** The same with another table, whose cells are encoded as before. */
export function withTable(engine: Engine, { setup, encoding }: Prepared, table: Table): Prepared {
  return prepared(engine, { ...setup, table }, encoding);
}

/** The same with another learning rate. */
export function withOptimizer(before: Prepared, rate: number): Prepared {
  return { ...before, setup: { ...before.setup, rate } };
}

function prepared(engine: Engine, setup: Setup, encoding: Encoding): Prepared {
  const { table } = setup;
  const inputs = features(encoding);
  const names = outputs(encoding);
  const data = {
    x: encodeInputs(engine, encoding, table),
    y: encodeTargets(engine, encoding, table),
    rows: table.rows,
  };
  return {
    setup,
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
