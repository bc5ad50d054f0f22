/**
 * The course of a run: where it stands, every loss so far, and the exact way back to any iteration.
 *
 * What is changed by hand on the way (a weight, a cell, the learning rate) begins a new stretch: what
 * came before it can still be gone back to, what came after it is forgotten.
 */
import type { Snapshot, Training } from "../engine/training";
import { Snapshots } from "./snapshots";

/** Iterations made with one and the same table and settings. */
interface Stretch<Context> {
  training: Training;
  snapshots: Snapshots;
  /** What the screen shows beside it, such as the table. */
  context: Context;
  /** Whether something was changed by hand at its beginning. */
  isByHand: boolean;
}

export class Course<Context> {
  /** The loss of each iteration before its update. */
  readonly losses: number[] = [];
  /** Whether the last of the losses is not finite, so that the run ends there. */
  hasFailed = false;
  private readonly stretches: Stretch<Context>[];
  private at = 0;

  constructor(training: Training, context: Context) {
    this.stretches = [
      { training, snapshots: new Snapshots(training.save()), context, isByHand: false },
    ];
  }

  /** The training, as it stands now. */
  get training(): Training {
    return this.now.training;
  }

  get context(): Context {
    return this.now.context;
  }

  /** The context that the run began with. */
  get firstContext(): Context {
    return this.stretches[0].context;
  }

  /** Updates made so far. */
  get iteration(): number {
    return this.at;
  }

  /** Whether something was changed by hand on the way to here. */
  get isByHand(): boolean {
    return this.stretches.some(
      ({ snapshots, isByHand }) => isByHand && snapshots.start.iteration <= this.at,
    );
  }

  /** The furthest iteration that was reached. */
  get reached(): number {
    return this.losses.length - (this.hasFailed ? 1 : 0);
  }

  /** Goes to an iteration that was reached, or on to one that was not; a failed run ends before. */
  goTo(iteration: number): void {
    const target = Math.max(0, iteration);
    const known = Math.min(target, this.reached);
    if (target < this.at || this.stretchAt(known) !== this.now) this.restore(known);
    if (target > this.at) this.run(target);
  }

  /**
   * A change by hand: on from here with another training, from `snapshot` on. `isInContext`: whether
   * the context says all of it, so that at the very beginning it is none.
   */
  change(training: Training, context: Context, snapshot: Snapshot, isInContext: boolean): void {
    let isByHand = !isInContext || this.at > 0;
    this.losses.length = Math.min(this.losses.length, this.at);
    this.hasFailed = false;
    while (this.last && this.last.snapshots.start.iteration >= this.at) {
      isByHand = this.last.isByHand || isByHand;
      this.stretches.pop();
    }
    this.last?.snapshots.forgetAfter(this.at);
    training.restore(snapshot);
    this.stretches.push({ training, snapshots: new Snapshots(snapshot), context, isByHand });
  }

  private get now(): Stretch<Context> {
    return this.stretchAt(this.at);
  }

  private get last(): Stretch<Context> | undefined {
    return this.stretches[this.stretches.length - 1];
  }

  private stretchAt(iteration: number): Stretch<Context> {
    const begun = this.stretches.findLast(
      ({ snapshots }) => snapshots.start.iteration <= iteration,
    );
    return begun ?? this.stretches[0];
  }

  private restore(iteration: number): void {
    const { training, snapshots } = this.stretchAt(iteration);
    const snapshot = snapshots.before(iteration);
    training.restore(snapshot);
    if (iteration > snapshot.iteration) training.run(iteration - snapshot.iteration);
    this.at = iteration;
  }

  private run(target: number): void {
    const { training, snapshots } = this.now;
    while (this.at < target && !(this.hasFailed && this.at === this.reached)) {
      const next = snapshots.nextAfter(this.at);
      const losses = training.run(Math.min(target, next) - this.at);
      this.note(losses);
      this.at = training.iteration;
      if (this.at === next) snapshots.keep(training.save());
    }
  }

  private note(losses: Float64Array): void {
    losses.forEach((loss, i) => {
      if (this.at + i < this.losses.length) return;
      this.losses.push(loss);
      if (!Number.isFinite(loss)) this.hasFailed = true;
    });
  }
}
