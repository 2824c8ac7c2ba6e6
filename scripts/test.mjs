// Runs the tests and ends with the count, alone on the last line: `N passed, N failed, N skipped`.
// Vitest's own summary counts a file that cannot be imported as no test at all; here it is a failure, and so is an error
// outside every test. The run is a child process, so that the count also comes last when the runner itself dies.
// Arguments go to vitest (`npm test -- test/house`). Environment read by tests only, never by src/:
//   SERVERY_TEST_SQLITE  the SQLite adapters that the database suites run on, separated by commas: better-sqlite3,
//                        node-sqlite. Unset: each one that loads. A named one that does not load fails the run.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./tools.mjs";

/** @typedef {{ status: string, title: string, fullName: string }} Test */
/** @typedef {{ status: string, assertionResults: Test[] }} TestFile */

const folder = mkdtempSync(join(tmpdir(), "servery-test-"));
const report = join(folder, "report.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const code = runTool("vitest", ["run", ...reporters, ...process.argv.slice(2)]);

/** @returns {TestFile[]} nothing when the runner died before it wrote its report */
function readReport() {
  try {
    return JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch (error) {
    console.error("no report from the test runner:", error);
    return [];
  }
}

const files = readReport();
rmSync(folder, { recursive: true, force: true });
const tests = files.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === "passed").length;
const failedTests = tests.filter((test) => test.status === "failed").length;
const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
// A file may fail without a failed test: it cannot be imported, or a beforeAll threw and its tests did not run.
const failedFiles = files.filter(
  (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
).length;
const failed = failedTests + failedFiles;

// What is skipped says in its title what it needs: `… (needs chromium: apt-get install chromium)`.
const reasons = new Set(skipped.map(({ fullName }) => /\((needs .+)\)/.exec(fullName)?.[1] ?? fullName));
for (const reason of reasons) console.log(`skipped: ${reason}`);
// Nothing ran, or the runner complains about something that is no test: never a success.
const unnamed = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
console.log(`${passed} passed, ${failed + unnamed} failed, ${skipped.length} skipped`);
process.exitCode = failed + unnamed > 0 ? 1 : 0;
