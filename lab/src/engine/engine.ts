/**
 * The library's engine in the page: arrays in, arrays out. All arithmetic of the lab is done here,
 * by src/native; this file only carries numbers into its memory and back.
 */
import formulas from "../../generated/formulas.json";
import { compile, type Program } from "../formulas/compile";
import { parse } from "../formulas/parse";
import { pythonFloat } from "../numerals";
import { layersOf, type Network } from "./network";
import { compiledEngine, type Exports, instantiated } from "./wasm";

const DOUBLE = 8; // bytes
const INT = 4;

enum Names {
  activations,
  losses,
  reductions,
  optimizers,
  initializers,
  instructions,
}

/** One instance of the engine. What does not belong to a network is computed with a shared one. */
export class Engine {
  private readonly names = new Map<Names, string[]>();
  private readonly programs = new Map<string, Program>();

  private constructor(
    private readonly module: WebAssembly.Module,
    protected readonly wasm: Exports,
  ) {}

  static async load(): Promise<Engine> {
    const module = await compiledEngine();
    return new Engine(module, instantiated(module));
  }

  /** Another instance, with memory of its own. */
  fresh(): Exports {
    return instantiated(this.module);
  }

  get activations(): string[] {
    return this.tableOf(Names.activations);
  }

  get initializers(): string[] {
    return this.tableOf(Names.initializers);
  }

  /** The numbers that the engine knows a network's parts by. */
  rowsOf(network: Network): { activations: number[]; loss: number; reduction: number } {
    const { reduction } = lossNamed(network.loss);
    return {
      activations: network.activations.map((name) => this.row(Names.activations, name)),
      loss: this.row(Names.losses, network.loss),
      reduction: this.row(Names.reductions, reduction),
    };
  }

  optimizerRow(name: string): number {
    return this.row(Names.optimizers, name);
  }

  initializerRow(name: string): number {
    return this.row(Names.initializers, name);
  }

  /**
   * What a formula makes of its variables, each a number or n of them.
   *
   * Throws FormulaError where it cannot be read.
   */
  evaluate(formula: string, variables: Record<string, number | ArrayLike<number>>): Float64Array {
    const program = this.program(formula);
    const given = program.names.map((name) => variables[name]);
    const lengths = given.map((value) => (typeof value === "number" ? 1 : value.length));
    const n = Math.max(1, ...lengths);
    return scoped(this.wasm, (memory) => {
      const code = memory.ints(program.code);
      const constants = memory.doubles(program.constants);
      const flat = memory.room(given.length * n);
      given.forEach((value, i) => {
        const part = flat.view().subarray(i * n, (i + 1) * n);
        if (typeof value === "number") part.fill(value);
        else part.set(value);
      });
      const results = memory.room(n);
      const length = program.code.length / 2;
      this.wasm.evaluate(code, length, constants.at, flat.at, n, results.at);
      return results.view().slice();
    });
  }

  /** The same for plain numbers. */
  number(formula: string, variables: Record<string, number>): number {
    return this.evaluate(formula, variables)[0];
  }

  /** The sum of some numbers, from the first to the last. */
  total(numbers: number[]): number {
    if (!numbers.length) return 0;
    const names = numbers.map((_, i) => `x${i}`);
    const variables = Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
    return this.number(names.join(" + "), variables);
  }

  /** Quantiles as numpy's, of numbers in any order. */
  quantiles(x: ArrayLike<number>, fractions: number[]): number[] {
    return scoped(this.wasm, (memory) => {
      const results = memory.room(fractions.length);
      const asked = memory.doubles(fractions);
      this.wasm.quantiles(memory.doubles(x).at, x.length, asked.at, fractions.length, results.at);
      return [...results.view()];
    });
  }

  /** Mean and standard deviation (of all, not of a sample), as numpy's. */
  moments(x: ArrayLike<number>): { mean: number; deviation: number } {
    return scoped(this.wasm, (memory) => {
      const results = memory.room(2);
      this.wasm.moments(memory.doubles(x).at, x.length, results.at);
      const [mean, deviation] = results.view();
      return { mean, deviation };
    });
  }

  private program(formula: string): Program {
    let program = this.programs.get(formula);
    if (!program) {
      program = compile(parse(formula), this.tableOf(Names.instructions));
      this.programs.set(formula, program);
    }
    return program;
  }

  private row(table: Names, name: string): number {
    const found = this.tableOf(table).indexOf(name);
    if (found < 0) throw new Error(`the engine has no ${Names[table]} '${name}'`);
    return found;
  }

  private tableOf(table: Names): string[] {
    let found = this.names.get(table);
    if (!found) {
      found = [];
      for (let at = 0; ; found.push(textAt(this.wasm, at))) {
        at = this.wasm.row_name(table, found.length);
        if (!at) break;
      }
      this.names.set(table, found);
    }
    return found;
  }
}

/** What the library says of a loss: its reduction, output activation and formulas. */
export function lossNamed(name: string): Loss {
  const found = (formulas.losses as Record<string, Loss>)[name];
  if (!found) throw new Error(`there is no loss '${name}'`);
  return found;
}

/** The loss as the library writes it: with its setting where that is not the usual one. */
export function lossTitle({ loss, setting }: Network): string {
  const isUsual = setting === undefined || setting === lossNamed(loss).setting;
  return isUsual ? loss : `${loss}:${pythonFloat(setting)}`;
}

export interface Loss {
  reduction: string;
  /** The one activation that it belongs to; or null. */
  output: string | null;
  setting: number | null;
  setting_name: string;
  /** Whether targets are probabilities. */
  of_probabilities: boolean;
  formula: string;
  derivative_formula: string;
  stable_formula: string;
  row_term: string;
}

/** Numbers in the engine's memory, which may move whenever more is asked for. */
export class Doubles {
  constructor(
    private readonly wasm: Exports,
    readonly at: number,
    readonly length: number,
  ) {}

  view(): Float64Array {
    return new Float64Array(this.wasm.memory.buffer, this.at, this.length);
  }
}

/** Hands out the engine's memory. */
export class Memory {
  constructor(private readonly wasm: Exports) {}

  room(length: number): Doubles {
    return new Doubles(this.wasm, this.wasm.reserve(length * DOUBLE), length);
  }

  doubles(numbers: ArrayLike<number>): Doubles {
    const room = this.room(numbers.length);
    room.view().set(numbers);
    return room;
  }

  ints(numbers: ArrayLike<number>): number {
    const at = this.wasm.reserve(numbers.length * INT);
    new Int32Array(this.wasm.memory.buffer, at, numbers.length).set(numbers);
    return at;
  }
}

/** What is reserved while `work` runs is given back after it. */
export function scoped<T>(wasm: Exports, work: (memory: Memory) => T): T {
  const mark = wasm.mark();
  try {
    return work(new Memory(wasm));
  } finally {
    wasm.release(mark);
  }
}

function textAt(wasm: Exports, at: number): string {
  const bytes = new Uint8Array(wasm.memory.buffer, at);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** Tells an instance what its network is. */
export function describe(engine: Engine, wasm: Exports, network: Network): void {
  const { activations, loss, reduction } = engine.rowsOf(network);
  const { sizes } = network;
  new Int32Array(wasm.memory.buffer, wasm.sizes_at(), sizes.length).set(sizes);
  new Int32Array(wasm.memory.buffer, wasm.activations_at(), activations.length).set(activations);
  wasm.set_network(layersOf(network), network.bias, loss, reduction, network.setting ?? 0);
}
