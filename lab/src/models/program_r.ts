/** The run on the screen as a program in base R, with feedforward, backprop and update written out. */
import formulas from "../../generated/formulas.json";
import { type Loss, lossNamed } from "../engine/engine";
import { layerAt, layersOf, type Network } from "../engine/network";
import { type Optimizer, optimizerOf } from "../engine/training";
import { inR } from "../formulas/in_r";
import { parse } from "../formulas/parse";
import { numberText } from "../numerals";
import type { Setup } from "../setup";
import type { Encoding, TargetEncoding } from "../table/encoding";
import { labelTexts } from "../table/features";
import type { Cell, Column, Table } from "../table/table";
import {
  columnsOf,
  fileOf,
  firstOutputs,
  inputsOf,
  isSmall,
  number,
  quoted,
  targetsOf,
  usedFunctions,
} from "./program_rows";

const OF_NUMBER = formulas.inputs.number;
const FUNCTIONS = {
  numbers: "numbers <- function(name) as.numeric(table[[name]])",
  texts: "texts <- function(name) as.character(table[[name]])",
  is_missing: "is_missing <- function(name) 1 * is.na(table[[name]])",
  filled: `filled <- function(name, fill) {
  x <- numbers(name)
  ifelse(is.na(x), fill, x)
}`,
  clipped: `clipped <- function(u) ${inR(parse(OF_NUMBER.smooth_clip))}`,
  bin: `bin <- function(x, low, high) ${inR(parse(OF_NUMBER.bin), { p: "low", q: "high" })}`,
  is_level: "is_level <- function(name, level) 1 * (texts(name) %in% level)",
  minus_or_plus:
    "minus_or_plus <- function(name, low, high) is_level(name, high) - is_level(name, low)",
  unknown: "unknown <- function(name, ...) 1 * !(texts(name) %in% c(...))",
  sigmoid: "sigmoid <- function(z) 1 / (1 + exp(-z))",
  softplus: "softplus <- function(z) larger(z, 0) + log(1 + exp(-abs(z)))",
  larger: "larger <- function(p, q) ifelse(p > q, p, q)",
  smaller: "smaller <- function(p, q) ifelse(p < q, p, q)",
};
/** The square of where a weight's interval ends, on both sides of 0; "uniform" goes from 0 to 1. */
const INTERVALS: Record<string, (before: number, after: number) => string> = {
  glorot: (before, after) => `6 / (${before} + ${after})`,
  he: (before) => `6 / ${before}`,
  lecun: (before) => `3 / ${before}`,
};

