import { expect, test } from "vitest";
import { projectFolder, run } from "./project-folder.ts";

/** Runs test files (name → text) through the same script as `npm test`; answers the exit code and the last line. */
function count(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = { CI: "" }) {
  const use = 'import { beforeAll, describe, expect, test } from "vitest";\n';
  const named = Object.entries(files).map(([name, text]) => [`test/${name}.test.ts`, use + text]);
  const { code, lines } = run("scripts/test.mjs", [`--root=${projectFolder(Object.fromEntries(named))}`], {
    environment,
  });
  // run() puts what went to stderr after what went to stdout: the count is the last line of stdout.
  const at = lines.findLastIndex((line) => / passed, /.test(line));
  return { code, last: lines[at], after: lines[at + 1], lines };
}

const pass = 'test("one", () => expect(1).toBe(1));\ntest("two", () => expect(2).toBe(2));\n';

test("the last line is the count alone, also when everything passes", () => {
  const { code, last, after } = count({ pass });
  expect(last).toBe("2 passed, 0 failed, 0 skipped");
  expect(after).toBe("");
  expect(code).toBe(0);
});

test("a failing test, and a skipped one that says what it needs", () => {
  const { code, last, lines } = count({
    pass,
    fail: 'test("no", () => expect(1).toBe(2));\n',
    skip: 'test.skip("a page (needs chromium: apt-get install chromium)", () => {});\ntest.skip("b (needs chromium: apt-get install chromium)", () => {});\n',
  });
  expect(last).toBe("2 passed, 1 failed, 2 skipped");
  expect(lines.filter((line) => line === "skipped: needs chromium: apt-get install chromium")).toHaveLength(1);
  expect(code).toBe(1);
});

test.each([
  ["cannot be imported", 'import "./nowhere.ts";\n', 0],
  ["throws while it loads", 'throw new Error("load");\n', 0],
  [
    "has a beforeAll that throws",
    'beforeAll(() => { throw new Error("x"); });\ntest("t", () => expect(1).toBe(1));\n',
    1,
  ],
  [
    "leaves an error behind",
    'test("t", async () => { setTimeout(() => { throw new Error("late"); }); await new Promise((r) => setTimeout(r, 50)); });\n',
    0,
  ],
  ["holds no test", "", 0],
])("a file that %s counts as failed", (_what, text, skipped) => {
  const { code, last } = count({ pass, bad: text });
  expect(last).toMatch(new RegExp(`^[23] passed, 1 failed, ${skipped} skipped$`));
  expect(code).toBe(1);
});

test("a run without any test is no success", () => {
  const { code, last } = count({});
  expect(last).toBe("0 passed, 1 failed, 0 skipped");
  expect(code).toBe(1);
});

test("in CI what failed runs once more: what passes then is named, what fails again has failed", () => {
  const CI = { CI: "true" };
  const once =
    'import { existsSync, writeFileSync } from "node:fs";\n' +
    'test("t", () => { const ran = existsSync("ran"); writeFileSync("ran", ""); expect(ran).toBe(true); });\n';
  const flaky = count({ pass, once: once.replaceAll('"ran"', 'new URL("ran", import.meta.url)') }, CI);
  expect(flaky.last).toBe("3 passed, 0 failed, 0 skipped");
  expect(flaky.lines.filter((line) => /^passed only when run again alone: .+once\.test\.ts$/.test(line))).toHaveLength(
    1,
  );
  expect(flaky.code).toBe(0);
  const broken = count({ pass, fail: 'test("no", () => expect(1).toBe(2));\n' }, CI);
  expect(broken.last).toBe("2 passed, 1 failed, 0 skipped");
  expect(broken.code).toBe(1);
});
