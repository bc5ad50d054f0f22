/** The engine's WebAssembly: how it is unpacked, and what it exports (src/native/lab/lab.cpp). */
import packed from "../../generated/engine.json";

export interface Exports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  mark(): number;
  release(mark: number): void;
  row_name(table: number, row: number): number;
  sizes_at(): number;
  activations_at(): number;
  set_network(L: number, bias: boolean, loss: number, reduction: number, setting: number): void;
  parameter_count(): number;
  initialize(method: number, seed: number, parameters: number): void;
  predict(layers: number, parameters: number, x: number, n: number, a: number): void;
  settings_at(): number;
  set_training(x: number, y: number, n: number, batchSize: number, optimizer: number): void;
  train(
    parameters: number,
    slot1: number,
    slot2: number,
    t: number,
    first: number,
    rows: number,
    count: number,
    rate: number,
    losses: number,
  ): number;
  look(parameters: number, gradient: number, first: number, rows: number): void;
  reserve_step(rows: number): void;
  step_array(which: number, layer: number): number;
  step_loss(): number;
  step_row_scale(): number;
  evaluate(
    program: number,
    length: number,
    constants: number,
    variables: number,
    n: number,
    results: number,
  ): void;
  quantiles(x: number, n: number, fractions: number, count: number, results: number): void;
  moments(x: number, n: number, results: number): void;
}

/** The compiled engine, of which any number of instances can be made. */
export async function compiledEngine(): Promise<WebAssembly.Module> {
  const bytes = Uint8Array.from(atob(packed.gzip), (letter) => letter.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

export function instantiated(module: WebAssembly.Module): Exports {
  const math = { sin: Math.sin, cos: Math.cos };
  return new WebAssembly.Instance(module, { math }).exports as unknown as Exports;
}