/** The program that gives the numbers after so many iterations. */
export function programInR(
  setup: Setup,
  encoding: Encoding,
  network: Network,
  iterations: number,
): string {
  const { table } = setup;
  const columns = columnsOf(encoding, table);
  const rows = table.rows;
  const batchSize = Math.min(setup.batchSize || rows, rows);
  const isWhole = batchSize === rows;
  const arrays = [bound("x", inputsOf(encoding, table)), bound("y", targetsOf(encoding))].join(
    "\n",
  );
  const training = iterations ? trainingText(setup, network, iterations, batchSize, isWhole) : "";
  const ending = [
    ...feedforward(network, "x"),
    ...lossText(network, "y"),
    'cat("loss:", format(loss, digits = 15), "\\n")',
    `output <- a${layersOf(network)}`,
    ...firstOutputs(encoding).map(([target, first]) => predictionText(target, first)),
  ].join("\n");
  const all = [arrays, training, ending].join("\n");
  const parts = [
    tableText(table, columns),
    usedFunctions(FUNCTIONS, all).join("\n"),
    arrays,
    startText(setup, network),
    training,
    ending,
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function vector(items: string[]): string {
  return `c(${items.join(", ")})`;
}

function tableText(table: Table, columns: Column[]): string {
  if (!isSmall(columns))
    return `# The predictions as they are saved from the page, which hold the table too.
table <- read.csv(
  ${quoted(fileOf(table))}, check.names = FALSE, colClasses = "character",
  na.strings = "", encoding = "UTF-8"
)`;
  const lines = columns.map(({ name, cells }) => `  ${quoted(name)} = ${vector(cells.map(cell))}`);
  return `table <- list(\n${lines.join(",\n")}\n)`;
}

function cell(value: Cell): string {
  if (value === null) return "NA";
  return typeof value === "number" ? numberText(value) : quoted(value);
}

function bound(name: string, columns: string[]): string {
  return `${name} <- cbind(\n${columns.map((column) => `  ${column}`).join(",\n")}\n)`;
}

function startText({ model, start, seed }: Setup, network: Network): string {
  const { sizes, bias } = network;
  const lines: string[] = model ? [] : [`set.seed(${seed})`];
  sizes.slice(1).forEach((nodes, i) => {
    const before = sizes[i];
    const count = `${before} * ${nodes}`;
    let drawn = `runif(${count})`;
    if (model) {
      const at = layerAt(network, i);
      drawn = vector([...model.parameters.subarray(at, at + before * nodes)].map(number));
    } else if (start !== "uniform") {
      lines.push(`end <- sqrt(${INTERVALS[start](before, nodes)})`);
      drawn = `runif(${count}, -end, end)`;
    }
    lines.push(`w${i + 1} <- matrix(${drawn}, ${before}, ${nodes}, byrow = TRUE)`);
  });
  let at = layerAt(network, layersOf(network));
  if (bias)
    sizes.slice(1).forEach((nodes, i) => {
      const given = model && vector([...model.parameters.subarray(at, at + nodes)].map(number));
      lines.push(`b${i + 1} <- ${given ?? `rep(0, ${nodes})`}`);
      at += nodes;
    });
  return lines.join("\n");
}

/** z and a of every layer, for rows of inputs. */
function feedforward({ activations, bias }: Network, x: string): string[] {
  return activations.flatMap((activation, i) => {
    const l = i + 1;
    const input = i ? `a${i}` : x;
    const added = bias ? ` + rep(b${l}, each = nrow(${x}))` : "";
    const z = `z${l} <- ${input} %*% w${l}${added}`;
    if (activation === "softmax") {
      const { formula, row_term } = formulas.activations.softmax;
      // less the row's largest, which changes nothing but that no exponential is infinite
      const shifted = { z: `z${l} - apply(z${l}, 1, max)`, s: "rowSums(e)" };
      const term = inR(parse(row_term), shifted);
      return [z, `e <- ${term}`, `a${l} <- ${inR(parse(formula.replace(row_term, "e")), shifted)}`];
    }
    return [z, `a${l} <- ${formulaOf(activation, "formula", l)}`];
  });
}

function formulaOf(activation: string, which: "formula" | "derivative_formula", l: number): string {
  const row = (formulas.activations as Record<string, { [name: string]: string }>)[activation];
  return inR(parse(row[which]), { z: `z${l}`, a: `a${l}` });
}

/** What each row's loss is divided by. */
function divisor({ reduction }: Loss, y: string): string {
  return { sum: "", mean: ` / length(${y})`, mean_rows: ` / nrow(${y})` }[reduction] ?? "";
}

function namesOfLoss(network: Network, y: string): Record<string, string> {
  const l = layersOf(network);
  const names: Record<string, string> = { z: `z${l}`, a: `a${l}`, y };
  if (network.setting !== undefined) names.h = number(network.setting);
  return names;
}

function lossText(network: Network, y: string): string[] {
  const loss = lossNamed(network.loss);
  const l = layersOf(network);
  const formula = inR(parse(loss.stable_formula || loss.formula), {
    ...namesOfLoss(network, y),
    l: `log(rowSums(exp(z${l})))`,
  });
  return [`loss <- sum(${formula})${divisor(loss, y)}`];
}

/** The deltas of every layer, the last one first, and the gradient. */
function backprop(network: Network, x: string, y: string): string[] {
  const { activations, bias } = network;
  const l = layersOf(network);
  const lines = lastDelta(network, y);
  for (let i = l - 1; i >= 1; i--) {
    const slope = formulaOf(activations[i - 1], "derivative_formula", i);
    lines.push(`delta${i} <- (delta${i + 1} %*% t(w${i + 1})) * (${slope})`);
  }
  for (let i = 1; i <= l; i++) {
    lines.push(`dw${i} <- t(${i > 1 ? `a${i - 1}` : x}) %*% delta${i}`);
    if (bias) lines.push(`db${i} <- colSums(delta${i})`);
  }
  return lines;
}

function lastDelta(network: Network, y: string): string[] {
  const loss = lossNamed(network.loss);
  const l = layersOf(network);
  const names = namesOfLoss(network, y);
  const lines: string[] = [];
  if (loss.row_term) {
    lines.push(`g <- ${inR(parse(loss.row_term), names)}`, "s <- rowSums(g)");
  }
  const derivative = inR(parse(loss.derivative_formula), names);
  const scaled = `(${derivative})${divisor(loss, y)}`;
  const output = network.activations[l - 1];
  if (loss.output !== null) return [...lines, `delta${l} <- ${scaled}`];
  if (output === "softmax")
    return [
      ...lines,
      `da <- ${scaled}`,
      `delta${l} <- ${inR(parse(formulas.softmax_backward), { a: `a${l}`, m: `rowSums(da * a${l})` })}`,
    ];
  return [...lines, `delta${l} <- ${scaled} * (${formulaOf(output, "derivative_formula", l)})`];
}

function trainingText(
  setup: Setup,
  network: Network,
  iterations: number,
  batchSize: number,
  isWhole: boolean,
): string {
  const [x, y] = isWhole ? ["x", "y"] : ["xb", "yb"];
  const names = network.sizes.slice(1).flatMap((_, i) => {
    const l = i + 1;
    return network.bias ? [`w${l}`, `b${l}`] : [`w${l}`];
  });
  const batch = isWhole
    ? []
    : [
        `first <- (t - 1) %% ceiling(nrow(x) / ${batchSize}) * ${batchSize} + 1`,
        `rows <- first:min(first + ${batchSize} - 1, nrow(x))`,
        "xb <- x[rows, , drop = FALSE]",
        "yb <- y[rows, , drop = FALSE]",
      ];
  const optimizer = optimizerOf(setup.optimizer, setup.rate);
  const isAdam = optimizer.name === "adam";
  const update = names.flatMap((w) => updateText(optimizer, w));
  const body = [...batch, ...feedforward(network, x), ...backprop(network, x, y), ...update];
  const memory = isAdam ? names.map((w) => `m_${w} <- v_${w} <- 0 * ${w}`) : [];
  return [
    `rate <- ${number(setup.rate)}`,
    ...memory,
    `for (t in 1:${iterations}) {`,
    ...body.map((line) => `  ${line}`),
    "}",
  ].join("\n");
}

/** What an update makes of an array of weights or biases, and of what is remembered of it. */
function updateText(optimizer: Optimizer, w: string): string[] {
  const { gradient_descent, adam } = formulas.updates;
  const names: Record<string, string> = { w, g: `d${w}`, r: "rate" };
  if (optimizer.name !== "adam") return [`${w} <- ${inR(parse(gradient_descent.new), names)}`];
  const { beta1, beta2, epsilon } = optimizer;
  const [m, v] = [`m_${w}`, `v_${w}`];
  Object.assign(names, { m, v, b: number(beta1), c: number(beta2), h: number(epsilon) });
  return [
    `${m} <- ${inR(parse(adam.mean), names)}`,
    `${v} <- ${inR(parse(adam.mean_square), names)}`,
    `${w} <- ${inR(parse(adam.new), names)}`,
  ];
}

function predictionText(target: TargetEncoding, first: number): string {
  const name = quoted(target.name);
  if (target.kind === "number") {
    let value = `output[, ${first + 1}]`;
    if (target.scale !== 1) value += ` * ${number(target.scale)}`;
    if (target.center) value += ` + ${number(target.center)}`;
    if (target.low !== null && target.high !== null)
      value = inR(parse(formulas.targets.number.clip), {
        x: value,
        p: number(target.low),
        q: number(target.high),
      });
    return `cat(${name}, format(${value}, digits = 15), "\\n")`;
  }
  const labels = vector(labelTexts(target).map(quoted));
  if (target.labels.length === 2) {
    const p = `output[, ${first + 1}]`;
    const test =
      target.threshold === null ? `${p} > 1 - ${p}` : `${p} >= ${number(target.threshold)}`;
    return `print(${labels}[1 + (${test})])`;
  }
  const columns = `output[, ${first + 1}:${first + target.labels.length}]`;
  const weighed = target.frequencies.length
    ? `t(t(${columns}) / ${vector(target.frequencies.map(number))})`
    : columns;
  return `print(${labels}[max.col(${weighed}, ties.method = "first")])`;
}
