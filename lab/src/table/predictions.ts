/** Outputs become predictions in the target's unit (tables/targets.py). */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import type { Encoding, TargetEncoding } from "./encoding";
import { type ClassTarget, labelTexts, widthOf } from "./features";

const TARGETS = formulas.targets;

/** What is predicted of N rows for one target. */
export type Prediction =
  | { kind: "number"; name: string; values: Float64Array }
  | {
      kind: "class";
      name: string;
      labels: string[];
      /** The number of the class that is predicted, N. */
      classes: Int32Array;
      /** For each class N probabilities. */
      probabilities: Float64Array[];
    };

/** The predictions of each target from N x K outputs. */
export function predictions(
  engine: Engine,
  encoding: Encoding,
  outputs: Float64Array,
  rows: number,
): Prediction[] {
  const width = rows ? outputs.length / rows : 0;
  let first = 0;
  return encoding.targets.map((target) => {
    const count = widthOf(target);
    const columns = Array.from({ length: count }, (_, k) =>
      Float64Array.from({ length: rows }, (_, row) => outputs[row * width + first + k]),
    );
    first += count;
    if (target.kind === "class") return classPrediction(engine, target, columns, rows);
    return {
      kind: "number",
      name: target.name,
      values: numberPrediction(engine, target, columns[0]),
    };
  });
}

function numberPrediction(
  engine: Engine,
  target: Extract<TargetEncoding, { kind: "number" }>,
  a: Float64Array,
): Float64Array {
  const x = engine.evaluate(TARGETS.number.decode, { a, s: target.scale, m: target.center });
  if (target.low === null || target.high === null) return x;
  return engine.evaluate(TARGETS.number.clip, { x, p: target.low, q: target.high });
}

function classPrediction(
  engine: Engine,
  target: ClassTarget,
  columns: Float64Array[],
  rows: number,
): Prediction {
  const probabilities = probabilitiesOf(engine, target, columns);
  const weighed = weighedBy(engine, target, probabilities);
  const classes = Int32Array.from({ length: rows }, (_, row) =>
    chosenClass(
      target,
      weighed.map((column) => column[row]),
    ),
  );
  const labels = labelTexts(target);
  return { kind: "class", name: target.name, labels, classes, probabilities };
}

/** The outputs of a target as probabilities of its classes, which add up to 1. */
export function probabilitiesOf(
  engine: Engine,
  target: ClassTarget,
  columns: Float64Array[],
): Float64Array[] {
  const formulaOf = TARGETS.class;
  let all = columns;
  if (target.labels.length === 2) {
    const [a] = columns;
    all = [engine.evaluate(formulaOf["first of two"], { a }), a];
  }
  const names = all.map((_, k) => `a${k}`);
  const values = Object.fromEntries(all.map((column, k) => [names[k], column]));
  const s = engine.evaluate(`1 if ${names.join(" + ")} == 0 else ${names.join(" + ")}`, values);
  return all.map((a) => engine.evaluate(formulaOf.probability, { a, s }));
}

/** Probabilities as they are compared: over the frequencies of the classes, where it has these. */
export function weighedBy(
  engine: Engine,
  target: ClassTarget,
  probabilities: Float64Array[],
): Float64Array[] {
  if (!target.frequencies.length) return probabilities;
  return probabilities.map((p, k) =>
    engine.evaluate(TARGETS.class["over frequency"], { p, f: target.frequencies[k] }),
  );
}

/** The number of the class that is predicted: the first of the largest, or by the threshold. */
export function chosenClass(target: ClassTarget, weighed: number[]): number {
  if (target.threshold !== null) return weighed[1] >= target.threshold ? 1 : 0;
  return weighed.indexOf(Math.max(...weighed));
}
