/** The table: its rows, the prediction and loss of each as they are now; cells can be edited. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { rowLossOperand } from "../explain/loss";
import { isInBatch, rowId } from "../explain/rows";
import type { Prediction } from "../table/encode";
import { type Cell, type Column, TableError } from "../table/table";
import { isHidden } from "./asking";
import { short, useLab } from "./context";

const MOST_SHOWN = 40; // rows around the chosen one; more would slow down every frame
const MOST_COLUMNS = 5; // that leave room for what is predicted beside them

export function TablePanel() {
  const lab = useLab();
  const { scene, prepared } = lab.view.value;
  const { table, targets } = prepared.setup;
  const chosen = lab.row.value;
  const first = Math.max(0, Math.min(chosen - MOST_SHOWN / 2, table.rows - MOST_SHOWN));
  const rows = Array.from({ length: Math.min(MOST_SHOWN, table.rows) }, (_, i) => first + i);
  const predicted = lab.predictions.value;
  const ordered = useMemo(() => {
    const inputs = table.columns.filter(({ name }) => !targets.includes(name));
    return [...inputs, ...table.columns.filter(({ name }) => targets.includes(name))];
  }, [table, targets]);
  const isWide = ordered.length > MOST_COLUMNS;
  const used = new Set(
    [...prepared.encoding.inputs, ...prepared.encoding.targets]
      .filter(({ kind }) => kind !== "unused")
      .map(({ name }) => name),
  );
  return (
    <section class="panel table" aria-label="the table">
      <header>
        <h2>{table.name}</h2>
        <small>
          {[
            table.rows === 1 ? "1 row" : `${table.rows.toLocaleString("en")} rows`,
            ...(table.notices ?? []),
          ].join("; ")}
        </small>
      </header>
      <div class="scroll">
        <table>
          <colgroup>
            <col style={{ width: "38px" }} />
            {isWide && <LiveWidths predicted={predicted} />}
            {ordered.map((column) => (
              <col key={column.name} style={{ width: widthOf(column) }} />
            ))}
            {!isWide && <LiveWidths predicted={predicted} />}
          </colgroup>
          <thead>
            <tr>
              <th scope="col">row</th>
              {isWide && <LiveHeads targets={targets} />}
              {ordered.map(({ name }) => (
                <th
                  scope="col"
                  key={name}
                  class={targets.includes(name) ? "target" : used.has(name) ? "" : "unused"}
                  title={used.has(name) ? name : `${name}: not an input`}
                >
                  {name}
                </th>
              ))}
              {!isWide && <LiveHeads targets={targets} />}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={row}
                class={isInBatch(scene, row) ? "" : "outside"}
                aria-selected={row === chosen}
                onClick={() => lab.chooseRow(row)}
              >
                <th scope="row">
                  <button
                    type="button"
                    data-row={row + 1}
                    title={`row ${row + 1}`}
                    onClick={() => lab.chooseRow(row)}
                  >
                    {row + 1}
                  </button>
                </th>
                {isWide && <LiveCells row={row} predicted={predicted} />}
                <Cells columns={ordered} row={row} />
                {!isWide && <LiveCells row={row} predicted={predicted} />}
              </tr>
            ))}
          </tbody>
        </table>
        {table.rows > MOST_SHOWN && (
          <p class="more">
            Rows {first + 1} to {first + rows.length} are shown.{" "}
            <label>
              Go to row{" "}
              <input
                size={5}
                inputMode="numeric"
                onChange={(event) => {
                  const row = Number(event.currentTarget.value);
                  if (Number.isInteger(row) && row >= 1 && row <= table.rows)
                    lab.chooseRow(row - 1);
                  event.currentTarget.value = "";
                }}
              />
            </label>
          </p>
        )}
      </div>
    </section>
  );
}

/** Widths are fixed: were they not, every frame would measure every cell. */
function LiveWidths({ predicted }: { predicted: Prediction[] }) {
  return (
    <>
      {predicted.map(({ name, kind }) => (
        <col key={name} style={{ width: kind === "number" ? "70px" : "112px" }} />
      ))}
      <col style={{ width: "62px" }} />
    </>
  );
}

