/** Which colour is which class, or which numbers. */
import type { View } from "../lab";
import { css, diverging } from "./colours";
import { short } from "./context";
import { classColour, truthOf } from "./truth";

/** Which colour is which class, or which numbers. */
export function Legend({ view }: { view: View }) {
  const [target] = view.prepared.encoding.targets;
  if (target.kind === "number") {
    const { low, high } = truthOf(view);
    return (
      <small class="legend">
        {short(low)} <Swatch colour={css(diverging(0))} />
        <Swatch colour={css(diverging(0.5))} />
        <Swatch colour={css(diverging(1))} /> {short(high)}
      </small>
    );
  }
  return (
    <small class="legend">
      {target.labels.map((label, i) => (
        <span key={String(label)}>
          <Swatch colour={classColour(target.labels, i)} />
          {String(label)}{" "}
        </span>
      ))}
    </small>
  );
}

function Swatch({ colour }: { colour: string }) {
  return (
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
      <rect width="10" height="10" fill={colour} />
    </svg>
  );
}
