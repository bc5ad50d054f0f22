/** The table: its rows, the prediction and loss of each as they are now; cells can be edited. */

import { useMemo } from "preact/hooks";
import { isInBatch } from "../explain/rows";
import type { Column } from "../table/table";
import { Cells } from "./cell";
import { short, useLab, usePage } from "./context";
import { LiveCells, LiveHeads, LiveWidths, liveWidth } from "./live_cells";
import { tryTo } from "./opening";

// Rows around the chosen one that are shown; more, or more cells, would slow down every frame.
const MOST_SHOWN = 40;
const MOST_CELLS = 1000;

const ROOM = 288; // pixels; what is predicted stands first where a table takes more
const ROW_WIDTH = 36;
const LETTER = 8; // of the widest fonts that a browser takes for its own
const CELL_EDGES = 16; // what a cell has left and right of its letters
const BOLD_LETTER = 9;
const NAME_EDGES = 8;
const NARROWEST = 28; // of numbers
const WIDE_DASH = "——"; // what a missing cell shows takes two letters' room
const NARROWEST_TEXT = 43;

export function TablePanel() {
  const lab = useLab();
  const { scene, prepared } = lab.view.value;
  const { table } = prepared;
  const { targets } = prepared.setup;
  const chosen = lab.row.value;
  const most = Math.min(MOST_SHOWN, Math.ceil(MOST_CELLS / table.columns.length), table.rows);
  const first = Math.max(0, Math.min(chosen - Math.floor(most / 2), table.rows - most));
  const rows = Array.from({ length: most }, (_, i) => first + i);
  const predicted = lab.predictions.value;
  const ordered = useMemo(() => {
    const inputs = table.columns.filter(({ name }) => !targets.includes(name));
    return [...inputs, ...table.columns.filter(({ name }) => targets.includes(name))];
  }, [table, targets]);
  const isWide =
    ordered.reduce((sum, column) => sum + widthOf(column), ROW_WIDTH + liveWidth(predicted)) > ROOM;
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
            <col style={{ width: `${ROW_WIDTH}px` }} />
            {isWide && <LiveWidths predicted={predicted} />}
            {ordered.map((column) => (
              <col key={column.name} style={{ width: `${widthOf(column)}px` }} />
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
                >
                  <ColumnName name={name} isUsed={used.has(name)} />
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
        {table.rows > most && (
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

/** The pixels that are enough for the column's longest cell, or what can be read of it. */
function widthOf({ name, cells, kind }: Column): number {
  const texts = cells
    .slice(0, MOST_SHOWN)
    .map((cell) => (cell === null ? WIDE_DASH : cellText(cell)));
  const longest = Math.max(...texts.map((text) => text.length));
  const narrowest = kind === "number" ? NARROWEST : NARROWEST_TEXT;
  return Math.max(
    narrowest,
    CELL_EDGES + LETTER * Math.min(longest, 12),
    NAME_EDGES + BOLD_LETTER * Math.min(name.length, 7),
  );
}

/** A cell as it is shown. */
export function cellText(cell: number | string): string {
  return typeof cell === "number" ? short(cell, 6) : cell;
}

/** The name of a column; that of an input is a button that leaves it out, and takes it in again. */
function ColumnName({ name, isUsed }: { name: string; isUsed: boolean }) {
  const lab = useLab();
  const { player } = usePage();
  const { targets, ignored, model } = lab.setup.value;
  const isIgnored = ignored.includes(name);
  if (model || targets.includes(name)) return <span title={name}>{name}</span>;
  const title = isIgnored
    ? `${name} is left out: click to take it in as an input`
    : `${name} ${isUsed ? "is an input" : "says nothing"}: click to leave it out`;
  const change = () => {
    player.pause();
    const others = ignored.filter((one) => one !== name);
    const now = isIgnored ? others : [...others, name];
    tryTo(lab, () => lab.restart({ ...lab.setup.value, ignored: now }));
  };
  return (
    <button type="button" class="cell" aria-pressed={!isIgnored} title={title} onClick={change}>
      {name}
    </button>
  );
}
