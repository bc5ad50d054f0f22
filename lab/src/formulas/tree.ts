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

/** The tree with other trees in the place of some names. */
export function substitute(tree: Tree, parts: Record<string, Tree>): Tree {
  if (tree.kind === "name") return parts[tree.name] ?? tree;
  return withParts(tree, (part) => substitute(part, parts));
}

/** The tree where a factor of that name is 1, and so need not be written. */
export function withoutFactor(tree: Tree, name: string): Tree {
  const inside = withParts(tree, (part) => withoutFactor(part, name));
  const isProduct = inside.kind === "operation" && inside.operator === "*";
  if (isProduct && inside.right.kind === "name" && inside.right.name === name) return inside.left;
  return inside;
}

function withParts(tree: Tree, change: (part: Tree) => Tree): Tree {
  switch (tree.kind) {
    case "number":
    case "name":
      return tree;
    case "negative":
      return { ...tree, of: change(tree.of) };
    case "call":
      return { ...tree, of: tree.of.map(change) };
    case "condition":
      return { ...tree, yes: change(tree.yes), test: change(tree.test), no: change(tree.no) };
    default:
      return { ...tree, left: change(tree.left), right: change(tree.right) };
  }
}
