/** The four stops of one iteration, and how one goes from stop to stop. */

export const STOPS = ["forward", "loss", "backward", "update"] as const;
export type Stop = (typeof STOPS)[number];

export interface Position {
  /** Updates made before this iteration. */
  iteration: number;
  stop: Stop;
}

export function nextStop({ iteration, stop }: Position): Position {
  const at = STOPS.indexOf(stop);
  if (at < STOPS.length - 1) return { iteration, stop: STOPS[at + 1] };
  return { iteration: iteration + 1, stop: STOPS[0] };
}

export function previousStop({ iteration, stop }: Position): Position {
  const at = STOPS.indexOf(stop);
  if (at > 0) return { iteration, stop: STOPS[at - 1] };
  if (iteration === 0) return { iteration, stop };
  return { iteration: iteration - 1, stop: STOPS[STOPS.length - 1] };
}
