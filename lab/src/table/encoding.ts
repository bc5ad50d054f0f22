/**
 * How cells become the network's inputs and targets, and outputs become predictions: the library's
 * encodings (tables/inputs.py, tables/targets.py), whose formulas the engine evaluates.
 */

export type Task = "regression" | "binary" | "multiclass";

/** As the model file has them (models/structure.py); names as there. */
export type InputEncoding =
  | {
      kind: "number";
      name: string;
      center: number;
      scale: number;
      smooth_clip: boolean;
      fill: number;
      indicator: boolean;
      date: boolean;
      bin_edges: number[];
      bin_height: number;
      fill_learnt: boolean;
      format: unknown;
    }
  | { kind: "binary"; name: string; levels: [string, string]; indicator: boolean; cells: string }
  | { kind: "categories"; name: string; levels: string[]; indicator: boolean; cells: string }
  | { kind: "unused"; name: string; reason: string };

export type TargetEncoding =
  | {
      kind: "number";
      name: string;
      center: number;
      scale: number;
      low: number | null;
      high: number | null;
      format: unknown;
    }
  | {
      kind: "class";
      name: string;
      labels: (string | number | boolean)[];
      threshold: number | null;
      frequencies: number[];
    };

export interface Encoding {
  task: Task;
  inputs: InputEncoding[];
  targets: TargetEncoding[];
}

/** How the columns of a table become inputs where no model says it. */
export type Rule =
  /** Numbers as they are: what `glassnet demo TABLE` does. */
  | "as it is"
  /** Numbers from 0 to 1: `glassnet demo TABLE --scale`. */
  | "0 to 1"
  /** The library's affine encoding: `glassnet train --affine`. */
  | "centred";
