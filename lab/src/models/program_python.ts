/** The run on the screen as a Python program that uses glassnet. */
import { lossTitle } from "../engine/engine";
import type { Network } from "../engine/network";
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

const FUNCTIONS = {
  numbers: `def numbers(name):
    return np.array([np.nan if cell in (None, "") else float(cell) for cell in table[name]])`,
  texts: `def texts(name):
    return np.array([None if cell in (None, "") else str(cell) for cell in table[name]], object)`,
  is_missing: `def is_missing(name):
    return 1.0 * np.array([cell in (None, "") for cell in table[name]])`,
  filled: `def filled(name, fill):
    x = numbers(name)
    return np.where(np.isnan(x), fill, x)`,
  clipped: `def clipped(u):
    return u / np.hypot(1, u / 3)`,
  bin: `def bin(x, low, high):
    return np.clip((x - low) * (2 / (high - low)) - 1, -1, 1)`,
  is_level: `def is_level(name, level):
    return 1.0 * (texts(name) == level)`,
  minus_or_plus: `def minus_or_plus(name, low, high):
    return is_level(name, high) - is_level(name, low)`,
  unknown: `def unknown(name, *levels):
    return 1.0 * ~np.isin(texts(name), levels)`,
};

/** The program that gives the numbers after so many iterations. */
export function programInPython(
  setup: Setup,
  encoding: Encoding,
  network: Network,
  iterations: number,
): string {
  const body = isArticle(setup, network, iterations)
    ? articleProgram(setup, encoding, iterations)
    : generalProgram(setup, encoding, network, iterations);
  return `${body.filter((part) => part).join("\n\n")}\n`;
}

/** Whether `train_article` runs it. */
function isArticle(setup: Setup, { activations }: Network, iterations: number): boolean {
  return (
    !setup.model &&
    iterations > 0 &&
    setup.rule !== "centred" &&
    setup.hidden.length > 0 &&
    activations.every((name) => name === "sigmoid") &&
    setup.loss === "sum_of_squares" &&
    setup.optimizer === "gradient_descent" &&
    setup.start === "uniform" &&
    (!setup.batchSize || setup.batchSize >= setup.table.rows)
  );
}

function articleProgram(setup: Setup, encoding: Encoding, iterations: number): string[] {
  const columns = columnsOf(encoding, setup.table);
  const options = [
    `hidden=${list(setup.hidden.map(String))}`,
    `learning_rate=${number(setup.rate)}`,
    ...(setup.bias ? ["bias=True"] : []),
    `iterations=${iterations}`,
    `seed=${setup.seed}`,
    ...(setup.rule === "0 to 1" ? ["scale=True"] : []),
  ];
  const imports = isSmall(columns)
    ? "import glassnet as gn"
    : "import csv\n\nimport glassnet as gn";
  return [
    imports,
    tableText(setup.table, columns),
    `model = gn.train_article(
    table,
    ${list(setup.targets.map(quoted))},
${options.map((option) => `    ${option},`).join("\n")}
)
print("loss of the last iteration:", model.history["loss"][-1])
print(model.predict(table))`,
  ];
}

function generalProgram(
  setup: Setup,
  encoding: Encoding,
  network: Network,
  iterations: number,
): string[] {
  const columns = columnsOf(encoding, setup.table);
  const arrays = [stacked("x", inputsOf(encoding, setup.table)), stacked("y", targetsOf(encoding))];
  const imports = isSmall(columns) ? "" : "import csv\n\n";
  return [
    `${imports}import numpy as np\n\nimport glassnet as gn`,
    tableText(setup.table, columns),
    usedFunctions(FUNCTIONS, arrays.join()).join("\n\n"),
    arrays.join("\n"),
    `${networkText(network)}\n${startText(setup)}`,
    trainingText(setup, iterations),
    `trace = gn.feedforward(network, parameters, x)
loss, _ = gn.backprop(network, parameters, trace, y)
output = trace.output
print("loss:", float(loss))
${firstOutputs(encoding)
  .map(([target, first]) => predictionText(target, first))
  .join("\n")}`,
  ];
}

function list(items: string[]): string {
  return `[${items.join(", ")}]`;
}

