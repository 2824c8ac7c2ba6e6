// Builds src/ into dist/ with tsc, and console/ into dist/console/ with vite. Three things that `tsc` alone does not do:
// - a page's scripts are compiled with the types of a browser, its markup and style are copied as they are;
// - files whose source is gone must go too, or a deleted module would still ship and still pass its tests;
// - a build that would change nothing is skipped, so that `npm start` and `npm test` begin at once.
// The new folder is made beside the old one and swapped in, so that nobody reads a half-written dist/.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { root, runTool } from "./tools.mjs";

const dist = join(root, "dist");
const stampFile = join(dist, ".build-stamp");
const fresh = `${dist}.${process.pid}`;

const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
const copied = files.filter((file) => [".html", ".css"].includes(extname(file)));
const consoleFiles = readdirSync(join(root, "console"), { recursive: true, encoding: "utf8" })
  .filter((file) => extname(file) !== "")
  .map((file) => join("console", file));
const docs = join("src", "http", "docs", "tsconfig.json");

/** @returns {string} a digest of every input of the build: the sources, the compiler's settings and its version */
function inputsDigest() {
  const sources = [...files.filter((file) => [".ts", ".js"].includes(extname(file))), ...copied];
  const tools = ["typescript", "vite", "react", "react-dom"].map((name) => `node_modules/${name}/package.json`);
  const settings = ["tsconfig.json", "tsconfig.build.json", docs, ...tools];
  const hash = createHash("sha256");
  for (const file of [...sources.map((f) => join("src", f)), ...consoleFiles].sort().concat(settings)) {
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
    const server = runTool("tsc", ["-p", "tsconfig.build.json", "--outDir", fresh]);
    const page = runTool("tsc", ["-p", docs, "--outDir", join(fresh, "http", "docs")]);
    // Its types are checked by `npm run check`: vite reads past them.
    const pages = runTool("vite", ["build", "console", "--outDir", join(fresh, "console"), "--logLevel", "warn"]);
    const code = [server, page, pages].find((each) => each !== 0) ?? 0;
    if (existsSync(fresh)) for (const file of copied) cpSync(join(root, "src", file), join(fresh, file));
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
