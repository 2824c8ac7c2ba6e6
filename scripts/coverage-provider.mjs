// Vitest's coverage, but of dist/ as Node loaded it. Vitest itself would lay what V8 counted over its own transformed copy
// of each file, in which everything stands elsewhere, and call lines untested that every test runs through.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import counting from "@vitest/coverage-v8";

export default {
  ...counting,
  async getProvider() {
    // Each worker loads this module to count; only the process that reports needs what follows.
    const { V8CoverageProvider } = await import("@vitest/coverage-v8/dist/provider.js");
    return Object.assign(new V8CoverageProvider(), {
      // The file names its source map itself, which leads to src/.
      getSources: async (/** @type {string} */ url) => ({ code: await readFile(fileURLToPath(url), "utf8") }),
    });
  },
};
