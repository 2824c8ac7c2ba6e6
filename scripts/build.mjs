// Builds src/ into dist/ with tsc. Two things that `tsc` alone does not do:
// - files whose source is gone must go too, or a deleted module would still ship and still pass its tests;
// - a build that would change nothing is skipped, so that `npm start` and `npm test` begin at once.
// The new folder is made beside the old one and swapped in, so that nobody reads a half-written dist/.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runTool } from "./tools.mjs";

const dist = join(root, "dist");
const stampFile = join(dist, ".build-stamp");
const fresh = `${dist}.${process.pid}`;

/** @returns {string} a digest of every input of the build: the sources, the compiler's settings and its version */
function inputsDigest() {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".ts"),
  );
  const settings = ["tsconfig.json", "tsconfig.build.json", "node_modules/typescript/package.json"];
  const hash = createHash("sha256");
  for (const file of [...sources.map((f) => join("src", f)).sort(), ...settings]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

const digest = inputsDigest();
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== digest) {
  try {
    const code = runTool("tsc", ["-p", "tsconfig.build.json", "--outDir", fresh]);
    if (code === 0) writeFileSync(join(fresh, ".build-stamp"), digest);
    // With type errors tsc still emits. What it emitted is swapped in unstamped: the next build tries again.
    if (existsSync(fresh)) {
      rmSync(dist, { recursive: true, force: true });
      renameSync(fresh, dist);
    }
    process.exitCode = code;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
