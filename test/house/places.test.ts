import { expect, test } from "vitest";
import { projectFolder, run } from "./project-folder.ts";

const env = "src/config/ only";
const output = "src/cli/ only";
const status = "src/http/ and src/errors/ only";
const sql = "src/database/ only";
const any = "src/schema/infer.ts only";

/** One line of code each, the file it stands in, and the place that the message must name. */
const misplaced: [file: string, code: string, place: string][] = [
  ["src/http/a.ts", "export const a = process.env.PORT;", env],
  ["src/http/b.ts", "export const { env } = process;", env],
  ["src/http/c.ts", 'export const c = process["env"];', env],
  ["src/http/d.ts", 'import { env } from "node:process";\nexport { env };', env],
  ["src/http/e.ts", "export const e = globalThis.process.env;", env],
  ["src/service/a.ts", 'console.log("x");', output],
  ["src/service/b.ts", "export const log = console.error;", output],
  ["src/service/c.ts", 'import { Console } from "node:console";\nexport { Console };', output],
  ["src/service/d.ts", "export const d = { status: 404 };", status],
  ["src/service/e.ts", "export const e = (r: { status: number }) => r.status === 409;", status],
  ["src/service/f.ts", "export const f = (r: { writeHead(n: number): void }) => r.writeHead(500);", status],
  ["src/service/g.ts", "export const g = (x: boolean) => ({ statusCode: x ? 200 : 503 });", status],
  ["src/service/h.ts", "export interface H { status: 401 | 403 }", `${status}`],
  ["src/repository/a.ts", 'export const a = "SELECT id FROM posts";', sql],
  ["src/repository/b.ts", "export const b = (t: string) => `UPDATE ${t} SET a = 1`;", sql],
  ["src/repository/c.ts", "export const c = (t: string) => `INSERT INTO ${t} VALUES (1)`;", sql],
  ["src/repository/d.ts", "export const d = `\n  DELETE FROM posts`;", sql],
  ["src/repository/e.ts", 'export const e = "PRAGMA foreign_keys = ON";', sql],
  ["src/repository/f.ts", 'export const f = "CREATE TABLE posts (id INTEGER)";', sql],
  ["src/repository/g.ts", 'export const g = "select * from posts where id = 1";', sql],
  ["src/auth/a.ts", "export const a = (x: any) => x;", any],
  ["src/auth/b.ts", "export const b = JSON.parse('1') as any;", any],
];

/** The same things where they belong, and what only looks like them. */
const wellPlaced = {
  "src/config/read-env.ts": "export const env = process.env;",
  "src/cli/main.ts": 'console.log("listening");',
  "src/http/answer.ts": "export const notFound = { status: 404 };",
  "src/errors/catalog.ts": "export const conflict = { status: 409 };",
  "src/database/sql.ts": 'export const one = "SELECT 1 FROM posts";',
  "src/schema/infer.ts": "export type Column = any; // a column of any kind",
  "src/service/limits.ts": "export const maxInList = 500;\nexport const page = { limit: 100 };",
  "src/service/words.ts":
    'export const hint = ["Select a row from the list", "update a row to set it", "Delete from the list"];',
  "src/service/options.ts":
    "export const open = (options: { console: boolean; env: string }) => [options.console, options.env];",
};

test("what stands in its place is not reported", () => {
  const { code, lines } = run("scripts/check-places.mjs", [projectFolder(wellPlaced)]);
  expect(lines).toContain(`places: ${Object.keys(wellPlaced).length} files, 0 findings`);
  expect(code).toBe(0);
});

test("what stands elsewhere fails, and the message names the place", () => {
  const bad = Object.fromEntries(misplaced.map(([file, text]) => [file, text]));
  const { code, lines } = run("scripts/check-places.mjs", [projectFolder({ ...wellPlaced, ...bad })]);
  expect(code).toBe(1);
  for (const [file, text, place] of misplaced) {
    expect(lines, text).toContainEqual(expect.stringMatching(new RegExp(`^${file}:\\d+: .*${place}`)));
  }
  const files = new Set(lines.filter((line) => line.startsWith("src/")).map((line) => line.split(":")[0]));
  expect(files.size).toBe(misplaced.length);
});
