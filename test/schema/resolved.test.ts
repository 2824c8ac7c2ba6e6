import {
  type AnyDeclaration,
  bigint,
  boolean,
  compile,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  nobody,
  real,
  ref,
  servery,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
} from "servery";
import { describe, expect, test } from "vitest";
import { findingsOf, problemOf, rowOf } from "../api/answers.ts";
import { openEngine } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

function tableOf(declaration: AnyDeclaration, name: string) {
  const found = compile(declaration).schema.tables.get(name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

describe("a table", () => {
  test("has id, created_at and updated_at around its columns, unless they are switched off", () => {
    const names = (options: object): string[] =>
      tableOf(servery({ tables: { t: table({ code: text(5) }, options).primaryKey("code") } }), "t").columns.map(
        (column) => column.name,
      );
    expect(
      tableOf(servery({ tables: { t: table({ a: text(5) }) } }), "t").columns.map((column) => column.name),
    ).toEqual(["id", "a", "created_at", "updated_at"]);
    expect(names({})).toEqual(["code", "created_at", "updated_at"]);
    expect(names({ created_at: false })).toEqual(["code", "updated_at"]);
    expect(names({ created_at: false, updated_at: false })).toEqual(["code"]);
  });

  test("names its relations after the column without _id or Id, else with _ref, and the way back after the table", () => {
    const declaration = servery({
      tables: {
        users: table({ name: text(5) }),
        posts: table({ user_id: ref("users") }),
        marks: table({ userId: ref("users", { reverse: "marked" }) }),
        pins: table({ pinned_by: ref("users") }),
        follows: table({ a_id: ref("users", { as: "from" }), b_id: ref("users", { as: "to", reverse: "followers" }) }),
      },
    });
    expect([...tableOf(declaration, "users").relations.keys()].sort()).toEqual([
      "followers",
      "follows_as_from",
      "marked",
      "pins",
      "posts",
    ]);
    expect([...tableOf(declaration, "posts").relations.keys()]).toEqual(["user"]);
    expect([...tableOf(declaration, "marks").relations.keys()]).toEqual(["user"]);
    expect([...tableOf(declaration, "pins").relations.keys()]).toEqual(["pinned_by_ref"]);
    expect([...tableOf(declaration, "follows").relations.keys()].sort()).toEqual(["from", "to"]);
  });

  test("has an index for its order, one for each reference, and those it declares", () => {
    const posts = tableOf(
      servery({
        tables: {
          users: table({ mail: email().unique() }),
          posts: table({ user_id: ref("users"), category: text(5).index(), a: text(1), b: text(1) })
            .unique("a", "b")
            .index("b", "a"),
        },
      }),
      "posts",
    );
    expect(
      posts.indexes.map((index) => [
        index.columns.map((column) => `${column.name}${column.descending ? " down" : ""}`).join(", "),
        index.unique,
      ]),
    ).toEqual([
      ["created_at down, id down", false],
      ["user_id, created_at down, id down", false],
      ["category, created_at down, id down", false],
      ["a, b", true],
      ["b, a", false],
    ]);
  });

  test("without .allow() is for administrators, and an action that is left out is for nobody", () => {
    const rules = (declared: ReturnType<typeof table>) =>
      Object.values(tableOf(servery({ tables: { t: declared } }), "t").rules).map((rule) => rule.rule);
    expect(rules(table({ a: text(1) }))).toEqual([
      "administrators",
      "administrators",
      "administrators",
      "administrators",
    ]);
    expect(rules(table({ a: text(1) }).allow({ read: everyone, create: nobody }))).toEqual([
      "everyone",
      "nobody",
      "nobody",
      "nobody",
    ]);
  });

  test("may have a path of its own, and a name that URLs and SQL must quote", async () => {
    const engine = await openEngine(
      servery({
        tables: {
          auth: table({ 'a "b" c': text(10), select: integer().optional() }, { path: "logins" }).allow(OPEN),
          "odd name;--": table({ "x'y": text(5) }).allow(OPEN),
        },
      }),
    );
    const row = rowOf(await engine.post("/api/logins", { 'a "b" c': "v", select: 1 }));
    expect((await engine.get(`/api/logins/${String(row["id"])}`)).json).toEqual(row);
    expect(
      (await engine.get(`/api/logins?select=1&filter=${encodeURIComponent(JSON.stringify({ 'a "b" c': "v" }))}`)).json,
    ).toEqual([row]);
    const odd = await engine.post("/api/odd%20name%3B--", { "x'y": "z" });
    expect((await engine.get(odd.headers["location"] ?? "")).json).toEqual(rowOf(odd));
    problemOf(await engine.get("/api/auth"), 404, "no_route");
    await engine.close();
    expect(engine.faults).toEqual([]);
  });

  test("may be wider than a function of SQLite takes arguments", async () => {
    const columns = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`c${at}`, integer().default(at)]));
    const engine = await openEngine(
      servery({ tables: { wide: table(columns).allow(OPEN), parts: table({ wide_id: ref("wide") }).allow(OPEN) } }),
    );
    const row = rowOf(await engine.post("/api/wide", {}));
    expect(Object.keys(row)).toHaveLength(133);
    expect([row["c0"], row["c129"]]).toEqual([0, 129]);
    await engine.post("/api/parts", { wide_id: row["id"] });
    expect(rowOf(await engine.get(`/api/wide/${String(row["id"])}?include=parts`))).toEqual({
      ...row,
      parts: [expect.objectContaining({ wide_id: row["id"] })],
    });
    await engine.close();
    expect(engine.faults).toEqual([]);
  });
});

