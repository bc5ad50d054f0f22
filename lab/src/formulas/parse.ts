/** A formula's text becomes a tree. */
import { type Comparison, FUNCTIONS, type Operator, type Tree } from "./tree";

/** What is wrong with a formula that was typed in, in words. */
export class FormulaError extends Error {}

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(\*\*|>=|<=|==|[-+*/^()<>,]))/iy;

interface Token {
  kind: "number" | "name" | "sign" | "end";
  text: string;
}

const trees = new Map<string, Tree>();

/**
 * The tree of a formula. `^` is a power, as `**` is.
 *
 * Throws FormulaError, naming what cannot be read.
 */
export function parse(formula: string): Tree {
  const known = trees.get(formula);
  if (known) return known;
  const tree = new Parser(tokens(formula)).whole();
  trees.set(formula, tree);
  return tree;
}

function tokens(formula: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (formula.slice(at).trim()) {
    if (found.length === MOST_TOKENS) throw new FormulaError("the formula is too long");
    const match = TOKEN.exec(formula);
    if (!match) throw new FormulaError(`'${formula.slice(at).trim()}' cannot be read`);
    const [, number, name, sign] = match;
    if (number) found.push({ kind: "number", text: number });
    else if (name) found.push({ kind: "name", text: name });
    else found.push({ kind: "sign", text: sign === "^" ? "**" : sign });
    at = TOKEN.lastIndex;
  }
  found.push({ kind: "end", text: "the end" });
  return found;
}

const COMPARISONS = [">", ">=", "<", "<=", "=="];
// A formula within these can be followed by functions that call themselves, part by part.
const MOST_TOKENS = 5000;
const DEEPEST = 200; // brackets within brackets

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: Token[]) {}

  whole(): Tree {
    const tree = this.condition();
    if (this.now.kind !== "end") throw new FormulaError(`'${this.now.text}' was not expected`);
    return tree;
  }

  private get now(): Token {
    return this.tokens[this.at];
  }

  private takes(...texts: string[]): string | undefined {
    const { kind, text } = this.now;
    if (kind === "end" || kind === "number" || !texts.includes(text)) return undefined;
    this.at += 1;
    return text;
  }

  private expect(text: string): void {
    if (!this.takes(text)) throw new FormulaError(`'${text}' is missing before '${this.now.text}'`);
  }

  /** Reads a part of a part. */
  private inside(part: () => Tree): Tree {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new FormulaError("the formula is nested too deeply");
    const tree = part();
    this.depth -= 1;
    return tree;
  }

  private condition(): Tree {
    const yes = this.comparison();
    if (!this.takes("if")) return yes;
    const test = this.comparison();
    this.expect("else");
    return { kind: "condition", yes, test, no: this.inside(() => this.condition()) };
  }

  private comparison(): Tree {
    const left = this.sum();
    const operator = this.takes(...COMPARISONS) as Comparison | undefined;
    return operator ? { kind: "comparison", operator, left, right: this.sum() } : left;
  }

  private sum(): Tree {
    return this.chain(["+", "-"], () => this.product());
  }

  private product(): Tree {
    return this.chain(["*", "/"], () => this.signed());
  }

  private chain(operators: Operator[], part: () => Tree): Tree {
    let left = part();
    for (;;) {
      const operator = this.takes(...operators) as Operator | undefined;
      if (!operator) return left;
      left = { kind: "operation", operator, left, right: part() };
    }
  }

  /** A minus holds less tightly than a power: -x**2 is -(x**2). */
  private signed(): Tree {
    return this.inside(() => this.power());
  }

  private power(): Tree {
    if (this.takes("-")) return { kind: "negative", of: this.signed() };
    if (this.takes("+")) return this.signed();
    const base = this.atom();
    if (!this.takes("**")) return base;
    return { kind: "operation", operator: "**", left: base, right: this.signed() };
  }

  private atom(): Tree {
    const { kind, text } = this.now;
    this.at += 1;
    if (kind === "number") return { kind: "number", value: Number(text) };
    if (kind === "name" && this.takes("(")) return this.call(text);
    if (kind === "name") return { kind: "name", name: text };
    if (text === "(") {
      const inside = this.condition();
      this.expect(")");
      return inside;
    }
    throw new FormulaError(`'${text}' was not expected`);
  }

  private call(name: string): Tree {
    if (!Object.hasOwn(FUNCTIONS, name)) {
      const known = Object.keys(FUNCTIONS).join(", ");
      throw new FormulaError(`there is no function '${name}': there are ${known}`);
    }
    const of = [this.condition()];
    while (this.takes(",")) of.push(this.condition());
    this.expect(")");
    const wanted = FUNCTIONS[name];
    if (of.length !== wanted)
      throw new FormulaError(`'${name}' takes ${wanted} number${wanted > 1 ? "s" : ""}`);
    return { kind: "call", name, of };
  }
}
