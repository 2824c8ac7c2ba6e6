// Runs the layer rules of .dependency-cruiser.mjs on src/ and examples/.
// Why not the `depcruise` command: with a TypeScript that it cannot use it reads 0 modules and reports "no violations".
// So this script counts, and fails when fewer modules were looked at than there are files, or when a folder has no row.
// Usage: node scripts/check-layers.mjs [folder of a project, default: this one]
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { cruise } from "dependency-cruiser";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { root } from "./tools.mjs";

const project = resolve(process.argv[2] ?? root);
const rules = await import(pathToFileURL(join(project, ".dependency-cruiser.mjs")).href);
const { forbidden, options } = rules.default;

process.chdir(project); // dependency-cruiser resolves the paths of its rules against the working directory
const folders = ["src", "console", "examples"].filter((folder) => existsSync(folder));
const { output } = await cruise(
  folders,
  { ...options, ruleSet: { forbidden }, validate: true },
  { ...options.enhancedResolveOptions, tsConfig: options.tsConfig.fileName },
  { tsConfig: extractTsConfig(options.tsConfig.fileName) },
);
if (typeof output === "string") throw new Error("dependency-cruiser answered text where its result was asked for");

/** @type {Set<string>} what is wrong, one line each */
const findings = new Set();
for (const { rule, from, to, cycle } of output.summary.violations) {
  const { comment } = forbidden.find((/** @type {{ name: string }} */ { name }) => name === rule.name);
  const path = cycle ? cycle.map(({ name }) => name).join(" → ") : to;
  findings.add(`${from} → ${path}: ${comment} [${rule.name.replace(/-types$/, "")}]`);
}
for (const entry of readdirSync("src", { withFileTypes: true })) {
  const known = entry.isDirectory()
    ? entry.name in rules.layers
    : [
        "application.ts",
        "engine-options.ts",
        "engine.ts",
        "index.ts",
        "open-accounts.ts",
        "open-database.ts",
        "open-layers.ts",
        "open-observers.ts",
        "open-operators.ts",
        "open-services.ts",
        "open-ways-in.ts",
      ].includes(entry.name);
  if (!known) findings.add(`src/${entry.name}: has no row in .dependency-cruiser.mjs: say there what it may import`);
}
const seen = new Set(output.modules.map(({ source }) => source));
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file).replaceAll("\\", "/")),
);
const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes("node_modules/"));
const unseen = sources.filter((file) => !seen.has(file));
if (unseen.length > 0)
  findings.add(`looked at ${sources.length - unseen.length} of ${sources.length} files; not at ${unseen[0]}`);

for (const finding of findings) console.log(finding);
console.log(`layers: ${sources.length} files, ${findings.size} findings`);
process.exitCode = findings.size === 0 ? 0 : 1;
