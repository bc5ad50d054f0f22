/**
 * The data of a model file, which is not believed: what is not of the type and range that the library
 * wants is refused (models/structure.py). Only what the lab uses is looked at.
 */
import formulas from "../../generated/formulas.json";
import { lossNamed } from "../engine/engine";
import type { Network } from "../engine/network";
import type { Encoding, InputEncoding, TargetEncoding, Task } from "../table/encoding";
import { features, labelTexts, outputs } from "../table/features";
import { Float, type Json, type JsonObject, plain } from "./json";

/** What is wrong inside a file; `file.ts` names the file. */
export class StructureError extends Error {}

type Check = (value: Json | undefined, path: string) => void;
const LARGEST = formulas.rules.learning.largest;

function fail(path: string, wanted: string): never {
  throw new StructureError(`${path}: expected ${wanted}`);
}

function check(test: (value: Json) => boolean, wanted: string): Check {
  return (value, path) => {
    if (value === undefined || !test(value)) fail(path, wanted);
  };
}

const numberIn = (value: Json) =>
  value instanceof Float ? value.value : typeof value === "bigint" ? Number(value) : value;
const isText = (value: Json) => typeof value === "string";
const isNumber = (value: Json) => {
  const number = numberIn(value);
  return typeof number === "number" && Number.isFinite(number);
};
const isWhole = (value: Json) => typeof value === "number" && value >= 1 && value <= 2 ** 31;
const text = check(isText, "text");
const flag = check((value) => typeof value === "boolean", "true or false");
const number = check(isNumber, "a finite number");
const positive = check(
  (value) => isNumber(value) && (numberIn(value) as number) > 0,
  "a number above 0",
);
const size = check(isWhole, "a whole number from 1 on");
const orNull =
  (of: Check): Check =>
  (value, path) => {
    if (value !== null) of(value, path);
  };
const list =
  (of: Check, least = 0): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < least) fail(path, "a list");
    value.forEach((one, i) => {
      of(one, `${path}[${i}]`);
    });
  };
const anything: Check = () => {};
const format = check((value) => value === null || isObject(value), "a format");

function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float)
  );
}

/** An object with exactly these fields; those with a "?" may be missing. */
function object(fields: Record<string, Check>): Check {
  return (value, path) => {
    if (!isObject(value)) fail(path, "an object");
    for (const name of Object.keys(value))
      if (!(name in fields) && !(`${name}?` in fields)) fail(path, `no field '${name}'`);
    for (const [field, of] of Object.entries(fields)) {
      const name = field.replace("?", "");
      if (name in value || !field.endsWith("?")) of(value[name], `${path}.${name}`);
    }
  };
}

function oneOfKinds(kinds: Record<string, Check>): Check {
  return (value, path) => {
    const kind = isObject(value) && value.kind;
    if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) fail(path, "a known kind");
    kinds[kind](value, path);
  };
}

const named = { kind: text, name: text };
const INPUT = oneOfKinds({
  number: object({
    ...named,
    center: number,
    scale: positive,
    smooth_clip: flag,
    fill: number,
    indicator: flag,
    "date?": flag,
    "bin_edges?": list(number),
    "format?": format,
    "bin_height?": positive,
    "fill_learnt?": flag,
  }),
  binary: object({ ...named, levels: list(text, 2), indicator: flag, "cells?": text }),
  categories: object({ ...named, levels: list(text), indicator: flag, "cells?": text }),
  unused: object({ ...named, reason: text }),
});
const label = check(
  (value) => isText(value) || isNumber(value) || typeof value === "boolean",
  "a label",
);
const TARGET = oneOfKinds({
  number: object({
    ...named,
    center: number,
    scale: positive,
    low: orNull(number),
    high: orNull(number),
    "format?": format,
  }),
  class: object({
    ...named,
    labels: list(label, 2),
    "threshold?": orNull(number),
    "frequencies?": list(positive),
  }),
});
const STRUCTURE = object({
  encoding: object({
    task: check(
      (value) => ["regression", "binary", "multiclass"].includes(value as string),
      "a task",
    ),
    inputs: list(INPUT),
    targets: list(TARGET, 1),
    "missing?": orNull(list(text)),
  }),
  members: list(
    object({
      network: object({
        sizes: list(size, 2),
        activation: list(text),
        output: text,
        loss: text,
        bias: flag,
      }),
      vote: positive,
    }),
    1,
  ),
  scores: check(isObject, "scores"),
  history: list(text),
  record: check(isObject, "a record"),
  "residuals?": list(anything),
});

/** What a file says, but for the arrays. */
export interface Structure {
  encoding: Encoding;
  networks: Network[];
}

