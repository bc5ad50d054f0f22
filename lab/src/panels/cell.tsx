/** The cells of a row: a double click or Enter makes a field of one. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Cell, type Column, TableError } from "../table/table";
import { useLab } from "./context";
import { cellText } from "./table";

/** The cells of a row, which are drawn again only when they have changed. */
export function Cells({ columns, row }: { columns: Column[]; row: number }) {
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
      lab.message.value = "";
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
  const value = Number(trimmed.replaceAll("−", "-").replace(",", "."));
  if (Number.isFinite(value)) return value;
  throw new TableError(`'${trimmed}' is no number, and ${column.name} holds numbers: it stays`);
}
