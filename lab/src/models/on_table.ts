/** A model on a table: whether it fits, and what is set up then. */
import type { OpenedModel, Setup } from "../setup";
import { withDates } from "../table/dates";
import { rowsWithTargets } from "../table/learn";
import type { Table } from "../table/table";

/** Whether a table has all the columns of a model, and a row whose targets are known. */
export function fitsModel(table: Table, { encoding }: OpenedModel): boolean {
  const { inputs, targets } = encoding;
  const used = [...inputs.filter(({ kind }) => kind !== "unused"), ...targets];
  const hasAll = used.every(({ name }) => table.columns.some((column) => column.name === name));
  const names = targets.map(({ name }) => name);
  return hasAll && rowsWithTargets(table, names).length > 0;
}

/** A model's network on the table that is open where that fits it, else on a row to type into. */
export function withModel(setup: Setup, model: OpenedModel, fits: boolean): Setup {
  const { encoding } = model;
  const table = fits ? withDates(setup.table, encoding) : emptyRow(model);
  return {
    ...setup,
    table,
    example: fits ? setup.example : "",
    formula: "",
    picture: fits ? setup.picture : 0,
    targets: encoding.targets.map(({ name }) => name),
    ignored: [],
    hidden: model.network.sizes.slice(1, -1),
    activation: model.network.activations[0],
    loss: model.network.loss,
    output: model.network.activations[model.network.activations.length - 1],
    bias: model.network.bias,
    model,
  };
}

/** A row to type into, where a model comes without a table. */
export function emptyRow({ name, encoding }: OpenedModel): Table {
  const inputs = encoding.inputs.map((input) => ({
    name: input.name,
    kind: input.kind === "number" ? ("number" as const) : ("text" as const),
    cells: [
      input.kind === "number" ? input.center : input.kind === "unused" ? null : input.levels[0],
    ],
  }));
  const targets = encoding.targets.map((target) => ({
    name: target.name,
    kind: target.kind === "number" ? ("number" as const) : ("text" as const),
    cells: [target.kind === "number" ? target.center : String(target.labels[0])],
  }));
  return { name, columns: [...inputs, ...targets], rows: 1, notices: ["a row to type into"] };
}
