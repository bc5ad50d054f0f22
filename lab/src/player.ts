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
const LONGEST_FRAME = 100; // milliseconds: a page that was hidden does not catch up
const SECOND = 1000;

export class Player {
  readonly isPlaying = signal(false);
  readonly speed = signal(SPEEDS[3]);
  private owed = 0; // stops or iterations that should have been made by now
  private last = 0;

  constructor(private readonly lab: () => Lab) {}

  toggle(): void {
    if (this.isPlaying.value) this.pause();
    else this.play();
  }

  pause(): void {
    this.isPlaying.value = false;
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
    else this.playForAWhile();
    if (this.lab().isAtEnd) this.pause();
    else requestAnimationFrame(this.frame);
  };

  private playStops(more: number): void {
    this.owed += more;
    for (; this.owed >= 1; this.owed -= 1) this.lab().step();
  }

  private playIterations(more: number): void {
    this.owed += more;
    const whole = Math.floor(this.owed);
    this.owed -= whole;
    const lab = this.lab();
    if (whole) lab.goTo(lab.position.value.iteration + whole);
  }

  /** Twice as many iterations at a time, for as long as a frame allows. */
  private playForAWhile(): void {
    const lab = this.lab();
    const end = performance.now() + WORK;
    for (let count = 1; performance.now() < end && !lab.isAtEnd; count *= 2)
      lab.goTo(lab.position.value.iteration + count);
  }
}
