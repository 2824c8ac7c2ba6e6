import {
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  real,
  ref,
  type SeedRows,
  servery,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
} from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, columnOf, findingsOf, problemOf, rowOf, rowsOf, writesOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** A column of every kind that can be a key. */
const kinds = {
  text: () => text(50),
  integer: () => integer(),
  bigint: () => bigint(),
  decimal: () => decimal(10, 2),
  real: () => real(),
  boolean: () => boolean(),
  date: () => date(),
  timestamp: () => timestamp(),
  uuid: () => uuid(),
  enumeration: () => enumeration("on", "off", "in between"),
  email: () => email(100),
  slug: () => slug(50),
  url: () => url(),
};
type KindName = keyof typeof kinds;

/** Two keys of each kind, as an answer spells them, and some that are hard to write into a URL. */
const keysOf: { readonly [kind in KindName]: readonly (string | number | boolean)[] } = {
  text: [
    "plain",
    "a/b",
    "a,b",
    "100%",
    "%2F",
    "a b",
    "👩‍🚀 café",
    "..",
    "?x=1&y#z",
    "a+b",
    "a\\b",
    "'; DROP--",
    "{id}",
  ],
  integer: [0, 7, -7, 2_147_483_647],
  bigint: ["0", "9007199254740993", "-9223372036854775808"],
  decimal: ["0.00", "1.50", "-1.50", "12345678.90"],
  real: [0, 0.1, -2.5, 1e300, 5e-324],
  boolean: [true, false],
  date: ["2024-02-29", "0001-01-01"],
  timestamp: ["2024-10-28T10:30:00.000Z", "1969-12-31T23:59:59.999Z"],
  uuid: ["0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
  enumeration: ["on", "in between"],
  email: ["a@b.co", "z.y+x@sub.example.com"],
  slug: ["a-b", "b"],
  url: ["https://a.b/c?d=e&f=%20#g", "http://[::1]:80/"],
};

/** For each kind a parent whose key is of it, and a table that refers to it. */
const tables = Object.fromEntries(
  Object.entries(kinds).flatMap(([kind, column]) => [
    [
      `${kind}_parents`,
      table({ code: column(), note: text(20).optional() })
        .primaryKey("code")
        .allow(OPEN),
    ],
    [
      `${kind}_children`,
      table({
        parent: ref(`${kind}_parents`, { as: "parent_row", reverse: "children" }),
        note: text(20).optional(),
      }).allow(OPEN),
    ],
  ]),
);
const names = Object.keys(kinds) as KindName[];

let engine: EngineUnderTest;
beforeAll(async () => {
  const seed = (): SeedRows =>
    names.map((kind) => ({ table: `${kind}_parents`, rows: keysOf[kind].map((code) => ({ code })) }));
  engine = await openEngine(servery({ tables, seed }));
});
afterAll(() => closeSound(engine));

const parentPath = (kind: KindName, code: unknown): string =>
  `/api/${kind}_parents/${encodeURIComponent(String(code))}`;

async function countOf(kind: KindName): Promise<string | undefined> {
  return (await engine.get(`/api/${kind}_children?limit=1&count=exact`)).headers["x-total-count"];
}

describe.each(names)("below a parent whose key is of the kind %s", (kind) => {
  test.each(keysOf[kind])(
    "%j: a POST takes the parent from the path, and also when the body names it",
    async (code) => {
      const path = `${parentPath(kind, code)}/children`;
      const before = Number(await countOf(kind));
      for (const body of [{ note: "none" }, { note: "same", parent: code }]) {
        const answer = await engine.post(path, body);
        const row = rowOf(answer);
        expect([answer.status, row["parent"], row["note"]]).toEqual([201, code, body.note]);
        expect(rowOf(await engine.get(answer.headers["location"] ?? ""))).toEqual(row);
      }
      expect(await countOf(kind)).toBe(String(before + 2));
      expect(columnOf(await engine.get(`${path}?sort=id`), "note")).toEqual(["none", "same"]);
      expect(columnOf(await engine.get(`${path}?include=parent_row&limit=1`), "parent_row")).toMatchObject([{ code }]);
      expect((await engine.get(parentPath(kind, code))).json).toMatchObject({ code });
    },
  );

  test.each(keysOf[kind])("%j: a body that names another one, or null, is a 400 and no row", async (code) => {
    const path = `${parentPath(kind, code)}/children`;
    const before = await countOf(kind);
    const others = keysOf[kind].filter((other) => other !== code);
    expect(others.length).toBeGreaterThan(0);
    for (const parent of [...others, null]) {
      const answer = await engine.post(path, { parent, note: "other" });
      const findings = findingsOf(answer);
      expect(findings, answer.text).toHaveLength(1);
      expect(findings[0]).toMatch(parent === null ? /^\/parent (?:read_only|required|null)$/ : /^\/parent read_only$/);
      expect(writesOf(answer)).toEqual([]);
    }
    expect(await countOf(kind)).toBe(before);
  });
});

const SENT = names.filter((kind) => !["integer", "bigint", "uuid"].includes(kind));
test.each(SENT)("%s: the Location of a new parent leads to it and to its children", async (kind) => {
  const [, code] = keysOf[kind];
  const path = parentPath(kind, code);
  for (const child of rowsOf(await engine.get(`${path}/children`)))
    await engine.delete(`/api/${kind}_children/${String(child["id"])}`);
  expect((await engine.delete(path)).status).toBe(204);
  problemOf(await engine.get(`${path}/children`), 404, "not_found");
  const { headers, status } = await engine.post(`/api/${kind}_parents`, { code });
  expect([status, headers["location"]]).toEqual([201, path]);
  expect((await engine.get(`${path}/children`)).json).toEqual([]);
});

test.each<[KindName, string]>([
  ["text", "nobody"],
  ["integer", "8"],
  ["integer", "07"],
  ["integer", "7.0"],
  ["integer", "+7"],
  ["integer", "%37%20"],
  ["bigint", "1"],
  ["bigint", "-0"],
  ["bigint", "00"],
  ["decimal", "1.51"],
  ["decimal", "1.5"],
  ["decimal", "1.500"],
  ["decimal", "0"],
  ["decimal", "-0.00"],
  ["decimal", "01.50"],
  ["real", "NaN"],
  ["real", "Infinity"],
  ["boolean", "1"],
  ["boolean", "TRUE"],
  ["date", "2024-02-30"],
  ["date", "2024-2-29"],
  ["timestamp", "2024-10-28T10:30:00Z"],
  ["timestamp", "2024-10-28T10:30:00.000"],
  ["timestamp", "2024-10-28T11:30:00.000%2B01:00"],
  ["uuid", "0191F2F0-7C1E-7D3A-9B1C-2F6A1F0E9D11"],
  ["uuid", "0191f2f07c1e7d3a9b1c2f6a1f0e9d11"],
  ["enumeration", "On"],
  ["enumeration", "under"],
  ["email", "A@b.co"],
  ["slug", "A-B"],
  ["url", "https%3A%2F%2Fa.b"],
])("%s: %s is the key of no row, and nothing is written below it", async (kind, key) => {
  const before = await countOf(kind);
  const answer = await engine.post(`/api/${kind}_parents/${key}/children`, { note: "x" });
  problemOf(answer, 404, "not_found");
  expect(writesOf(answer)).toEqual([]);
  problemOf(await engine.get(`/api/${kind}_parents/${key}/children`), 404, "not_found");
  problemOf(await engine.get(`/api/${kind}_parents/${key}`), 404, "not_found");
  problemOf(await engine.delete(`/api/${kind}_parents/${key}`), 404, "not_found");
  expect(await countOf(kind)).toBe(before);
});
