/**
 * A formula in writing, as notation/dialects.py writes it: as pieces of text between which what
 * stands for its names can be anything, such as a number that can be clicked.
 */
import type { Tree } from "./tree";

export type Piece<Name> = string | { name: Name };

// How tightly an operation holds its parts together.
const CONDITION = 0;
const COMPARISON = 1;
const SUM = 2;
const PRODUCT = 3;
const POWER = 5;
const ATOM = 6;

interface Signs {
  operators: Record<string, string>;
  negative: string;
  comparisons: Record<string, string>;
  condition: { yes: string; no: string };
}

/** For the eye. */
const TEXT: Signs = {
  operators: { "+": " + ", "-": " - ", "*": "·", "/": " / ", "**": "^" },
  negative: "-",
  comparisons: { ">": " > ", ">=": " ≥ ", "<": " < ", "<=": " ≤ ", "==": " is " },
  condition: { yes: " if ", no: ", else " },
};

/** The language that formulas are kept in. */
const PYTHON: Signs = {
  operators: { "+": " + ", "-": " - ", "*": " * ", "/": " / ", "**": "**" },
  negative: "-",
  comparisons: { ">": " > ", ">=": " >= ", "<": " < ", "<=": " <= ", "==": " == " },
  condition: { yes: " if ", no: " else " },
};

const BINDINGS: Record<string, number> = {
  "+": SUM,
  "-": SUM,
  "*": PRODUCT,
  "/": PRODUCT,
  "**": POWER,
};

/**
 * A formula as pieces.
 *
 * `brackets` says which names need brackets beside an operator, as negative numbers do; `number`
 * writes the formula's own numbers.
 */
export function pieces(
  tree: Tree,
  brackets: (name: string) => boolean,
  number: (value: number) => string,
): Piece<string>[] {
  return new Writer(TEXT, brackets, number).part(tree).pieces;
}

/** The formula as it would be kept: parsed again it gives the same tree. */
export function unparse(tree: Tree): string {
  const writer = new Writer(PYTHON, () => false, String);
  return writer
    .part(tree)
    .pieces.map((piece) => (typeof piece === "string" ? piece : piece.name))
    .join("");
}

interface Part {
  pieces: Piece<string>[];
  binding: number;
}

class Writer {
  constructor(
    private readonly signs: Signs,
    private readonly brackets: (name: string) => boolean,
    private readonly number: (value: number) => string,
  ) {}

  part(tree: Tree): Part {
    const { signs } = this;
    switch (tree.kind) {
      case "number":
        return { pieces: [this.number(tree.value)], binding: ATOM };
      case "name": {
        const binding = this.brackets(tree.name) ? COMPARISON : ATOM;
        return { pieces: [{ name: tree.name }], binding };
      }
      case "negative":
        return { pieces: [signs.negative, ...this.held(tree.of, PRODUCT + 1)], binding: PRODUCT };
      case "operation":
        return this.operation(tree.operator, tree.left, tree.right);
      case "comparison": {
        const sign = signs.comparisons[tree.operator];
        const sides = [this.part(tree.left).pieces, this.part(tree.right).pieces];
        return { pieces: [...sides[0], sign, ...sides[1]], binding: COMPARISON };
      }
      case "call": {
        const separated = tree.of.flatMap((argument, i) => [
          ...(i ? [", "] : []),
          ...this.part(argument).pieces,
        ]);
        return { pieces: [`${tree.name}(`, ...separated, ")"], binding: ATOM };
      }
      case "condition": {
        const [yes, test, no] = [tree.yes, tree.test, tree.no].map((one) => this.part(one).pieces);
        const { condition } = signs;
        return {
          pieces: [...yes, condition.yes, ...test, condition.no, ...no],
          binding: CONDITION,
        };
      }
    }
  }

  /** Subtrahend and divisor need brackets where they are as loose as the operator, powers always. */
  private operation(operator: string, left: Tree, right: Tree): Part {
    const binding = BINDINGS[operator];
    const isPower = operator === "**";
    const fallsApart = isPower || operator === "-" || operator === "/";
    return {
      pieces: [
        ...this.held(left, isPower ? binding + 1 : binding),
        this.signs.operators[operator],
        ...this.held(right, fallsApart ? binding + 1 : binding),
      ],
      binding,
    };
  }

  /** A part in brackets, unless it holds together at least so tightly. */
  private held(tree: Tree, least: number): Piece<string>[] {
    const { pieces, binding } = this.part(tree);
    return binding >= least ? pieces : ["(", ...pieces, ")"];
  }
}
