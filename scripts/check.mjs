// Everything that CI asks before the tests, in one command. Every part runs, so that one look shows all there is to mend.
import { root, runScript, runTool } from "./tools.mjs";

/** @type {[name: string, run: () => number][]} */
const parts = [
  ["types", () => runTool("tsc", ["-p", "tsconfig.json"])],
  ["types of scripts", () => runTool("tsc", ["-p", "tsconfig.scripts.json"])],
  ["types of the docs page", () => runTool("tsc", ["-p", "src/http/docs/tsconfig.json", "--noEmit"])],
  ["types of the console", () => runTool("tsc", ["-p", "console/tsconfig.json"])],
  // Also the sizes: 400 lines a file, 60 lines a function, 3 parameters.
  ["lint", () => runTool("oxlint", ["--type-aware", "--deny-warnings"])],
  ["format", () => runTool("biome", ["format"])],
  ["layers", () => runScript("check-layers.mjs", [root])],
  ["places", () => runScript("check-places.mjs", [root])],
  ["dead code", () => runTool("knip", ["--no-progress"])],
];

const broken = parts.filter(([name, run]) => {
  console.log(`— ${name}`);
  return run() !== 0;
});
const verdict = broken.length === 0 ? "all good" : `broken: ${broken.map(([name]) => name).join(", ")}`;
console.log(`check: ${verdict}`);
process.exitCode = broken.length === 0 ? 0 : 1;
