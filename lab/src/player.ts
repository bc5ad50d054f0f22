/** Plays a run: so many stops or iterations a second, until its end or until it is paused. */
import { signal } from "@preact/signals";
import type { Lab } from "./lab";

export interface Speed {
  title: string;
  /** A second. */
  stops?: number;
  iterations?: number;
}

export const SPEEDS: Speed[] = [
  { title: "a stop a second", stops: 1 },
  { title: "4 stops a second", stops: 4 },
  { title: "5 iterations a second", iterations: 5 },
  { title: "60 iterations a second", iterations: 60 },
  { title: "600 iterations a second", iterations: 600 },
  { title: "as fast as it goes", iterations: Number.POSITIVE_INFINITY },
];

const WORK = 8; // milliseconds of a frame that may go into training
const TRAVEL_WORK = 40; // the same where it goes to an iteration
const LONGEST_FRAME = 100; // milliseconds: a page that was hidden does not catch up
const SECOND = 1000;

export class Player {
  readonly isPlaying = signal(false);
  readonly speed = signal(SPEEDS[3]);
  private owed = 0; // stops or iterations that should have been made by now
  private last = 0;
  private target: number | null = null; // where it is going to

  constructor(private readonly lab: () => Lab) {}

  toggle(): void {
    if (this.isPlaying.value) this.pause();
    else this.play();
  }

  pause(): void {
    this.isPlaying.value = false;
    this.target = null;
  }

  /** Goes to an iteration. A way that takes long is gone in parts, so that the page stays alive. */
  travel(iteration: number): void {
    this.pause();
    this.target = iteration;
    this.goOn();
  }

  private readonly goOn = (): void => {
    const { target } = this;
    if (target === null) return;
    const lab = this.lab();
    if (target < lab.position.value.iteration) lab.goTo(target);
    this.runFor(TRAVEL_WORK, target);
    if (lab.position.value.iteration < target && !lab.isAtEnd) requestAnimationFrame(this.goOn);
    else this.target = null;
  };

  /** Twice as many iterations at a time, for as long as is allowed or up to one of them. */
  private runFor(milliseconds: number, target: number): void {
    const lab = this.lab();
    const end = performance.now() + milliseconds;
    for (let count = 1; performance.now() < end; count *= 2) {
      const { iteration } = lab.position.value;
      if (iteration >= target || lab.isAtEnd) return;
      lab.goTo(Math.min(target, iteration + count));
    }
  }

  /** From the beginning where it stands at the end. */
  play(): void {
    const lab = this.lab();
    if (lab.isAtEnd && !lab.hasFailed) lab.goTo(0, "forward");
    this.isPlaying.value = true;
    this.owed = 0;
    this.last = performance.now();
    requestAnimationFrame(this.frame);
  }

  private readonly frame = (now: number): void => {
    if (!this.isPlaying.value) return;
    const elapsed = Math.min(Math.max(0, now - this.last), LONGEST_FRAME) / SECOND;
    this.last = now;
    const { stops, iterations = 0 } = this.speed.value;
    if (stops) this.playStops(stops * elapsed);
    else if (Number.isFinite(iterations)) this.playIterations(iterations * elapsed);
    else this.runFor(WORK, Number.POSITIVE_INFINITY);
    if (this.lab().isAtEnd) this.pause();
    else requestAnimationFrame(this.frame);
  };

  private playStops(more: number): void {
    this.owed += more;
    for (; this.owed >= 1; this.owed -= 1) this.lab().step();
  }

  /** What a frame has no time for is left out. */
  private playIterations(more: number): void {
    this.owed += more;
    const whole = Math.floor(this.owed);
    this.owed -= whole;
    if (whole) this.runFor(WORK, this.lab().position.value.iteration + whole);
  }
}
