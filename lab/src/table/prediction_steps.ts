/** From a row's outputs to the prediction of each target, step by step (explanation/predictions.py). */
import formulas from "../../generated/formulas.json";
import type { Engine } from "../engine/engine";
import { type Operand, operandOf, type Step, step } from "../explain/parts";
import { shortNumber } from "../numerals";
import type { Encoding, TargetEncoding } from "./encoding";
import { type ClassTarget, labelTexts, widthOf } from "./features";
import { AS_IT_IS, computed, given } from "./input_steps";
import { chosenClass, probabilitiesOf, weighedBy } from "./predictions";

const TARGETS = formulas.targets;
const SUMS_TO_1 = 1e-9; // how near outputs must add up to 1 to be shown as probabilities
const NEARLY = 1e-8; // what numpy.isclose allows beside

/** Each target with its number from 1, and its part of K things. */
export function byTarget<T>(encoding: Encoding, all: T[]): [number, TargetEncoding, T[]][] {
  let first = 0;
  return encoding.targets.map((target, i) => {
    const part = all.slice(first, first + widthOf(target));
    first += part.length;
    return [i + 1, target, part];
  });
}

/** From a row's K outputs to the prediction of each target. */
export function predictionSteps(
  engine: Engine,
  encoding: Encoding,
  outputs: Operand[],
  row: number,
): Step[] {
  return byTarget(encoding, outputs).flatMap(([number, target, part]) => {
    const id = `r${row + 1}.t${number}`;
    return target.kind === "number"
      ? numberPrediction(engine, target, part[0], id)
      : classPrediction(engine, target, part, id);
  });
}

function numberPrediction(
  engine: Engine,
  target: Extract<TargetEncoding, { kind: "number" }>,
  output: Operand,
  id: string,
): Step[] {
  const steps: Step[] = [];
  const { decode, clip } = TARGETS.number;
  if (target.scale !== 1 || target.center !== 0) {
    const operands = {
      a: output,
      s: given("scale", target.scale),
      m: given("centre", target.center),
    };
    const says = "back to the target's unit";
    steps.push(computed(engine, `${id}.unit`, "in its unit", decode, operands, says));
  }
  if (target.low !== null && target.high !== null) {
    const x = steps.length ? operandOf(steps[0]) : output;
    const operands = { x, p: given("smallest", target.low), q: given("largest", target.high) };
    const says = "clipped to the range seen in training";
    steps.push(computed(engine, `${id}.held`, "", clip, operands, says));
  }
  const last = steps.pop() ?? step("", "", output.value, "a", { a: output }, AS_IT_IS);
  return [...steps, { ...last, id: `${id}.answer`, symbol: `prediction of ${target.name}` }];
}

function classPrediction(
  engine: Engine,
  target: ClassTarget,
  outputs: Operand[],
  id: string,
): Step[] {
  const columns = outputs.map(({ value }) => Float64Array.of(value as number));
  const probabilities = probabilitiesOf(engine, target, columns);
  const weighed = weighedBy(engine, target, probabilities);
  const labels = labelTexts(target);
  const steps = labels.flatMap((label, k) => {
    const { formula, operands } = probabilityFormula(engine, target, outputs, k);
    const [value] = probabilities[k];
    const probability = step(
      `${id}.p${k + 1}`,
      `probability of ${label}`,
      value,
      formula,
      operands,
    );
    if (!target.frequencies.length) return [probability];
    const f = given(`frequency of ${label}`, target.frequencies[k]);
    const over = step(
      `${id}.q${k + 1}`,
      `${label}, over its frequency`,
      weighed[k][0],
      TARGETS.class["over frequency"],
      { p: operandOf(probability), f },
    );
    return [probability, over];
  });
  const chosen =
    labels[
      chosenClass(
        target,
        weighed.map(([value]) => value),
      )
    ];
  const says = howItIsChosen(target);
  return [...steps, step(`${id}.answer`, `prediction of ${target.name}`, chosen, "", {}, says)];
}

function howItIsChosen(target: ClassTarget): string {
  const labels = labelTexts(target);
  if (target.threshold !== null)
    return `${labels[1]} from a probability of ${shortNumber(target.threshold, 4)} on`;
  if (target.frequencies.length)
    return "the class of the largest probability over its frequency in the training";
  return "the class of the largest probability";
}

function probabilityFormula(
  engine: Engine,
  target: ClassTarget,
  outputs: Operand[],
  k: number,
): { formula: string; operands: Record<string, Operand> } {
  const formulaOf = TARGETS.class;
  if (target.labels.length === 2) {
    const formula = formulaOf[k ? "second of two" : "first of two"];
    return { formula, operands: { a: outputs[0] } };
  }
  const values = Object.fromEntries(outputs.map(({ value }, i) => [`a${i}`, value as number]));
  const sum = engine.number(Object.keys(values).join(" + "), values);
  if (Math.abs(sum - 1) <= NEARLY + SUMS_TO_1) return { formula: "a", operands: { a: outputs[k] } };
  const operands = { a: outputs[k], s: given("sum of the outputs", sum) };
  return { formula: formulaOf.probability, operands };
}