/** Throws StructureError, naming the place, where the data is no structure of a model. */
export function structureOf(data: Json): Structure {
  STRUCTURE(data, "it");
  const { encoding: described, members } = plain(data) as {
    encoding: { task: Task; inputs: InputEncoding[]; targets: TargetEncoding[] };
    members: { network: NetworkData }[];
  };
  const encoding: Encoding = {
    task: described.task,
    inputs: described.inputs.map((one) => ({ ...INPUT_DEFAULTS[one.kind ?? ""], ...one })),
    targets: described.targets.map((one) => ({ ...TARGET_DEFAULTS[one.kind ?? ""], ...one })),
  };
  checkEncoding(encoding);
  const networks = members.map(({ network }) => networkOf(network));
  const [inputs, wanted] = [features(encoding).length, outputs(encoding).length];
  for (const { sizes } of networks)
    if (sizes[0] !== inputs || sizes.at(-1) !== wanted)
      throw new StructureError(
        `the columns make ${inputs} inputs and ${wanted} outputs, but a network has ` +
          `${sizes[0]} and ${sizes.at(-1)}`,
      );
  return { encoding, networks };
}

/** What fields are that older files do not have. */
const INPUT_DEFAULTS: Record<string, object> = {
  number: { date: false, bin_edges: [], format: null, bin_height: 1, fill_learnt: true },
  binary: { cells: "text" },
  categories: { cells: "text" },
};
const TARGET_DEFAULTS: Record<string, object> = {
  number: { format: null },
  class: { threshold: null, frequencies: [] },
};

interface NetworkData {
  sizes: number[];
  activation: string[];
  output: string;
  loss: string;
  bias: boolean;
}

function networkOf({ sizes, activation, output, loss, bias }: NetworkData): Network {
  const activations = [...activation, output];
  const strange = activations.find((name) => !Object.hasOwn(formulas.activations, name));
  if (strange !== undefined) throw new StructureError(`there is no activation '${strange}'`);
  if (activations.length !== sizes.length - 1)
    throw new StructureError(`${sizes.length - 1} layers and ${activations.length} activations`);
  const [name, setting] = loss.split(":");
  if (!Object.hasOwn(formulas.losses, name)) throw new StructureError(`there is no loss '${loss}'`);
  const known = lossNamed(name);
  if (known.output !== null && known.output !== output)
    throw new StructureError(`the loss '${loss}' belongs to the output '${known.output}'`);
  if (activation.includes("softmax")) throw new StructureError("'softmax' is for outputs alone");
  const number = setting === undefined ? known.setting : Number(setting);
  if (setting !== undefined && !(known.setting !== null && (number as number) > 0))
    throw new StructureError(`there is no loss '${loss}'`);
  return { sizes, activations, bias, loss: name, setting: number ?? undefined };
}

function checkEncoding({ task, inputs, targets }: Encoding): void {
  for (const input of inputs) {
    if (input.kind === "number") {
      if (input.bin_edges.some((edge, i) => i > 0 && edge <= input.bin_edges[i - 1]))
        throw new StructureError("the edges of the bins do not rise");
    } else if (input.kind === "binary" || input.kind === "categories") {
      checkDiffer(input.levels, "levels");
      if (input.kind === "binary" && input.levels.length !== 2)
        throw new StructureError(`two values, and ${input.levels.length} levels`);
    }
  }
  checkDiffer(
    inputs.map(({ name }) => name),
    "input columns",
  );
  checkDiffer(
    targets.map(({ name }) => name),
    "targets",
  );
  const wanted = task === "regression" ? "number" : "class";
  if (targets.some(({ kind }) => kind !== wanted))
    throw new StructureError(`targets that do not fit the task ${task}`);
  targets.forEach(checkTarget);
}

function checkDiffer(names: string[], what: string): void {
  if (new Set(names).size < names.length) throw new StructureError(`two ${what} are the same`);
}

function checkTarget(target: TargetEncoding): void {
  if (target.kind === "number") {
    const { low, high } = target;
    if ((low === null) !== (high === null) || (low !== null && high !== null && low > high))
      throw new StructureError(`there is no range from ${low} to ${high}`);
    return;
  }
  const { labels, threshold, frequencies } = target;
  const two = labels.length === 2;
  if (new Set(labels.map((one) => typeof one)).size > 1)
    throw new StructureError("the labels are not all texts, numbers or booleans");
  if (labels.some((one) => typeof one === "number" && Math.abs(one) > LARGEST))
    throw new StructureError("a label is too large a number");
  checkDiffer(labelTexts(target), "labels");
  if (threshold !== null && !(two && threshold > 0 && threshold < 1))
    throw new StructureError(`${threshold} is no threshold of two classes`);
  if (frequencies.length && (two || frequencies.length !== labels.length))
    throw new StructureError("the frequencies are not one for each of three classes or more");
  if (frequencies.some((frequency) => frequency > 1))
    throw new StructureError("a frequency is not above 0 and at most 1");
}
