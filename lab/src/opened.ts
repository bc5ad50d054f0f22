/**
 * What a page or a notebook's widget opens, as Python makes it (src/glassnet/lab/document.py), and
 * what a widget shares with Python while it runs (src/glassnet/lab/widget.py).
 */

export interface OpenedDocument {
  table?: OpenedTable;
  /** The columns to predict; chosen in the page where none are named. */
  targets?: string[];
  /** Columns that are not inputs. */
  ignored?: string[];
  /** Of a run of `glassnet demo`: optimizer, rate, start, seed, as `setup.ts` has them. */
  setup?: Record<string, unknown>;
  /** A model file, and what it is called. */
  model?: { name: string; base64: string };
}

export interface OpenedTable {
  name: string;
  columns: { name: string; kind: "number" | "text"; cells: (number | string | null)[] }[];
  rows: number;
  /** What the user should know, such as that there were more rows. */
  note?: string;
}

/** The state of a widget, which anywidget's `model` gets and sets by these names. */
export interface Shared {
  document: OpenedDocument;
  /** Where the training stands. Set on either side; the other follows. */
  iteration: number;
  /** The model as the page would save it now, a file's bytes; set by the page alone. */
  model_file: DataView;
}
