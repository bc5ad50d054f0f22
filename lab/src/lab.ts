/**
 * The state of the page: what is set up, where the run stands, and which number is looked at. Panels
 * read it and call it; nothing is drawn here.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Course } from "./course/course";
import { nextStop, type Position, previousStop } from "./course/stops";
import type { Engine } from "./engine/engine";
import { optimizerOf, Training } from "./engine/training";
import { firstNotFinite } from "./explain/failure";
import { findNumber, numberOfStop } from "./explain/numbers";
import type { Computed } from "./explain/parts";
import { rowId, type Scene } from "./explain/rows";
import { sceneOf } from "./explain/scene";
import { type Parameter, parameterAt } from "./explain/updates";
import { type Prepared, prepare, withCellAt, withRate } from "./prepare";
import { MOST_ITERATIONS, type Setup } from "./setup";
import { type Prediction, predictions } from "./table/predictions";
import type { Cell } from "./table/table";

/** What is shown now: the numbers of one iteration, and what they belong to. */
export interface View {
  position: Position;
  prepared: Prepared;
  scene: Scene;
}

export class Lab {
  readonly position: ReadonlySignal<Position>;
  readonly view: ReadonlySignal<View>;
  readonly setup: ReadonlySignal<Setup>;
  /** The chosen row, from 0. */
  readonly row = signal(0);
  /** The id of the number that is looked at, and of those before it. */
  readonly chosen = signal("");
  readonly trail = signal<string[]>([]);
  /** Whether it was chosen by hand: then it stays, else it goes along with the stops. */
  readonly isPinned = signal(false);
  /** The id under the pointer. */
  readonly hovered = signal("");
  readonly asking = signal(false);
  /** What the user should know, such as why a file could not be read. */
  readonly message = signal("");
  private readonly at: Signal<Position>;
  private readonly changes = signal(0);
  /** How many iterations are planned. */
  private readonly planned: Signal<number>;
  /** Ids of the numbers that were found while asking, with their iteration. */
  readonly found = signal<ReadonlySet<string>>(new Set());
  private course: Course<Prepared>;

  /** Throws TableError on a table that cannot be used. */
  constructor(
    readonly engine: Engine,
    setup: Setup,
  ) {
    this.planned = signal(setup.iterations);
    this.at = signal({ iteration: 0, stop: "forward" });
    this.course = begun(engine, setup);
    this.position = this.at;
    this.setup = computed(() => {
      this.changes.value;
      return { ...this.course.context.setup, iterations: this.planned.value };
    });
    this.view = computed(() => this.look(this.at.value));
    this.chosen.value = this.firstChoice();
  }

  /** The loss of every iteration so far, before its update. */
  get losses(): readonly number[] {
    this.changes.value;
    return this.course.losses;
  }

  get reached(): number {
    return this.course.reached;
  }

  /** What the run began with. */
  get begun(): Prepared {
    const { firstContext } = this.course;
    const setup = { ...firstContext.setup, iterations: this.planned.value };
    return { ...firstContext, setup };
  }

  /** Whether a weight, a cell or the rate was changed by hand on the way to here. */
  get isByHand(): boolean {
    this.changes.value;
    return this.course.isByHand;
  }

  /** Whether the run ended because a number was not finite. */
  get hasFailed(): boolean {
    this.changes.value;
    return this.course.hasFailed;
  }

  /** What is looked at: under the pointer, else as chosen; null where this iteration has it not. */
  readonly number: ReadonlySignal<Computed | null> = computed(() =>
    findNumber(this.view.value.scene, this.hovered.value || this.chosen.value),
  );

  /** What is predicted of every row, for each target. */
  readonly predictions: ReadonlySignal<Prediction[]> = computed(() => {
    const { scene, prepared } = this.view.value;
    const outputs = scene.table.layers[scene.table.layers.length - 1].a;
    return predictions(scene.engine, prepared.encoding, outputs, scene.table.rows);
  });

  /** The first number that is not finite, where the run ended for it. */
  readonly failure = computed(() => {
    const { scene, position } = this.view.value;
    const ended = this.hasFailed && position.iteration === this.reached;
    return ended ? firstNotFinite(scene) : null;
  });

  /** Another table, network or seed: from the beginning. Throws TableError, and changes nothing then. */
  restart(setup: Setup): void {
    this.course = begun(this.engine, setup);
    this.planned.value = setup.iterations;
    this.found.value = new Set();
    this.row.value = Math.min(this.row.value, this.course.context.table.rows - 1);
    this.at.value = { iteration: 0, stop: "forward" };
    this.changed();
    if (!findNumber(this.view.value.scene, this.chosen.value)) {
      this.chosen.value = this.firstChoice();
      this.isPinned.value = false;
    }
    this.trail.value = [];
  }

