import { expect, test } from "vitest";
import { projectFolder, run } from "./project-folder.ts";

const lines = (n: number, line: string) => `${line}\n`.repeat(n);

/** One file that breaks one rule, and the rule that must say so. */
const broken: [file: string, text: string, rule: string][] = [
  ["src/a.ts", `export {};\n${lines(400, "// a line")}`, "max-lines"],
  [
    "src/b.ts",
    `export function b(): number {\n  let n = 0;\n${lines(60, "  n += 1;")}  return n;\n}\n`,
    "max-lines-per-function",
  ],
  ["src/c.ts", "export const c = (p: number, q: number, r: number, s: number) => p + q + r + s;\n", "max-params"],
  ["src/d.ts", "export function d(): void {\n  Promise.resolve(1);\n}\n", "no-floating-promises"],
  ["src/e.ts", 'import { type Stats } from "node:fs";\nexport type E = Stats;\n', "no-import-type-side-effects"],
  ["src/f.ts", "export const f = (x: number[]): number => x[0]!;\n", "no-non-null-assertion"],
];

test("each broken rule fails the lint", () => {
  const files = Object.fromEntries(broken.map(([file, text]) => [file, text]));
  const lint = run("node_modules/oxlint/bin/oxlint", ["--type-aware", "--format=unix", "src"], {
    cwd: projectFolder(files),
  });
  expect(lint.code).toBe(1);
  for (const [file, , rule] of broken) {
    expect(lint.lines, `${file} breaks ${rule}`).toContainEqual(
      expect.stringMatching(new RegExp(`${file}.*\\(${rule}\\)`)),
    );
  }
});

test("sizes at the limit, and a generated file above it, pass", () => {
  const files = {
    "src/a.ts": `export {};\n${lines(399, "// a line")}`,
    "src/b.generated.ts": `export {};\n${lines(400, "// a line")}`,
  };
  const { code } = run("node_modules/oxlint/bin/oxlint", ["--type-aware", "--deny-warnings", "src"], {
    cwd: projectFolder(files),
  });
  expect(code).toBe(0);
});
