/**
 * Sealed files: named arrays and a text in a safetensors file, with a checksum of both; see the
 * library's sealed.py. What the text and the arrays are is `file.ts`.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** What is wrong with a model file, in words. */
export class ModelFileError extends Error {}

/** Numbers of one type, by its name in safetensors. */
export interface NamedArray {
  name: string;
  dtype: "F64" | "F32" | "I64";
  shape: number[];
  bytes: Uint8Array;
}

export interface Sealed {
  text: string;
  arrays: NamedArray[];
}

const NUMPY = { F64: "float64", F32: "float32", I64: "int64" };
const SIZES = { F64: 8, F32: 4, I64: 8 }; // bytes
const ORDER = ["I64", "F64", "F32"]; // of types in a file; within a type, by name
const ALIGNMENT = 8;
const LENGTH = 8; // bytes of the header's length

/** Throws ModelFileError, naming the file, on what is no such file or was changed. */
export function readSealed(bytes: Uint8Array, file: string): Sealed {
  const { header, data } = parts(bytes, file);
  const metadata = header.__metadata__ as Record<string, unknown> | undefined;
  const text = metadata?.glassnet;
  if (typeof text !== "string" || typeof metadata?.sha256 !== "string")
    throw new ModelFileError(`${file}: is a safetensors file, but not one that glassnet wrote`);
  const arrays: NamedArray[] = [];
  for (const [name, described] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    arrays.push(arrayOf(name, described, data, file));
  }
  if (sealOf({ text, arrays }) !== metadata.sha256)
    throw new ModelFileError(
      `${file}: was altered after it was written (its checksum does not match): ` +
        "use the original file",
    );
  return { text, arrays };
}

/** The file, byte for byte as the library writes it. */
export function writeSealed({ text, arrays }: Sealed): Uint8Array {
  const ordered = arrays.toSorted(
    (a, b) => ORDER.indexOf(a.dtype) - ORDER.indexOf(b.dtype) || (a.name < b.name ? -1 : 1),
  );
  const header: Record<string, unknown> = {
    __metadata__: { glassnet: text, sha256: sealOf({ text, arrays }) },
  };
  let end = 0;
  for (const { name, dtype, shape, bytes } of ordered) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  let json = JSON.stringify(header);
  json = json.padEnd(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT, " ");
  const file = new Uint8Array(LENGTH + json.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(new TextEncoder().encode(json), LENGTH);
  let at = LENGTH + json.length;
  for (const { bytes } of ordered) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function parts(
  bytes: Uint8Array,
  file: string,
): { header: Record<string, unknown>; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= LENGTH ? Number(view.getBigUint64(0, true)) : Infinity;
  try {
    if (LENGTH + length > bytes.length) throw new SyntaxError("the header is not whole");
    const text = new TextDecoder("utf-8", { fatal: true });
    const header = JSON.parse(text.decode(bytes.subarray(LENGTH, LENGTH + length)));
    if (header === null || typeof header !== "object") throw new SyntaxError("no header");
    return { header, data: bytes.subarray(LENGTH + length) };
  } catch {
    throw new ModelFileError(`${file}: is not a model file, or is cut short`);
  }
}

function arrayOf(name: string, described: unknown, data: Uint8Array, file: string): NamedArray {
  const { dtype, shape, data_offsets: offsets } = (described ?? {}) as Record<string, unknown>;
  const isWhole = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
  const areWhole = (x: unknown): x is number[] => Array.isArray(x) && x.every(isWhole);
  if (!areWhole(shape) || !areWhole(offsets) || offsets.length !== 2)
    throw new ModelFileError(`${file}: is not a model file, or is cut short`);
  if (dtype !== "F64" && dtype !== "F32" && dtype !== "I64")
    throw new ModelFileError(
      `${file}: is not a whole glassnet model (${name} holds ${dtype}, and should hold numbers)`,
    );
  const [begin, end] = offsets;
  const size = shape.reduce((product, n) => product * n, SIZES[dtype]);
  if (end > data.length || end - begin !== size)
    throw new ModelFileError(`${file}: is not a model file, or is cut short`);
  return { name, dtype, shape, bytes: data.slice(begin, end) };
}

/** The checksum of a text and of arrays. */
function sealOf({ text, arrays }: Sealed): string {
  const digest = sha256.create().update(new TextEncoder().encode(text));
  for (const { name, dtype, shape, bytes } of arrays.toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const comma = shape.length === 1 ? "," : "";
    digest.update(
      new TextEncoder().encode(`${name} ${NUMPY[dtype]} (${shape.join(", ")}${comma})`),
    );
    digest.update(bytes);
  }
  return bytesToHex(digest.digest());
}

/** The numbers of an array as float64, which holds float32 exactly. */
export function numbersOf({ dtype, bytes }: NamedArray): Float64Array {
  const { buffer } = bytes.slice();
  if (dtype === "F64") return new Float64Array(buffer);
  if (dtype === "F32") return Float64Array.from(new Float32Array(buffer));
  return Float64Array.from(new BigInt64Array(buffer), Number);
}

/** An array of float64, or of int64 where it is said so. */
export function namedArray(
  name: string,
  shape: number[],
  numbers: Float64Array,
  dtype: "F64" | "I64" = "F64",
): NamedArray {
  const stored = dtype === "F64" ? numbers.slice() : BigInt64Array.from(numbers, BigInt);
  return { name, dtype, shape, bytes: new Uint8Array(stored.buffer) };
}
