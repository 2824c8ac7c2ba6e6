import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as ships from "#servery/index.js";
import * as servery from "servery";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

test("tests import what ships, as Node loads it", () => {
  expect(Object.keys(servery)).not.toHaveLength(0);
  // One copy only: a test that holds another copy of a class than the engine proves nothing about `instanceof`.
  for (const [name, value] of Object.entries(servery)) expect(new Map(Object.entries(ships)).get(name)).toBe(value);
});

test("at most ten scripts, none longer than 80 characters", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(new URL("package.json", root), "utf8"),
  );
  expect(Object.keys(scripts).length).toBeLessThanOrEqual(10);
  for (const script of Object.values(scripts)) expect(script.length).toBeLessThanOrEqual(80);
});

test("the package holds the built files, the licence and the README, and nothing else", () => {
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(text);
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts", "dist/cli/main.js"]),
  );
  expect(
    paths.filter(
      (path) =>
        !/^(dist\/[^.].*\.(js|d\.ts)|dist\/http\/docs\/[\w-]+\.(html|css)|dist\/console\/(index\.html|assets\/[\w-]+\.(css|svg))|LICENSE|README\.md|package\.json)$/.test(
          path,
        ),
    ),
  ).toEqual([]);
});