  goTo(iteration: number, stop = this.at.value.stop): void {
    const isOther = stop !== this.at.value.stop;
    this.course.goTo(Math.min(iteration, this.planned.value));
    this.at.value = { iteration: this.course.iteration, stop };
    this.changed();
    if (isOther) this.follow();
  }

  step(): void {
    const next = nextStop(this.at.value);
    if (next.stop === "forward" && this.isAtEnd) return;
    this.goTo(next.iteration, next.stop);
  }

  back(): void {
    const previous = previousStop(this.at.value);
    this.goTo(previous.iteration, previous.stop);
  }

  /** What is looked at is a number that this stop makes, near the one before. */
  private follow(): void {
    if (this.isPinned.value) return;
    const { scene, position } = this.view.value;
    const id = numberOfStop(scene, position.stop, this.chosen.value, this.row.value);
    if (findNumber(scene, id)) this.chosen.value = id;
  }

  /** Lets go of what was chosen by hand. */
  release(): void {
    this.isPinned.value = false;
    this.trail.value = [];
    this.follow();
  }

  /** Whether there is no further iteration: the planned ones are done, or the run has failed. */
  get isAtEnd(): boolean {
    const { iteration } = this.at.value;
    const failed = this.course.hasFailed && iteration === this.course.reached;
    return failed || iteration >= this.planned.value;
  }

  /** Plans another number of iterations. */
  plan(iterations: number): void {
    this.planned.value = Math.max(1, Math.min(iterations, MOST_ITERATIONS));
    if (this.course.iteration > this.planned.value) this.goTo(this.planned.value);
  }

  /** Chooses a row; what is looked at is then that of this row. */
  chooseRow(row: number): void {
    const id = this.chosen.value;
    const before = rowId(this.row.value);
    this.row.value = row;
    if (id.startsWith(before)) this.chosen.value = rowId(row) + id.slice(before.length);
  }

  choose(id: string): void {
    if (id === this.chosen.value) return;
    this.trail.value = [...this.trail.value, this.chosen.value];
    this.chosen.value = id;
    this.isPinned.value = true;
  }

  /** Back to what was looked at before. */
  retrace(): void {
    const before = this.trail.value.at(-1);
    if (before === undefined) return;
    this.trail.value = this.trail.value.slice(0, -1);
    this.chosen.value = before;
  }

  /** A weight or bias as it was typed in: from here on. */
  setParameter(parameter: Parameter, value: number): void {
    const { training, context } = this.course;
    const snapshot = training.save();
    snapshot.parameters[parameterAt(this.view.value.scene, parameter)] = value;
    this.change(training, context, snapshot, false);
  }

  /**
   * A cell as it was typed in: from here on, encoded as before; at the very beginning the run begins
   * anew with the other table. Throws TableError where it does not fit.
   */
  setCell(name: string, row: number, cell: Cell): void {
    const { training, context, iteration, isByHand } = this.course;
    const prepared = withCellAt(this.engine, context, name, row, cell);
    if (iteration === 0 && !isByHand) {
      this.restart({ ...this.setup.value, table: prepared.setup.table });
      return;
    }
    const { rate } = context.setup;
    this.change(training.changed(prepared.data, rate), prepared, training.save(), true);
  }

  /** Another learning rate: from here on. */
  setRate(rate: number): void {
    const { training, context } = this.course;
    const prepared = withRate(context, rate);
    this.change(training.changed(context.data, rate), prepared, training.save(), true);
  }

  private change(...change: Parameters<Course<Prepared>["change"]>): void {
    this.course.change(...change);
    this.changed();
  }

  private changed(): void {
    this.changes.value += 1;
  }

  private firstChoice(): string {
    return `${rowId(this.row.value)}z1.1`;
  }

  private look(position: Position): View {
    this.changes.value;
    const { training, context } = this.course;
    const scene = sceneOf(training, context.features, context.stepsOf);
    return { position, prepared: context, scene };
  }

  /** Outputs of the first `layers` layers for rows of inputs, with the weights as they are now. */
  predict(x: Float64Array, layers?: number): Float64Array {
    return this.course.training.predict(x, layers);
  }
}

function begun(engine: Engine, setup: Setup): Course<Prepared> {
  const prepared = prepare(engine, setup);
  const training = trainingOf(engine, prepared);
  if (setup.model) {
    const { parameters } = setup.model;
    training.restore({ ...training.save(), parameters });
  } else {
    training.draw(setup.start, setup.seed);
  }
  return new Course(training, prepared);
}

function trainingOf(engine: Engine, { network, data, setup }: Prepared): Training {
  const batchSize = setup.batchSize || data.rows;
  const optimizer = optimizerOf(setup.optimizer, setup.rate);
  return new Training(engine, network, data, Math.min(batchSize, data.rows), optimizer);
}
