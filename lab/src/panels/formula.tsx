/** A formula in symbols, and in numbers. */
import type { Step } from "../explain/parts";
import { parse } from "../formulas/parse";
import { pieces } from "../formulas/write";
import { usePage } from "./context";
import { NumberButton, written } from "./number";

/** The formula with symbols, and with numbers. */
export function Formula({ step }: { step: Step }) {
  const { digits } = usePage();
  if (!step.formula) return null;
  const tree = parse(step.formula);
  const isNegative = (name: string) => {
    const { value } = step.operands[name];
    return typeof value === "number" && value < 0;
  };
  const own = (value: number) => written(value, digits.value);
  return (
    <div class="formula">
      {[true, false].map((asName) => (
        <p key={String(asName)} class={asName ? "symbols" : "numbers"}>
          <span class="equals">= </span>
          {pieces(tree, asName ? () => false : isNegative, own).map((piece, i) =>
            typeof piece === "string" ? (
              <span key={i}>{piece}</span>
            ) : (
              <NumberButton
                key={`${i}${piece.name}`}
                operand={step.operands[piece.name]}
                name={asName}
              />
            ),
          )}
        </p>
      ))}
    </div>
  );
}
