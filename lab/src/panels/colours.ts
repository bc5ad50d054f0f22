/** Colours of numbers: red above the middle and blue below it, or one for each class. */

export type Rgb = readonly [number, number, number];

const LOW: Rgb = [37, 99, 235];
const MIDDLE: Rgb = [248, 250, 252];
const HIGH: Rgb = [220, 38, 38];

/** Okabe and Ito's colours, which everyone can tell apart. */
export const CLASS_COLOURS: Rgb[] = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [213, 94, 0],
  [86, 180, 233],
  [240, 228, 66],
  [102, 102, 102],
  [148, 52, 110],
  [60, 60, 160],
];

/** From blue (0) over white to red (1). */
export function diverging(t: number): Rgb {
  const clipped = Math.max(0, Math.min(1, t));
  const [from, to] = clipped < 0.5 ? [LOW, MIDDLE] : [MIDDLE, HIGH];
  return mixed(from, to, clipped < 0.5 ? 2 * clipped : 2 * clipped - 1);
}

/** The colour of a class, the whiter the less sure. */
export function ofClass(index: number, probability: number): Rgb {
  return mixed(MIDDLE, CLASS_COLOURS[index % CLASS_COLOURS.length], probability);
}

export function css([r, g, b]: Rgb): string {
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
}

function mixed(from: Rgb, to: Rgb, t: number): Rgb {
  const of = (i: 0 | 1 | 2) => from[i] + (to[i] - from[i]) * t;
  return [of(0), of(1), of(2)];
}