function tableText(table: Table, columns: Column[]): string {
  if (isSmall(columns)) {
    const lines = columns.map(
      ({ name, cells }) => `    ${quoted(name)}: ${list(cells.map(cell))},`,
    );
    return `table = {\n${lines.join("\n")}\n}`;
  }
  const names = columns.map(({ name }) => `    ${quoted(name)},`).join("\n");
  return `# The predictions as they are saved from the page, which hold the table too.
with open(${quoted(fileOf(table))}, newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
names = [
${names}
]
table = {name: [row[name] for row in rows] for name in names}`;
}

function cell(value: Cell): string {
  if (value === null) return "None";
  return typeof value === "number" ? numberText(value) : quoted(value);
}

function stacked(name: string, columns: string[]): string {
  return `${name} = np.column_stack(\n    [\n${columns
    .map((column) => `        ${column},`)
    .join("\n")}\n    ]\n)`;
}

function networkText(network: Network): string {
  const { sizes, activations, bias } = network;
  const hidden = list(activations.slice(0, -1).map(quoted));
  const output = quoted(activations.at(-1) as string);
  return `network = gn.Network(
    ${list(sizes.map(String))}, ${hidden}, ${output}, ${quoted(lossTitle(network))}, bias=${bias ? "True" : "False"}
)`;
}

function startText({ model, start, seed }: Setup): string {
  if (!model) return `parameters = gn.initialize(network, ${quoted(start)}, seed=${seed}, rng="r")`;
  return `# The weights as the model has them.
model = gn.load(${quoted(model.name)})
member = model.members[${model.member - 1}]
parameters = gn.Parameters(
    tuple(w.astype(float) for w in member.parameters.weights),
    tuple(b.astype(float) for b in member.parameters.biases),
)`;
}

function trainingText(setup: Setup, iterations: number): string {
  if (!iterations) return "";
  const optimizer = setup.optimizer === "adam" ? "Adam" : "GradientDescent";
  const made = `optimizer = gn.${optimizer}(${number(setup.rate)})`;
  const rows = setup.table.rows;
  const batchSize = Math.min(setup.batchSize || rows, rows);
  const batches = Math.ceil(rows / batchSize);
  if (iterations % batches === 0) {
    const batch = batches > 1 ? `\n    batch_size=${batchSize},\n    shuffle=False,` : "";
    return `${made}
run = gn.train(
    network,
    parameters,
    x,
    y,
    optimizer=optimizer,
    epochs=${iterations / batches},${batch}
    warn=False,
)
parameters = run.parameters`;
  }
  return `${made}
state = optimizer.init(parameters)
rates = [optimizer.learning_rate] * (len(parameters.weights) + len(parameters.biases))
for iteration in range(${iterations}):  # the last epoch is not whole
    first = iteration % ${batches} * ${batchSize}
    batch = slice(first, first + ${batchSize})
    trace = gn.feedforward(network, parameters, x[batch])
    _, gradients = gn.backprop(network, parameters, trace, y[batch])
    parameters, state = optimizer.update(gradients, state, parameters, rates)`;
}

function predictionText(target: TargetEncoding, first: number): string {
  const name = quoted(`${target.name}:`);
  if (target.kind === "number") {
    let value = `output[:, ${first}]`;
    if (target.scale !== 1) value += ` * ${number(target.scale)}`;
    if (target.center) value += ` + ${number(target.center)}`;
    if (target.low !== null && target.high !== null)
      value = `np.clip(${value}, ${number(target.low)}, ${number(target.high)})`;
    return `print(${name}, ${value})`;
  }
  const labels = list(labelTexts(target).map(quoted));
  if (target.labels.length === 2) {
    const p = `output[:, ${first}]`;
    const test =
      target.threshold === null ? `${p} > 1 - ${p}` : `${p} >= ${number(target.threshold)}`;
    return `print(${name}, np.array(${labels})[1 * (${test})])`;
  }
  let columns = `output[:, ${first} : ${first + target.labels.length}]`;
  if (target.frequencies.length) columns = `(${columns} / ${list(target.frequencies.map(number))})`;
  return `print(${name}, np.array(${labels})[${columns}.argmax(axis=1)])`;
}