describe("keys that are no whole number", () => {
  const declaration = servery({
    tables: {
      codes: table({ code: text(20), label: text(20) })
        .primaryKey("code")
        .allow(OPEN),
      tokens: table({ token: uuid().generated(), label: text(20) })
        .primaryKey("token")
        .allow(OPEN),
      days: table({ day: date(), label: text(20) })
        .primaryKey("day")
        .allow(OPEN),
      counters: table({ number: integer(), label: text(20) })
        .primaryKey("number")
        .allow(OPEN),
      prices: table({ price: decimal(10, 2), big: bigint() })
        .primaryKey("price", "big")
        .allow(OPEN),
      uses: table({ code: ref("codes"), token: ref("tokens") }).allow(OPEN),
      children: table({ code: ref("codes") })
        .primaryKey("code")
        .allow(OPEN),
    },
  });

  test("are made, sent, found and referred to", async () => {
    const engine = await openEngine(declaration);
    const code = await engine.post("/api/codes", { code: "a b/c", label: "x" });
    expect(code.headers["location"]).toBe("/api/codes/a%20b%2Fc");
    const token = rowOf(await engine.post("/api/tokens", { label: "x" }));
    expect(token["token"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(findingsOf(await engine.post("/api/tokens", { label: "x", token: token["token"] }))).toEqual([
      "/token read_only",
    ]);
    expect(rowOf(await engine.get(`/api/tokens/${String(token["token"])}`))).toEqual(token);
    expect((await engine.post("/api/days", { day: "2024-02-29", label: "x" })).headers["location"]).toBe(
      "/api/days/2024-02-29",
    );
    problemOf(await engine.get("/api/days/2024-02-30"), 404, "not_found");
    expect(rowOf(await engine.post("/api/counters", { label: "x" }))["number"]).toBe(1);
    const price = await engine.post("/api/prices", { price: "9.90", big: "9223372036854775807" });
    expect((await engine.get(price.headers["location"] ?? "")).json).toEqual(rowOf(price));
    const use = rowOf(await engine.post("/api/uses", { code: "a b/c", token: token["token"] }));
    expect((await engine.get(`/api/uses/${String(use["id"])}?include=code_ref,token_ref`)).json).toMatchObject({
      code_ref: { label: "x" },
      token_ref: { label: "x" },
    });
    expect((await engine.get("/api/codes/a%20b%2Fc/uses")).json).toHaveLength(1);
    expect(rowOf(await engine.post("/api/children", { code: "a b/c" }))["code"]).toBe("a b/c");
    expect(findingsOf(await engine.post("/api/children", { code: "gone" }))).toEqual(["/code reference_missing"]);
    problemOf(await engine.delete("/api/codes/a%20b%2Fc"), 409, "still_referenced");
    await engine.close();
    expect(engine.faults).toEqual([]);
  });
});

describe("defaults", () => {
  test("of every kind are taken where nothing is sent, by the service and by the database", async () => {
    const defaults = {
      t: "x",
      l: "long",
      e: "a@b.co",
      u: "http://a.b",
      s: "a-b",
      en: "b",
      i: -5,
      b: "-9223372036854775808",
      d: "1.50",
      r: 0.5,
      bo: true,
      da: "2024-02-29",
      ti: "2024-01-15T14:30:00.000Z",
      id7: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
      j: { a: [1] },
    };
    const things = table({
      t: text(5).default("x"),
      l: longText().default("long"),
      e: email().default("a@b.co"),
      u: url().default("http://a.b"),
      s: slug().default("a-b"),
      en: enumeration("a", "b").default("b"),
      i: integer().default(-5),
      b: bigint().default("-9223372036854775808"),
      d: decimal(5, 2).default("1.5"),
      r: real().default(0.5),
      bo: boolean().default(true),
      da: date().default("2024-02-29"),
      ti: timestamp().default("2024-01-15 14:30:00"),
      id7: uuid().default("0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11"),
      j: json().default({ a: [1] }),
    });
    const engine = await openEngine(servery({ tables: { things: things.allow(OPEN) } }));
    const row = rowOf(await engine.post("/api/things", {}));
    expect(row).toMatchObject(defaults);
    const file = await openRaw(engine.databasePath);
    file.run(
      "INSERT INTO things (created_at, updated_at) VALUES ('2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z')",
    );
    file.close();
    expect(rowOf(await engine.get("/api/things/2"))).toMatchObject(defaults);
    await engine.patch("/api/things/1", { t: "y", bo: false, i: 1 });
    expect(rowOf(await engine.put("/api/things/1", {}))).toMatchObject(defaults);
    await engine.close();
    expect(engine.faults).toEqual([]);
  });
});

describe("constraints", () => {
  const declaration = servery({
    tables: {
      things: table({
        a: text(5).optional(),
        b: integer().optional(),
        low: integer().default(0),
        high: integer().default(1),
        code: slug().optional().unique(),
      })
        .unique("a", "b")
        .check("in_order", { low: { lte: { column: "high" } } })
        .check("not_seven", { b: { ne: 7 } })
        .allow(OPEN),
    },
  });

  test("a pair is unique as a pair, and missing values do not clash", async () => {
    const engine = await openEngine(declaration);
    for (const body of [{ a: "x", b: 1 }, { a: "x", b: 2 }, { a: "y", b: 1 }, { a: "x" }, { a: "x" }, {}, {}])
      expect((await engine.post("/api/things", body)).status).toBe(201);
    const clash = problemOf(await engine.post("/api/things", { a: "x", b: 1 }), 409, "unique");
    expect(clash.errors?.map((error) => error.pointer).sort()).toEqual(["/a", "/b"]);
    problemOf(await engine.patch("/api/things/2", { b: 1 }), 409, "unique");
    await engine.close();
    expect(engine.faults).toEqual([]);
  });

  test("a check holds for new rows, changed rows and the columns that were not sent, and for nothing that is missing", async () => {
    const engine = await openEngine(declaration);
    expect(findingsOf(await engine.post("/api/things", { low: 2 }))).toEqual(["/low check"]);
    expect(findingsOf(await engine.post("/api/things", { b: 7 }))).toEqual(["/b check"]);
    expect((await engine.post("/api/things", { b: null, low: 1 })).status).toBe(201);
    const changed = await engine.patch("/api/things/1", { low: 5 });
    expect(findingsOf(changed).map((finding) => finding.split(" ")[1])).toEqual(["check"]);
    expect(findingsOf(await engine.put("/api/things/1", { high: -1 }))).toEqual(["/low check"]);
    expect(rowOf(await engine.get("/api/things/1"))).toMatchObject({ low: 1, high: 1 });
    const file = await openRaw(engine.databasePath);
    expect(file.refusal("UPDATE things SET low = 9")).toMatch(/CHECK constraint failed: in_order/);
    file.close();
    await engine.close();
    expect(engine.faults).toEqual([]);
  });
});
