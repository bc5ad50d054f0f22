// run_javascript.mjs MODEL ROWS KINDS FOUND PASSES: one row after the other, as objects.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modelPath, rowsPath, kinds, foundPath, passes] = process.argv.slice(2);
const model = await import(pathToFileURL(resolve(modelPath)));

const [names, ...lines] = readFileSync(rowsPath, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => line.split(","));
const ofKind = kinds.split(",").map((kind) => (kind === "number" ? Number : String));
const rows = lines.map((cells) =>
  Object.fromEntries(cells.map((cell, k) => [names[k], cell === "" ? null : ofKind[k](cell)])),
);

let found;
const start = performance.now();
for (let pass = 0; pass < Number(passes); pass++) {
  found = rows.map((row) => model.predict(row).prediction);
}
console.log((performance.now() - start) / 1000);
writeFileSync(foundPath, `${found.join("\n")}\n`);
