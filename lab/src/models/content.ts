/** What a model file says of a network: its structure, encoding, history and record, as JSON. */
import formulas from "../../generated/formulas.json";
import { lossTitle } from "../engine/engine";
import type { Network } from "../engine/network";
import type { OpenedModel, Setup } from "../setup";
import type { Encoding, InputEncoding, TargetEncoding } from "../table/encoding";
import { float, type Json, type JsonObject } from "./json";

interface HistoryColumn {
  name: string;
  dtype: "F64" | "I64";
  numbers: Float64Array;
}

/** The loss of each iteration before its update, where each is an epoch; else nothing. */
export function historyOf({ setup, losses }: Trained): HistoryColumn[] {
  const isWholeTable = !setup.batchSize || setup.batchSize >= setup.table.rows;
  if (!losses.length || !isWholeTable) return [];
  const numbers = Float64Array.from({ length: losses.length }, (_, i) => i + 1);
  return [
    { name: "epoch", dtype: "I64", numbers },
    { name: "iteration", dtype: "I64", numbers },
    { name: "loss", dtype: "F64", numbers: Float64Array.from(losses) },
  ];
}

/** The record of a model that was opened and trained on: its options, and what is still true. */
export function recordGoneOn(opened: JsonObject, { member, members }: OpenedModel): Json {
  const record = opened.record as JsonObject;
  const measured = [
    "best_epochs",
    "best_losses",
    "best_validation_losses",
    "folds",
    "scored_fraction",
    "holdout_digest",
    "tried",
    "mixture",
    "temperatures",
    "joined_from",
    "average_row",
  ];
  const empty = emptyRecord();
  const kept = { ...empty, ...record };
  for (const name of measured) kept[name] = empty[name];
  if (members > 1)
    kept.options = { ...(record.options as JsonObject), ...settingsOf(record, member) };
  return kept;
}

/** The options that a member of an ensemble was trained by, where they are not the record's. */
function settingsOf({ mixture }: JsonObject, member: number): JsonObject {
  let first = 1;
  for (const one of (mixture ?? []) as JsonObject[]) {
    first += Number(one.members);
    if (member < first) return one.changed as JsonObject;
  }
  return {};
}

function emptyRecord(): JsonObject {
  return formulas.rules.record as unknown as JsonObject;
}

/** The record of a training in the lab. */
export function recordOf({ setup, encoding, network, losses }: Trained): Json {
  const batchSize = Math.min(setup.batchSize || setup.table.rows, setup.table.rows);
  const batches = Math.ceil(setup.table.rows / batchSize);
  const epochs = Math.floor(losses.length / batches);
  const options: JsonObject = {
    task: encoding.task,
    members: 1,
    hidden: network.sizes.slice(1, -1),
    activation: setup.activation,
    loss: lossTitle(network),
    optimizer: setup.optimizer,
    learning_rate: float(setup.rate),
    schedule: "constant",
    batch_size: batchSize,
    epochs: Math.max(1, epochs),
    l2: float(0),
    l1: float(0),
    dropout: float(0),
    seed: setup.seed,
    dtype: "float64",
    validation: float(0),
    holdout: float(0),
    ignore: setup.ignored,
    bins: 0,
    affine: true,
  };
  const last = losses[losses.length - 1];
  const isWhole = batches === 1 && Number.isFinite(last);
  return {
    ...emptyRecord(),
    targets: setup.targets,
    options,
    engine: "native",
    best_epochs: isWhole ? [epochs] : [],
    best_losses: isWhole ? [float(last)] : [],
  };
}

export function networkData(network: Network): Json {
  return {
    sizes: network.sizes,
    activation: network.activations.slice(0, -1),
    output: network.activations.at(-1) as string,
    loss: lossTitle(network),
    bias: network.bias,
  };
}

/** As the library writes it: which fields are floats stands here alone. */
export function encodingData({ task, inputs, targets }: Encoding): Json {
  return { task, inputs: inputs.map(inputData), targets: targets.map(targetData), missing: null };
}

function inputData(input: InputEncoding): Json {
  if (input.kind !== "number") return { ...input };
  return {
    ...input,
    center: float(input.center),
    scale: float(input.scale),
    fill: float(input.fill),
    bin_edges: input.bin_edges.map((edge) => float(edge)),
    format: input.format as Json,
    bin_height: float(input.bin_height),
  };
}

function targetData(target: TargetEncoding): Json {
  if (target.kind === "number")
    return {
      ...target,
      center: float(target.center),
      scale: float(target.scale),
      low: float(target.low),
      high: float(target.high),
      format: target.format as Json,
    };
  const areFloats = target.labels.some((one) => typeof one === "number" && !Number.isInteger(one));
  return {
    ...target,
    labels: areFloats ? target.labels.map((one) => float(one as number)) : target.labels,
    threshold: float(target.threshold),
    frequencies: target.frequencies.map((frequency) => float(frequency)),
  };
}

/** What is saved: a network as it is now, and the losses of the iterations that made it. */
export interface Trained {
  setup: Setup;
  encoding: Encoding;
  network: Network;
  parameters: Float64Array;
  losses: ArrayLike<number>;
}
