import { expect, test } from "vitest";
import { everyone, integer, ref, servery, table, text, view } from "servery";
import { describeEachAdapter } from "../database/adapters.ts";
import { tree } from "../examples/chinook/question.ts";
import { adopt, adoptedFile } from "./world.ts";

/** Names that mean something in SQL, in JSON, in a URL or in a pointer. */
const NAMES = [
  'we"ird',
  "a'b",
  "a]b",
  "[a]",
  "select",
  "Größe",
  "per cent %",
  "100%25",
  "a.b",
  "a[b]",
  "a,b",
  "back`tick`",
  "sl/ash",
  "t~il~1de",
  "{brace}",
  "qu?estion&more=1",
  "has#hash",
  "-minus",
  "order",
  "limit",
  "a\\b",
  "日本",
  "😀",
  ":colon",
  "$dollar",
  "toString",
  "x; DROP TABLE y; --",
  "a name that is much longer than the sixty-three bytes that a database elsewhere takes",
];

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { id: false, created_at: false, updated_at: false } as const;

/** One table of each name, whose columns have all of them, a child that refers to it, and a view of it. */
function fileOf(names: readonly string[]): string {
  return names
    .flatMap((name, at) => [
      `CREATE TABLE ${quoted(name)} ("Key" INTEGER PRIMARY KEY, ${names.map((column) => `${quoted(column)} TEXT`).join(", ")})`,
      `CREATE TABLE ${quoted(`child of ${name}`)} ("Key" INTEGER PRIMARY KEY, ${quoted(name)} INTEGER REFERENCES ${quoted(name)} ON DELETE CASCADE)`,
      `CREATE UNIQUE INDEX ${quoted(`unique ${at}`)} ON ${quoted(name)} (${quoted(name)})`,
      `CREATE TRIGGER ${quoted(`after ${name}`)} AFTER INSERT ON ${quoted(name)} BEGIN SELECT 1; END`,
      `CREATE VIEW ${quoted(`view of ${name}`)} AS SELECT * FROM ${quoted(name)}`,
    ])
    .join(";\n");
}

function declarationOf(names: readonly string[]) {
  const columns = Object.fromEntries(names.map((name) => [name, text(100).optional()]));
  const tables = names.flatMap((name) => [
    [
      name,
      table({ Key: integer(), ...columns, [name]: text(100).optional().unique() }, PLAIN)
        .primaryKey("Key")
        .allow(OPEN),
    ],
    [
      `child of ${name}`,
      table(
        { Key: integer(), [name]: ref(name, { as: "parent", reverse: "children", onDelete: "cascade" }).optional() },
        PLAIN,
      )
        .primaryKey("Key")
        .allow(OPEN),
    ],
    [
      `view of ${name}`,
      view({ Key: integer(), ...columns }, "")
        .primaryKey("Key")
        .allow({ read: everyone }),
    ],
  ]);
  return servery({ adopted: true, tables: Object.fromEntries(tables) as never });
}

describeEachAdapter("names of an adopted file", ({ preference, driver }) => {
  test("any name works in SQL, JSON and URLs", async () => {
    const file = adoptedFile(fileOf(NAMES), driver);
    const before = file.schema();
    const app = await adopt(declarationOf(NAMES), file, { sqliteDriver: preference });
    for (const name of NAMES) {
      const url = `/api/${encodeURIComponent(name)}`;
      const made = await app.post(url, Object.fromEntries(NAMES.map((column) => [column, `${column} of one`])));
      expect([made.status, made.headers["location"]], name).toEqual([201, `${url}/1`]);
      expect(made.json, name).toEqual({
        Key: 1,
        ...Object.fromEntries(NAMES.map((column) => [column, `${column} of one`])),
      });

      const upserted = await app.put(`${url}?on_conflict=${encodeURIComponent(name)}`, { [name]: `${name} of one` });
      expect([upserted.status, (upserted.json as { Key: number }).Key], name).toEqual([200, 1]);
      const changed = await app.patch(`${url}/1`, { [name]: "new" }, { "if-match": upserted.headers["etag"] ?? "" });
      expect([changed.status, (changed.json as Record<string, unknown>)[name]], name).toEqual([200, "new"]);

      const child = await app.post(`${url}/1/children`, {});
      expect(child.json, name).toEqual({ Key: 1, [name]: 1 });
      const children = `/api/${encodeURIComponent(`child of ${name}`)}`;
      const found = await app.get(`${children}?include=parent&${tree({ parent: { [name]: { starts: "n" } } })}`);
      expect(found.json, name).toMatchObject([{ Key: 1, parent: { Key: 1, [name]: "new" } }]);
      const viewed = await app.get(`/api/${encodeURIComponent(`view of ${name}`)}?${tree({ [name]: "new" })}`);
      expect(viewed.json, name).toMatchObject([{ Key: 1, [name]: "new" }]);

      expect((await app.delete(`${url}?${tree({ [name]: { eq: "new" } })}`)).status, name).toBe(204);
      expect((await app.get(children)).json, name).toEqual([]);
    }
    expect((await app.get("/openapi.json")).status).toBe(200);
    expect(file.schema()).toEqual(before);
    expect(app.faults).toEqual([]);
  });

  test("sorts, chosen columns, groups and cursors name columns of any name that a URL can divide", async () => {
    const names = NAMES.filter((name) => !/[.,[\]]/.test(name) && !name.startsWith("-"));
    const file = adoptedFile(fileOf(["plain", ...names]), driver);
    const app = await adopt(declarationOf(["plain", ...names]), file, { sqliteDriver: preference });
    for (const word of ["b", "a"])
      await app.post("/api/plain", Object.fromEntries(names.map((column) => [column, word])));
    for (const name of names) {
      const column = encodeURIComponent(name);
      const page = await app.get(`/api/plain?sort=${column}&fields=${column}&limit=1`);
      expect(page.json, name).toEqual([{ [name]: "a" }]);
      const next = /<([^>]*)>; rel="next"/.exec(page.headers["link"] ?? "")?.[1] ?? "";
      expect((await app.get(next)).json, name).toEqual([{ [name]: "b" }]);
      const groups = await app.get(`/api/plain?aggregate=count,max(${column})&group_by=${column}`);
      expect(groups.json, name).toHaveLength(2);
      const csv = await app.get(`/api/plain?fields=${column}&sort=${column}`, { accept: "text/csv" });
      expect(csv.text, name).toContain("a\r\nb");
    }
  });
});
