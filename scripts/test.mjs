// Runs the tests and ends with the count, alone on the last line: `N passed, N failed, N skipped`.
// Vitest's own summary counts a file that cannot be imported as no test at all; here it is a failure, and so is an error
// outside every test. The run is a child process, so that the count also comes last when the runner itself dies.
// Arguments go to vitest (`npm test -- test/house`). Environment read by tests only, never by src/:
//   SERVERY_TEST_SQLITE  the SQLite adapters that the database suites run on, separated by commas: better-sqlite3,
//                        node-sqlite. Unset: each one that loads. A named one that does not load fails the run.
// With CI=true a file that failed is run once more, alone: a browser on a crowded machine may miss a deadline. What fails
// twice has failed; what passes then is named, so that it is mended.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./tools.mjs";

/** @typedef {{ status: string, title: string, fullName: string }} Test */
/** @typedef {{ name: string, status: string, assertionResults: Test[] }} TestFile */

/** More failed files than this are no accident. */
const MOST_RUN_AGAIN = 3;

const folder = mkdtempSync(join(tmpdir(), "servery-test-"));

/**
 * @param {string[]} args
 * @returns {{ code: number, files: TestFile[] }} no files when the runner died before it wrote its report
 */
function runTests(args) {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = runTool("vitest", ["run", ...reporters, ...args]);
  try {
    return { code, files: JSON.parse(readFileSync(report, "utf8")).testResults };
  } catch (error) {
    console.error("no report from the test runner:", error);
    return { code, files: [] };
  }
}

/** @param {{ code: number, files: TestFile[] }} first */
function runFailedAgain(first) {
  const failed = first.files.filter((file) => file.status === "failed").map((file) => file.name);
  if (process.env["CI"] !== "true" || failed.length === 0 || failed.length > MOST_RUN_AGAIN) return first;
  const options = process.argv.slice(2).filter((arg) => arg.startsWith("--"));
  const again = runTests([...options, ...failed]);
  // A runner that died, or one that did not run them all, takes nothing back.
  if (again.files.length < failed.length) return first;
  for (const file of again.files) {
    if (file.status === "passed") console.log(`passed only when run again alone: ${file.name}`);
  }
  return { code: again.code, files: [...first.files.filter((file) => !failed.includes(file.name)), ...again.files] };
}

const { code, files } = runFailedAgain(runTests(process.argv.slice(2)));
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
