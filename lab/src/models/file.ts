/**
 * Model files as the library's `Model.save` writes them (models/content.py), read and written. A
 * member of an ensemble is opened as a network of its own.
 */
import { layersOf, type Network } from "../engine/network";
import type { OpenedModel } from "../setup";
import {
  encodingData,
  historyOf,
  networkData,
  recordGoneOn,
  recordOf,
  type Trained,
} from "./content";
import { float, type JsonObject, readPythonJson, writePythonJson } from "./json";
import {
  ModelFileError,
  type NamedArray,
  namedArray,
  numbersOf,
  readSealed,
  writeSealed,
} from "./sealed";
import { type Structure, StructureError, structureOf } from "./structure";

const FORMAT = "glassnet-model";

const VERSION = 2;

const MOST_LAYERS = 16; // of weights, that the page's engine takes

/** The members of a model file. Throws ModelFileError, naming the file, on any other. */
export function openModel(bytes: Uint8Array, name: string): OpenedModel[] {
  const { text, arrays } = readSealed(bytes, name);
  const { encoding, networks } = wholeModel(name, () => structureOfText(text, name));
  if (networks.some((network) => layersOf(network) > MOST_LAYERS))
    throw new ModelFileError(
      `${name}: has a network of more than ${MOST_LAYERS} layers of weights: the lab takes at most ` +
        `${MOST_LAYERS}`,
    );
  return wholeModel(name, () => {
    const byName = new Map(arrays.map((array) => [array.name, array]));
    checkNames([...byName.keys()], networks);
    return networks.map((network, i) => ({
      name,
      encoding,
      network,
      parameters: parametersOf(network, byName, `members.${i + 1}.`),
      member: i + 1,
      members: networks.length,
      bytes,
    }));
  });
}

/** Throws StructureError on an array of a member that its network does not have. */
function checkNames(names: string[], networks: Network[]): void {
  const known = new Set(
    networks.flatMap((network, i) =>
      arraysOf(network).map(({ name }) => `members.${i + 1}.${name}`),
    ),
  );
  const strange = names.find((name) => name.startsWith("members.") && !known.has(name));
  if (strange) throw new StructureError(`${strange} is no array of a model`);
}

/** What is wrong inside a file becomes an error that names it. */
function wholeModel<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isInside = error instanceof StructureError || error instanceof SyntaxError;
    if (!isInside) throw error;
    throw new ModelFileError(`${name}: is not a whole glassnet model (${error.message})`);
  }
}

function structureOfText(text: string, name: string): Structure {
  return structureOf(dataOf(text, name));
}

/** The data of a file's text, without format and version. */
function dataOf(text: string, name: string): JsonObject {
  const { format, version, ...data } = readPythonJson(text) as JsonObject;
  if (format !== FORMAT || typeof version !== "number" || version < 1)
    throw new ModelFileError(`${name}: has the format '${format}', not '${FORMAT}'`);
  if (version > VERSION)
    throw new ModelFileError(
      `${name}: has format version ${version}, this lab reads ${VERSION}: use a newer glassnet`,
    );
  if (version < VERSION)
    throw new ModelFileError(
      `${name}: has format version ${version}, the lab reads ${VERSION}: ` +
        "load it in Python and save it again",
    );
  return data;
}

/** Weight matrices, then biases, in one array. */
function parametersOf(
  network: Network,
  arrays: Map<string, NamedArray>,
  prefix: string,
): Float64Array {
  const numbers = arraysOf(network).flatMap(({ name, shape }) => {
    const array = arrays.get(prefix + name);
    if (!array) throw new StructureError(`it lacks ${prefix}${name}`);
    if (array.dtype === "I64" || array.shape.join() !== shape.join())
      throw new StructureError(`${prefix}${name} is not as its network has it`);
    const found = numbersOf(array);
    if (!found.every(Number.isFinite))
      throw new StructureError(`${prefix}${name} holds NaN or infinity`);
    return [...found];
  });
  return Float64Array.from(numbers);
}

/** The names and shapes of a network's arrays, in the order of its parameters. */
function arraysOf({ sizes, bias }: Network): { name: string; shape: number[] }[] {
  const layers = sizes.slice(1).map((nodes, i) => ({ number: i + 1, before: sizes[i], nodes }));
  const weights = layers.map(({ number, before, nodes }) => ({
    name: `weights.${number}`,
    shape: [before, nodes],
  }));
  const biases = layers.map(({ number, nodes }) => ({ name: `biases.${number}`, shape: [nodes] }));
  return bias ? [...weights, ...biases] : weights;
}

/**
 * A model file that the library loads. A model that was opened and not changed is its file; one that
 * was trained on keeps its encoding and options, and nothing of what was measured before.
 */
export function saveModel(trained: Trained): Uint8Array {
  const { setup, encoding, network, parameters } = trained;
  const { model } = setup;
  if (model && areSame(model.parameters, parameters)) return model.bytes;
  const opened = model ? dataOf(readSealed(model.bytes, model.name).text, model.name) : null;
  const history = historyOf(trained);
  const structure: JsonObject = {
    format: FORMAT,
    version: VERSION,
    encoding: opened?.encoding ?? encodingData(encoding),
    scores: {},
    history: history.map(({ name }) => name),
    record: opened ? recordGoneOn(opened, model as OpenedModel) : recordOf(trained),
    members: [{ network: networkData(network), vote: float(1) }],
    residuals: [],
  };
  const arrays = history.map(({ name, dtype, numbers }) =>
    namedArray(`history.${name}`, [numbers.length], numbers, dtype),
  );
  let at = 0;
  for (const { name, shape } of arraysOf(network)) {
    const count = shape.reduce((product, n) => product * n, 1);
    arrays.push(namedArray(`members.1.${name}`, shape, parameters.subarray(at, at + count)));
    at += count;
  }
  if (!parameters.every(Number.isFinite))
    throw new ModelFileError("a weight is not finite, and no program could read such a model");
  return writeSealed({ text: writePythonJson(structure), arrays });
}

function areSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
