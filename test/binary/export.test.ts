import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "servery";
import { describeTypes } from "#servery/schema/describe-types.js";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyKind } from "../openapi/every-kind.ts";
import { applicationFolder, ask, ran, servery } from "./process.ts";

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
let folder: string;
let engine: EngineUnderTest;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "servery-types-"));
  engine = await openEngine(everyKind);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What strict TypeScript says of a program that uses the types. */
function complaints(program: string): string[] {
  writeFileSync(join(folder, "types.d.ts"), describeTypes(compile(everyKind).schema));
  writeFileSync(join(folder, "program.ts"), `import type { Tables } from "./types.js";\n${program}`);
  const flags = [
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--lib",
    "es2023",
  ];
  const { stdout } = spawnSync(process.execPath, [TSC, ...flags, "--ignoreConfig", "program.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => line !== "");
}

test("the same declaration gives the same bytes, to stdout and into a file", async () => {
  const app = applicationFolder();
  for (const what of ["types", "openapi"]) {
    const first = await ran(["export", what, app]);
    const second = await ran(["export", what, app]);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(second.stdout).toBe(first.stdout);
    const out = join(app, `out.${what}`);
    const written = await ran(["export", what, app, "--out", out]);
    expect(written).toEqual({ code: 0, stdout: `Wrote ${out}.\n`, stderr: "" });
    expect(readFileSync(out, "utf8")).toBe(first.stdout);
    expect((await ran(["export", what, app, "-o", join(app, "no", "folder")])).stderr).toMatch(
      /^servery: ENOENT[^\n]+\n$/,
    );
  }
});

test("the document is the one that the server answers", async () => {
  const app = applicationFolder();
  const { stdout } = await ran(["export", "openapi", app]);
  const running = servery(["dev", app], { PORT: "0" });
  expect(JSON.parse(stdout)).toEqual((await ask(`${await running.url()}/openapi.json`)).body);
});

test("the types of every kind and name compile, and refuse what the API refuses", { timeout: 600_000 }, () => {
  expect(complaints("export type All = Tables[keyof Tables];")).toEqual([]);
  const wrong = complaints(`
type Everything = Tables["everything"];
export const a: Partial<Everything["insert"]> = { integer: "5" };
export const b: Partial<Everything["insert"]> = { id: 1 };
export const c: Partial<Everything["insert"]> = { generated: "x" };
export const d: Partial<Everything["row"]> = { decimal: 1 };
export const e: Everything["filter"] = { texts: "x" };
export const f: Everything["filter"] = { integer: { contains: "x" } };
export const g: Everything["insert"] = {};
export const h: Everything["row"]["enumeration"] = "in";
export const i: Everything["filter"] = { text: null };
`);
  expect(wrong.map((line) => /^program\.ts\((\d+),/.exec(line)?.[1])).toEqual([
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
  ]);
});

test("bodies of those types are taken, filters of them are answered, and the answers are rows of them", {
  timeout: 600_000,
}, async () => {
  const insert = {
    text: "a",
    long_text: "b",
    email: "a@example.com",
    url: "https://example.com",
    slug: "a-b",
    integer: 1,
    bigint: 7,
    decimal: 1.5,
    fraction: "0.25",
    whole: "12",
    real: 0.5,
    boolean: true,
    date: "2024-02-29",
    timestamp: "2024-02-29T00:00:00Z",
    uuid: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
    enumeration: "draft",
    json: [1],
    shaped: { format: "x" },
  };
  const made = await engine.post("/api/everything", insert);
  expect(made.status, made.text).toBe(201);
  const filters = [
    {
      and: [{ text: { starts: "a" } }, { decimal: { gte: "1", lt: 2 } }],
      not: { boolean: false },
      json: { null: false },
    },
    { or: [{ bigint: { in: ["7", 8] } }, { timestamp: { gt: "2020-01-01T00:00:00Z" } }] },
  ];
  for (const filter of filters) {
    const found = await engine.get(`/api/everything?filter=${encodeURIComponent(JSON.stringify(filter))}`);
    expect([found.status, (found.json as unknown[]).length], found.text).toEqual([200, 1]);
  }
  const nothing = await engine.post("/api/maybe", {});
  expect(nothing.status, nothing.text).toBe(201);
  expect(
    complaints(`
const insert: Tables["everything"]["insert"] = ${JSON.stringify(insert)};
const row: Tables["everything"]["row"] = ${made.text};
const maybe: Tables["maybe"]["row"] = ${nothing.text};
const filters: readonly Tables["everything"]["filter"][] = ${JSON.stringify(filters)};
export default [insert, row, maybe, filters];
`),
  ).toEqual([]);
});
