/**
 * A network on its table in the engine: where its training stands, and every number of its next
 * iteration. Where it has been, `course.ts` remembers.
 */
import { type Doubles, describe, type Engine, Memory, scoped } from "./engine";
import { layersOf, type Network } from "./network";
import type { Exports } from "./wasm";

/** Rows of the network's inputs and targets, one after the other. */
export interface Data {
  x: Float64Array;
  y: Float64Array;
  rows: number;
}

export type Optimizer =
  | { name: "gradient_descent"; rate: number }
  | { name: "adam"; rate: number; beta1: number; beta2: number; epsilon: number };

/** The optimizer with its usual settings. */
export function optimizerOf(name: Optimizer["name"], rate: number): Optimizer {
  if (name === "adam") return { name, rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  return { name, rate };
}

/** Where a training stands: the parameters after `iteration` updates, and the optimizer's memory. */
export interface Snapshot {
  iteration: number;
  parameters: Float64Array;
  slots: Float64Array[];
}

/** Every number of some rows on their way forward and back: arrays of `rows` rows from `first` on. */
export interface RowNumbers {
  first: number;
  rows: number;
  layers: LayerNumbers[];
  /** rows x K: each output's loss in each row. */
  terms: Float64Array;
  /** rows x K: its derivative, in a; in z where the loss belongs to one activation. */
  derivative: Float64Array;
  loss: number;
  /** What each row's loss is multiplied by. */
  rowScale: number;
  gradient: Float64Array;
}

/** The same of an iteration's batch, and what its update makes of the parameters. */
export interface StepNumbers extends RowNumbers {
  parameters: Float64Array;
  /** Null where the loss is not finite, so that there is no update. */
  updated: Float64Array | null;
  /** The optimizer's memory before and after. */
  slots: Float64Array[];
  updatedSlots: Float64Array[];
}

/** n x nodes each: pre-activations, activations, da/dz, dE/da (but of the last layer), dE/dz. */
export interface LayerNumbers {
  z: Float64Array;
  a: Float64Array;
  slope: Float64Array;
  da: Float64Array;
  delta: Float64Array;
}

const LAYER_ARRAYS = ["z", "a", "slope", "da", "delta"] as const;
const TERMS = 5;
const DERIVATIVE = 6;
const SLOTS: Record<Optimizer["name"], number> = { gradient_descent: 0, adam: 2 };

/** An instance of the engine with room for a network, its optimizer and so many rows. */
class Instance {
  readonly wasm: Exports;
  readonly parameters: Doubles;
  readonly slots: Doubles[];
  private readonly x: Doubles;
  private readonly y: Doubles;
  private data: Data | null = null;

  constructor(
    engine: Engine,
    network: Network,
    { rows }: Data,
    batchSize: number,
    optimizer: Optimizer,
  ) {
    this.wasm = engine.fresh();
    describe(engine, this.wasm, network);
    const memory = new Memory(this.wasm);
    const size = this.wasm.parameter_count();
    this.parameters = memory.room(size);
    this.slots = [memory.room(size), memory.room(size)];
    this.x = memory.room(rows * network.sizes[0]);
    this.y = memory.room(rows * network.sizes[network.sizes.length - 1]);
    this.wasm.reserve_step(rows);
    const { rate, ...settings } = optimizer;
    const numbers = [rate, ...Object.values(settings).filter((value) => typeof value === "number")];
    new Float64Array(this.wasm.memory.buffer, this.wasm.settings_at(), numbers.length).set(numbers);
    const row = engine.optimizerRow(optimizer.name);
    this.wasm.set_training(this.x.at, this.y.at, rows, batchSize, row);
  }

  /** Works on these rows from now on, which are as many as before. */
  use(data: Data): void {
    if (this.data === data) return;
    this.data = data;
    this.x.view().set(data.x);
    this.y.view().set(data.y);
  }
}

export class Training {
  private t = 0;

  constructor(
    readonly engine: Engine,
    readonly network: Network,
    readonly data: Data,
    readonly batchSize: number,
    readonly optimizer: Optimizer,
    private readonly instance = new Instance(engine, network, data, batchSize, optimizer),
  ) {
    instance.use(data);
  }

  /**
   * The same training on other cells of its rows, or at another rate. The two share the engine, so
   * that where one has worked, the other has to be restored before it works.
   */
  changed(data: Data, rate: number): Training {
    const optimizer = { ...this.optimizer, rate };
    const { engine, network, batchSize, instance } = this;
    return new Training(engine, network, data, batchSize, optimizer, instance);
  }

  private get wasm(): Exports {
    return this.instance.wasm;
  }

  private get parameters(): Doubles {
    return this.instance.parameters;
  }

  private get slots(): Doubles[] {
    return this.instance.slots;
  }

  /** Updates made so far. */
  get iteration(): number {
    return this.t;
  }

  get batches(): number {
    return Math.ceil(this.data.rows / this.batchSize);
  }

  /** The rows of the batch that an iteration is made of. */
  batchOf(iteration: number): { first: number; rows: number } {
    const first = (iteration % this.batches) * this.batchSize;
    return { first, rows: Math.min(this.batchSize, this.data.rows - first) };
  }

  /** Starting weights as the library draws them with R's random numbers; biases are 0. */
  draw(method: string, seed: number): void {
    this.parameters.view().fill(0);
    for (const slot of this.slots) slot.view().fill(0);
    this.t = 0;
    this.wasm.initialize(this.engine.initializerRow(method), seed, this.parameters.at);
  }

  save(): Snapshot {
    return {
      iteration: this.t,
      parameters: this.parameters.view().slice(),
      slots: this.usedSlots.map((slot) => slot.view().slice()),
    };
  }

  restore(snapshot: Snapshot): void {
    this.instance.use(this.data);
    this.t = snapshot.iteration;
    this.parameters.view().set(snapshot.parameters);
    snapshot.slots.forEach((slot, i) => {
      this.slots[i].view().set(slot);
    });
  }

  /**
   * Trains `count` iterations on. Gives the loss of each before its update: fewer than `count`
   * where one was not finite, after which there is no update.
   */
  run(count: number): Float64Array {
    const losses = new Float64Array(count);
    let done = 0;
    while (done < count) {
      const atOnce = this.batches === 1 ? count - done : 1;
      const made = this.runOnBatch(atOnce, losses.subarray(done));
      done += made;
      const failed = !Number.isFinite(losses[done - 1]);
      this.t += failed ? made - 1 : made;
      if (failed || made < atOnce) break;
    }
    return losses.subarray(0, done);
  }

  /** Every number of the iteration that comes next. */
  look(): StepNumbers {
    const { first, rows } = this.batchOf(this.t);
    const before = this.save();
    const [loss] = this.run(1);
    const after = this.save();
    this.restore(before);
    return {
      ...this.lookAt(first, rows),
      parameters: before.parameters,
      slots: before.slots,
      updated: Number.isFinite(loss) ? after.parameters : null,
      updatedSlots: after.slots,
    };
  }

  /** The numbers of some rows with the weights as they are, as if they were a batch. */
  lookAt(first: number, rows: number): RowNumbers {
    return scoped(this.wasm, (memory) => {
      const gradient = memory.room(this.parameters.length);
      this.wasm.look(this.parameters.at, gradient.at, first, rows);
      return { first, rows, gradient: gradient.view().slice(), ...this.stepArrays(rows) };
    });
  }

  /** Outputs of the first `layers` layers, all of them unless said otherwise, for rows of inputs. */
  predict(x: Float64Array, layers = layersOf(this.network)): Float64Array {
    const rows = x.length / this.network.sizes[0];
    return scoped(this.wasm, (memory) => {
      const a = memory.room(rows * this.network.sizes[layers]);
      this.wasm.predict(layers, this.parameters.at, memory.doubles(x).at, rows, a.at);
      return a.view().slice();
    });
  }

  private get usedSlots(): Doubles[] {
    return this.slots.slice(0, SLOTS[this.optimizer.name]);
  }

  private runOnBatch(count: number, losses: Float64Array): number {
    const { first, rows } = this.batchOf(this.t);
    const [slot1, slot2] = this.slots;
    return scoped(this.wasm, (memory) => {
      const measured = memory.room(count);
      const made = this.wasm.train(
        this.parameters.at,
        slot1.at,
        slot2.at,
        this.t,
        first,
        rows,
        count,
        this.optimizer.rate,
        measured.at,
      );
      losses.set(measured.view().subarray(0, made));
      return made;
    });
  }

  private stepArrays(rows: number) {
    const array = (which: number, layer: number, width: number) => {
      const at = this.wasm.step_array(which, layer);
      return new Float64Array(this.wasm.memory.buffer, at, rows * width).slice();
    };
    const { sizes } = this.network;
    const last = layersOf(this.network) - 1;
    const layers = sizes.slice(1).map((nodes, layer) => {
      const arrays = LAYER_ARRAYS.map((name, which) => [name, array(which, layer, nodes)]);
      return Object.fromEntries(arrays) as LayerNumbers;
    });
    return {
      layers,
      terms: array(TERMS, last, sizes[last + 1]),
      derivative: array(DERIVATIVE, last, sizes[last + 1]),
      loss: this.wasm.step_loss(),
      rowScale: this.wasm.step_row_scale(),
    };
  }
}