/** Enough for the column's longest cell, or what can be read of it. */
function widthOf({ name, cells, kind }: Column): string {
  const texts = cells.slice(0, MOST_SHOWN).map((cell) => (cell === null ? "—" : cellText(cell)));
  const longest = Math.max(...texts.map((text) => text.length), Math.min(name.length, 7));
  const fewest = kind === "number" ? 2 : 4;
  return `${14 + 7.2 * Math.max(fewest, Math.min(longest, 12))}px`;
}

/** A cell as it is shown. */
function cellText(cell: number | string): string {
  return typeof cell === "number" ? short(cell, 6) : cell;
}

function LiveHeads({ targets }: { targets: string[] }) {
  return (
    <>
      {targets.map((name) => (
        <th scope="col" key={name} class="live">
          predicted{targets.length > 1 ? ` ${name}` : ""}
        </th>
      ))}
      <th scope="col" class="live">
        loss
      </th>
    </>
  );
}

/** What changes while it trains: what is predicted of a row, and its loss. */
function LiveCells({ row, predicted }: { row: number; predicted: Prediction[] }) {
  const lab = useLab();
  const { scene } = lab.view.value;
  const loss = rowLossOperand(scene, row);
  const output = `${rowId(row)}a${scene.table.layers.length}.1`;
  return (
    <>
      {predicted.map((prediction) => (
        <td key={prediction.name} class="live" data-predicted={row + 1}>
          {isHidden(lab, output) ? "?" : predictedText(prediction, row)}
        </td>
      ))}
      <td class="live">
        <button
          type="button"
          class="number"
          data-id={loss.source}
          onClick={() => lab.choose(loss.source)}
        >
          {isHidden(lab, loss.source) ? "?" : short(loss.value)}
        </button>
      </td>
    </>
  );
}

/** The cells of a row, which are drawn again only when they have changed. */
function Cells({ columns, row }: { columns: Column[]; row: number }) {
  return useMemo(
    () => (
      <>
        {columns.map((column) => (
          <CellOf key={column.name} column={column} row={row} />
        ))}
      </>
    ),
    [row, columns],
  );
}

/** What is predicted of a row; of classes how sure it is too. */
function predictedText(prediction: Prediction, row: number): string {
  if (prediction.kind === "number") return short(prediction.values[row]);
  const best = prediction.classes[row];
  return `${prediction.labels[best]} ${short(prediction.probabilities[best][row])}`;
}

/** A cell: a double click or Enter makes it a field to type into. */
function CellOf({ column, row }: { column: Column; row: number }) {
  const lab = useLab();
  const [edited, setEdited] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wasLeftByKey = useRef(false);
  useEffect(() => {
    input.current?.select();
    if (!edited && wasLeftByKey.current) button.current?.focus();
    wasLeftByKey.current = false;
  }, [edited]);
  const cell = column.cells[row];
  const text = cell === null ? "" : String(cell);
  if (!edited)
    return (
      <td
        class={typeof cell === "number" ? "" : "text"}
        onDblClick={() => setEdited(true)}
        data-cell={`${column.name} ${row + 1}`}
      >
        <button
          ref={button}
          type="button"
          class="cell"
          title={`${column.name} of row ${row + 1}: double click or Enter to edit`}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            event.stopPropagation();
            setEdited(true);
          }}
        >
          {cell === null ? "—" : cellText(cell)}
        </button>
      </td>
    );
  const leave = (value: string) => {
    setEdited(false);
    if (value === text) return;
    try {
      lab.setCell(column.name, row, typedCell(column, value));
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      lab.message.value = error.message;
    }
  };
  return (
    <td class="edited">
      <input
        ref={input}
        aria-label={`${column.name} of row ${row + 1}`}
        value={text}
        size={Math.max(4, text.length)}
        onBlur={(event) => leave(event.currentTarget.value)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") event.currentTarget.value = text;
          if (!["Enter", "Escape"].includes(event.key)) return;
          wasLeftByKey.current = true;
          event.currentTarget.blur();
        }}
      />
    </td>
  );
}

/** Throws TableError where a number is wanted and none was typed. */
function typedCell(column: Column, text: string): Cell {
  const trimmed = text.trim();
  if (!trimmed) return null;
  if (column.kind === "text") return trimmed;
  const value = Number(trimmed.replace("−", "-").replace(",", "."));
  if (Number.isFinite(value)) return value;
  throw new TableError(`'${trimmed}' is no number, and ${column.name} holds numbers: it stays`);
}
