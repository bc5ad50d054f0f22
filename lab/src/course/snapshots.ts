/**
 * Where a training was: its state at some iterations, from which all others are computed again. So
 * the way back is exact, and needs little memory.
 */
import type { Snapshot } from "../engine/training";

const MOST_BYTES = 32 * 2 ** 20;
const FEWEST = 16;
const MOST = 2048;
const DOUBLE = 8;

export class Snapshots {
  private kept: Snapshot[];
  private readonly most: number;
  /** Iterations from one to the next; it doubles whenever there are too many. */
  private apart = 1;

  constructor(start: Snapshot) {
    this.kept = [start];
    const bytes = DOUBLE * start.parameters.length * (1 + start.slots.length);
    this.most = Math.max(FEWEST, Math.min(MOST, Math.floor(MOST_BYTES / bytes)));
  }

  get start(): Snapshot {
    return this.kept[0];
  }

  /** The next iteration after `iteration` that is to be kept. */
  nextAfter(iteration: number): number {
    const first = this.start.iteration;
    return first + this.apart * (Math.floor((iteration - first) / this.apart) + 1);
  }

  /** The last one at or before an iteration. */
  before(iteration: number): Snapshot {
    return this.kept.findLast((snapshot) => snapshot.iteration <= iteration) ?? this.start;
  }

  keep(snapshot: Snapshot): void {
    if (snapshot.iteration <= this.kept[this.kept.length - 1].iteration) return;
    this.kept.push(snapshot);
    if (this.kept.length <= this.most) return;
    this.apart *= 2;
    const first = this.start.iteration;
    this.kept = this.kept.filter(({ iteration }) => (iteration - first) % this.apart === 0);
  }

  /** Forgets what came after an iteration. */
  forgetAfter(iteration: number): void {
    this.kept = this.kept.filter((snapshot) => snapshot.iteration <= iteration);
  }
}
