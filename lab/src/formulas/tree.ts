/**
 * A formula as a tree: the library's formulas, which are Python expressions (notation/expression.py),
 * and those that a user types in. Nothing is computed here; the engine does that with what
 * `compile.ts` makes of a tree, and `write.ts` puts it on the screen.
 */

export type Tree =
  | { kind: "number"; value: number }
  | { kind: "name"; name: string }
  | { kind: "negative"; of: Tree }
  | { kind: "operation"; operator: Operator; left: Tree; right: Tree }
  | { kind: "comparison"; operator: Comparison; left: Tree; right: Tree }
  | { kind: "call"; name: string; of: Tree[] }
  | { kind: "condition"; yes: Tree; test: Tree; no: Tree };

export type Operator = "+" | "-" | "*" | "/" | "**";
export type Comparison = ">" | ">=" | "<" | "<=" | "==";

/** How many numbers each function takes. */
export const FUNCTIONS: Record<string, number> = {
  exp: 1,
  log: 1,
  sqrt: 1,
  tanh: 1,
  abs: 1,
  sign: 1,
  max: 2,
  min: 2,
  sigmoid: 1,
  softplus: 1,
  sin: 1,
  cos: 1,
};

/** Every name of a formula but those of functions, each once. */
export function namesIn(tree: Tree): string[] {
  const found = new Set<string>();
  visit(tree, (node) => {
    if (node.kind === "name") found.add(node.name);
  });
  return [...found];
}

function visit(tree: Tree, see: (node: Tree) => void): void {
  see(tree);
  for (const part of partsOf(tree)) visit(part, see);
}

export function partsOf(tree: Tree): Tree[] {
  switch (tree.kind) {
    case "number":
    case "name":
      return [];
    case "negative":
      return [tree.of];
    case "call":
      return tree.of;
    case "condition":
      return [tree.yes, tree.test, tree.no];
    default:
      return [tree.left, tree.right];
  }
}
