/**
 * The plane of two columns: a grid of rows that are the chosen row but for these two cells, and what
 * the network makes of them.
 */
import { layersOf } from "../engine/network";
import type { Lab, View } from "../lab";
import type { Prepared } from "../prepare";
import { gridInputs } from "../table/encode";
import type { Column } from "../table/table";

export interface Axis {
  column: Column;
  low: number;
  high: number;
}

const known = new WeakMap<Prepared, Axis[]>();

/** The columns of numbers that are inputs, with their range and some room around it. */
export function axesOf({ prepared }: View): Axis[] {
  let found = known.get(prepared);
  if (!found) {
    found = newAxes(prepared);
    known.set(prepared, found);
  }
  return found;
}

function newAxes({ encoding, table }: Prepared): Axis[] {
  return encoding.inputs
    .filter(({ kind }) => kind === "number")
    .map(({ name }) => table.columns.find((column) => column.name === name))
    .filter((column) => column !== undefined)
    .map((column) => ({ column, ...rangeOf(column) }));
}

function rangeOf({ cells }: Column): { low: number; high: number } {
  const known = cells.filter((cell) => typeof cell === "number");
  const low = Math.min(...known);
  const high = Math.max(...known);
  const room = (high - low || 1) * 0.08;
  return { low: low - room, high: high + room };
}

/** Values from `low` to `high`. */
export function spaced({ low, high }: Axis, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/**
 * Outputs of the first `layers` layers on the grid: rows of the picture from the top, `count` each;
 * along one column alone where there is no second.
 */
export function onGrid(
  lab: Lab,
  view: View,
  x: Axis,
  y: Axis | null,
  count: number,
  layers = layersOf(view.scene.network),
): Float64Array {
  const { prepared, scene } = view;
  const inputs = gridInputs(
    scene.engine,
    prepared.encoding,
    prepared.table,
    lab.row.value,
    x.column.name,
    [...spaced(x, count)],
    y?.column.name ?? "",
    y ? [...spaced(y, count)].reverse() : [null],
  );
  return lab.predict(inputs, layers);
}
