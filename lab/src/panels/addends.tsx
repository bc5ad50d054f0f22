/** A sum as aligned addends with bars; of many the largest. */
import type { Engine } from "../engine/engine";
import type { Operand, Sum } from "../explain/parts";
import { isHidden } from "./asking";
import { useLab, usePage } from "./context";
import { NumberButton, written } from "./number";

export const MOST_LINES = 24; // of a sum that are shown

interface Line {
  says: string;
  factors: Operand[];
  value: number;
}

/** Aligned addends with bars; of many the first, and how many more there are. */
export function Addends({ sum }: { sum: Sum }) {
  const lab = useLab();
  const { digits } = usePage();
  const lines: Line[] = [
    ...sum.added.map(({ says, operand }) => ({
      says,
      factors: [operand],
      value: operand.value as number,
    })),
    ...sum.products.map(({ left, right, value, says }) => ({
      says,
      factors: [left, right],
      value,
    })),
  ];
  const { shown, rest } = largest(lines, lab.engine);
  const longest = Math.max(...lines.map(({ value }) => Math.abs(value)).filter(Number.isFinite), 0);
  const hidden = isHidden(lab, sum.id);
  return (
    <table class="addends">
      <tbody>
        {shown.map(({ says, factors, value }, i) => (
          <tr key={i}>
            <td class="sign">{i ? "+" : "="}</td>
            <td class="symbols">
              {factors.map((factor, k) => (
                <span key={factor.symbol + k}>
                  {k ? "·" : ""}
                  <NumberButton operand={factor} name />
                </span>
              ))}
              {says && <small> {says}</small>}
            </td>
            <td class="factors">
              {factors.length > 1 &&
                factors.map((factor, k) => (
                  <span key={factor.symbol + k}>
                    {k ? "·" : ""}
                    <NumberButton operand={factor} />
                  </span>
                ))}
            </td>
            <td class="value">
              {hidden && factors.length > 1 ? (
                "?"
              ) : factors.length > 1 ? (
                written(value, digits.value)
              ) : (
                <NumberButton operand={factors[0]} />
              )}
            </td>
            <td class="bar">{!hidden && <Bar value={value} largest={longest} />}</td>
          </tr>
        ))}
        {lines.length > shown.length && (
          <tr>
            <td class="sign">+</td>
            <td colSpan={2}>{lines.length - shown.length} smaller ones, not shown</td>
            <td class="value">{hidden ? "?" : written(rest, digits.value)}</td>
            <td class="bar">{!hidden && <Bar value={rest} largest={longest} />}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** The largest of many addends in their order, and what the others add up to. */
function largest(lines: Line[], engine: Engine): { shown: Line[]; rest: number } {
  if (lines.length <= MOST_LINES) return { shown: lines, rest: 0 };
  const bySize = [...lines].sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const kept = new Set(bySize.slice(0, MOST_LINES));
  const others = lines.filter((one) => !kept.has(one)).map(({ value }) => value);
  return { shown: lines.filter((one) => kept.has(one)), rest: engine.total(others) };
}

/** A bar from the middle to the right, or to the left for less than 0. */
function Bar({ value, largest }: { value: number; largest: number }) {
  const width = largest > 0 && Number.isFinite(value) ? 50 * (Math.abs(value) / largest) : 0;
  return (
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <line x1="50" x2="50" y1="0" y2="10" class="axis" />
      <rect
        x={value < 0 ? 50 - width : 50}
        width={width}
        y="2"
        height="6"
        class={value < 0 ? "minus" : "plus"}
      />
    </svg>
  );
}
