/** A formula in R's words, for whole matrices: a condition takes each number by itself. */
import type { Tree } from "./tree";

const FUNCTIONS: Record<string, string> = { max: "larger", min: "smaller" };
/** How tightly operators hold, as R has it. */
const STRENGTH: Record<string, number> = { "+": 2, "-": 2, "*": 3, "/": 3, "**": 5 };
const COMPARISON = 1;
const NEGATIVE = 4;

/** `names` says what the formula's names are in the program. */
export function inR(tree: Tree, names: Record<string, string> = {}): string {
  return written(tree, 0, names);
}

/** `least`: how tightly it must hold, so that no parentheses are needed. */
function written(tree: Tree, least: number, names: Record<string, string>): string {
  const within = (strength: number, text: string) => (strength < least ? `(${text})` : text);
  switch (tree.kind) {
    case "number":
      return String(tree.value);
    case "name":
      return names[tree.name] ?? tree.name;
    case "negative":
      return within(NEGATIVE, `-${written(tree.of, NEGATIVE, names)}`);
    case "call": {
      const of = tree.of.map((part) => written(part, 0, names)).join(", ");
      return `${FUNCTIONS[tree.name] ?? tree.name}(${of})`;
    }
    case "condition": {
      const of = [tree.test, tree.yes, tree.no].map((part) => written(part, 0, names));
      return `ifelse(${of.join(", ")})`;
    }
    default: {
      const strength = tree.kind === "comparison" ? COMPARISON : STRENGTH[tree.operator];
      const isPower = tree.operator === "**";
      const left = written(tree.left, isPower ? strength + 1 : strength, names);
      const right = written(tree.right, isPower ? strength : strength + 1, names);
      const sign = isPower ? "^" : ` ${tree.operator} `;
      return within(strength, left + sign + right);
    }
  }
}
