/** A table as the lab holds it: typed columns, however it came. */

/** A number, a text, or null where the cell is missing. */
export type Cell = number | string | null;

export interface Column {
  name: string;
  /** What its known cells are. */
  kind: "number" | "text";
  cells: Cell[];
}

export interface Table {
  name: string;
  columns: Column[];
  rows: number;
  /** What a reader should know of it, such as that there were more rows. */
  note?: string;
}

/** The most rows that the lab takes of a table; it says so where there are more. */
export const MOST_ROWS = 2000;

/** What cannot be used, in words that name the file, column or row and the fix. */
export class TableError extends Error {}

export function columnNamed(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (!found) throw new TableError(`${table.name} has no column '${name}'`);
  return found;
}

/** The table with another cell; the old one stays as it is. */
export function withCell(table: Table, name: string, row: number, cell: Cell): Table {
  const columns = table.columns.map((column) =>
    column.name === name ? { ...column, cells: column.cells.with(row, cell) } : column,
  );
  return { ...table, columns };
}
