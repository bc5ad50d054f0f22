/** What changes in a row while it trains: what is predicted, and its loss. */
import { rowLossOperand } from "../explain/loss";
import { rowId } from "../explain/rows";
import type { Prediction } from "../table/predictions";
import { isHidden } from "./asking";
import { short, useLab } from "./context";

const LOSS_WIDTH = 64; // pixels

function widthOf({ kind }: Prediction): number {
  return kind === "number" ? 74 : 112;
}

/** The pixels that all of it takes. */
export function liveWidth(predicted: Prediction[]): number {
  return predicted.reduce((sum, one) => sum + widthOf(one), LOSS_WIDTH);
}

/** Widths are fixed: were they not, every frame would measure every cell. */
export function LiveWidths({ predicted }: { predicted: Prediction[] }) {
  return (
    <>
      {predicted.map((one) => (
        <col key={one.name} style={{ width: `${widthOf(one)}px` }} />
      ))}
      <col style={{ width: `${LOSS_WIDTH}px` }} />
    </>
  );
}

export function LiveHeads({ targets }: { targets: string[] }) {
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
export function LiveCells({ row, predicted }: { row: number; predicted: Prediction[] }) {
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

/** What is predicted of a row; of classes how sure it is too. */
function predictedText(prediction: Prediction, row: number): string {
  if (prediction.kind === "number") return short(prediction.values[row]);
  const best = prediction.classes[row];
  return `${prediction.labels[best]} ${short(prediction.probabilities[best][row])}`;
}
