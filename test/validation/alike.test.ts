import {
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
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
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeSound, findingsOf, rowOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openRaw, type RawFile } from "./raw-file.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const declaration = servery({
  tables: {
    owners: table({ name: text(5) }).allow(OPEN),
    things: table({
      word: text(5).optional(),
      min: text(5, { min: 2 }).optional(),
      long: longText({ max: 10 }).optional(),
      mail: email(20).optional(),
      link: url(30).optional(),
      slug: slug(8).optional(),
      kind: enumeration("a", "b").optional(),
      small: integer({ min: 0, max: 10 }).optional(),
      whole: integer().optional(),
      big: bigint().optional(),
      price: decimal(5, 2).optional(),
      positive: decimal(5, 2, { min: "0.01", max: "9.99" }).optional(),
      weight: real().optional(),
      flag: boolean().optional(),
      day: date().optional(),
      moment: timestamp().optional(),
      mark: uuid().optional(),
      data: json().optional(),
      owner_id: ref("owners").optional(),
      required: text(5).default("x"),
    }).allow(OPEN),
  },
  seed: () => [{ table: "owners", rows: [{ name: "one" }] }],
});

let engine: EngineUnderTest;
let file: RawFile;
beforeAll(async () => {
  engine = await openEngine(declaration);
  file = await openRaw(engine.databasePath);
});
afterAll(async () => {
  file.close();
  await closeSound(engine);
});

type Stored = string | number | bigint | Uint8Array | null;

/**
 * A bad value as JSON text, the code it is refused with, and the same value as a program that goes past the service
 * would write it; `unseen` names what SQLite cannot see.
 */
interface Bad {
  readonly column: string;
  readonly json: string;
  readonly code: string;
  readonly stored?: Stored;
  readonly unseen?: string;
}

function bad(column: string, json: string, code: string, stored: { stored: Stored } | { unseen: string }): Bad {
  return { column, json, code, ...stored };
}

const NO_TYPE = { unseen: "JSON alone has this type" };
const SPELLING = { unseen: "SQLite has no regular expressions; the text is short and clean" };

const values: readonly Bad[] = [
  // Lengths count code points: a letter outside the BMP is one.
  bad("word", '"123456"', "too_long", { stored: "123456" }),
  bad("word", '"äöüäöü"', "too_long", { stored: "äöüäöü" }),
  bad("word", '"😀😀😀😀😀😀"', "too_long", { stored: "😀😀😀😀😀😀" }),
  bad("word", '"a\\u0000b"', "characters", { stored: "a\0b" }),
  bad("word", '"\\u0000"', "characters", { stored: "\0" }),
  bad("word", '"abcde\\u0000fghijk"', "too_long", { stored: "abcde\0fghijk" }),
  bad("word", '"\\ud800"', "characters", { unseen: "a half surrogate pair has no UTF-8" }),
  bad("word", '"a\\udc00"', "characters", { unseen: "a half surrogate pair has no UTF-8" }),
  bad("word", "5", "type", { stored: new Uint8Array([1]) }),
  bad("word", "true", "type", NO_TYPE),
  bad("word", '["a"]', "type", NO_TYPE),
  bad("word", '{"a":1}', "type", NO_TYPE),
  bad("min", '"a"', "too_short", { stored: "a" }),
  bad("min", '""', "too_short", { stored: "" }),
  bad("min", '"😀"', "too_short", { stored: "😀" }),
  bad("long", '"12345678901"', "too_long", { stored: "12345678901" }),
  bad("required", "null", "null", { stored: null }),
  bad("required", '"123456"', "too_long", { stored: "123456" }),

  bad("mail", '"a@b"', "format", SPELLING),
  bad("mail", '"nobody"', "format", SPELLING),
  bad("mail", '"a@b.co\\n"', "format", SPELLING),
  bad("mail", '"a b@c.de"', "format", SPELLING),
  bad("mail", '"a@b@c.de"', "format", SPELLING),
  bad("mail", '"a\\u200b@b.co"', "format", SPELLING),
  bad("mail", '"aaaaaaaaaaaaaaa@b.com"', "too_long", { stored: "aaaaaaaaaaaaaaa@b.com" }),
  bad("link", '"javascript:alert(1)"', "format", SPELLING),
  bad("link", '"//a.b"', "format", SPELLING),
  bad("link", '"http://"', "format", SPELLING),
  bad("link", '"ftp://a.b"', "format", SPELLING),
  bad("link", '"http://a b"', "format", SPELLING),
  bad("link", '"http://a.b/23456789012345678901"', "too_long", { stored: "http://a.b/23456789012345678901" }),
  bad("slug", '"No Slug"', "format", SPELLING),
  bad("slug", '"-a"', "format", SPELLING),
  bad("slug", '"a--b"', "format", SPELLING),
  bad("slug", '"ä"', "format", SPELLING),
  bad("slug", '""', "format", { stored: "" }),
  bad("slug", '"a-b-c-d-e"', "too_long", { stored: "a-b-c-d-e" }),
  bad("kind", '"c"', "not_in_list", { stored: "c" }),
  bad("kind", '"A"', "not_in_list", { stored: "A" }),
  bad("kind", '"a "', "not_in_list", { stored: "a " }),
  bad("kind", '""', "not_in_list", { stored: "" }),
  bad("kind", "1", "type", { stored: 1 }),

  bad("small", "-1", "out_of_range", { stored: -1 }),
  bad("small", "11", "out_of_range", { stored: 11 }),
  bad("small", "1.5", "type", { stored: 1.5 }),
  bad("small", '"5"', "type", NO_TYPE),
  bad("small", '"abc"', "type", { stored: "abc" }),
  bad("small", "true", "type", NO_TYPE),
  bad("whole", "2147483648", "out_of_range", { stored: 2_147_483_648 }),
  bad("whole", "-2147483649", "out_of_range", { stored: -2_147_483_649 }),
  bad("whole", "1e400", "type", { stored: Number.POSITIVE_INFINITY }),
  bad("big", '"9223372036854775808"', "format", { stored: 9_223_372_036_854_775_807.5 * 2 }),
  bad("big", '"-9223372036854775809"', "format", NO_TYPE),
  bad("big", '"1.0"', "format", NO_TYPE),
  bad("big", '"01"', "format", NO_TYPE),
  bad("big", '"abc"', "format", { stored: "abc" }),
  bad("big", "9007199254740993", "out_of_range", NO_TYPE),
  bad("big", "1.5", "type", { stored: 1.5 }),
  bad("price", '"1000.00"', "format", { stored: 100_000 }),
  bad("price", '"-1000.00"', "format", { stored: -100_000 }),
  bad("price", '"0.001"', "format", { stored: 0.1 }),
  bad("price", "0.001", "format", { stored: 0.1 }),
  bad("price", '"1,50"', "format", { stored: "1,50" }),
  bad("price", '"1e2"', "format", NO_TYPE),
  bad("price", "1e21", "format", { stored: 1e21 }),
  bad("price", '"NaN"', "format", { stored: "NaN" }),
  bad("price", "true", "type", NO_TYPE),
  bad("positive", '"0.00"', "format", { stored: 0 }),
  bad("positive", '"10.00"', "format", { stored: 1_000 }),
  bad("weight", '"1"', "type", NO_TYPE),
  bad("weight", '"abc"', "type", { stored: "abc" }),
  bad("weight", "1e400", "type", { stored: Number.POSITIVE_INFINITY }),
  bad("weight", "-1e400", "type", { stored: Number.NEGATIVE_INFINITY }),
  bad("flag", "1", "type", { stored: 2 }),
  bad("flag", "0", "type", { stored: -1 }),
  bad("flag", '"true"', "type", { stored: "true" }),

  bad("day", '"2024-02-30"', "format", { stored: "2024-02-30" }),
  bad("day", '"2023-02-29"', "format", { stored: "2023-02-29" }),
  bad("day", '"1900-02-29"', "format", { stored: "1900-02-29" }),
  bad("day", '"2024-04-31"', "format", { stored: "2024-04-31" }),
  bad("day", '"2024-13-01"', "format", { stored: "2024-13-01" }),
  bad("day", '"2024-00-10"', "format", { stored: "2024-00-10" }),
  bad("day", '"2024-01-00"', "format", { stored: "2024-01-00" }),
  bad("day", '"2024-1-1"', "format", { stored: "2024-1-1" }),
  bad("day", '"2024-01-15T00:00:00Z"', "format", { stored: "2024-01-15T00:00:00Z" }),
  bad("day", '"0000-01-01"', "format", { stored: "0000-01-01" }),
  bad("day", '"-0001-01-01"', "format", { stored: "-0001-01-01" }),
  bad("day", '"10000-01-01"', "format", { stored: "10000-01-01" }),
  bad("day", '"now"', "format", { stored: "now" }),
  bad("day", "20240115", "type", { stored: 20_240_115 }),
  bad("moment", '"2024-02-30T00:00:00Z"', "format", { stored: "2024-02-30T00:00:00.000Z" }),
  bad("moment", '"2024-01-15T24:00:00Z"', "format", { stored: "2024-01-15T24:00:00.000Z" }),
  bad("moment", '"2024-01-15T23:60:00Z"', "format", { stored: "2024-01-15T23:60:00.000Z" }),
  bad("moment", '"2024-01-15T23:59:60Z"', "format", { stored: "2024-01-15T23:59:60.000Z" }),
  bad("moment", '"2024-01-15T14:30:00+24:00"', "format", { stored: "2024-01-15T14:30:00.000+24:00" }),
  bad("moment", '"9999-12-31T23:59:59-01:00"', "format", { stored: "10000-01-01T00:59:59.000Z" }),
  bad("moment", '"0000-06-01T00:00:00Z"', "format", { stored: "0000-06-01T00:00:00.000Z" }),
  bad("moment", '"0001-01-01T00:00:00+01:00"', "format", { stored: "0000-12-31T23:00:00.000Z" }),
  bad("moment", '"2024-01-15T14:30:00 Z"', "format", { stored: "2024-01-15 14:30:00" }),
  bad("moment", '"14:30"', "format", { stored: "14:30" }),
  bad("moment", '"now"', "format", { stored: "now" }),
  bad("moment", "1705329000", "type", { stored: 1_705_329_000 }),
  bad("mark", '"0191f2f0"', "format", { stored: "0191f2f0" }),
  bad("mark", '"0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d1g"', "format", { stored: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d1g" }),
  bad("mark", '"{0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11}"', "format", { stored: "0191F2F0-7C1E-7D3A-9B1C-2F6A1F0E9D11" }),
  bad("data", '"a\\u0000b"', "characters", { unseen: "escaped inside the JSON text" }),
  bad("data", '{"a":["\\ud800"]}', "characters", { unseen: "escaped inside the JSON text" }),
  bad("data", '{"a\\u0000":1}', "characters", { unseen: "escaped inside the JSON text" }),
  bad("data", '{"a":1e400}', "out_of_range", { stored: '{"a":Infinity' }),
  bad("owner_id", "2", "reference_missing", { stored: 2 }),
  bad("owner_id", "0", "reference_missing", { stored: 0 }),
  bad("owner_id", '"1"', "type", { stored: "x" }),
  bad("owner_id", "9007199254740993", "out_of_range", NO_TYPE),
];

function insertOf(column: string): string {
  return `INSERT INTO things ("${column}", created_at, updated_at) VALUES (?, '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z')`;
}

describe("what the service refuses, the file refuses too", () => {
  test.each(values.map((value) => [value.column, value.json.slice(0, 50), value] as const))(
    "%s: %s",
    async (column, _, value) => {
      const request = { headers: { "content-type": "application/json" }, body: `{"${column}":${value.json}}` };
      const [post, patch] = [
        await engine.send({ method: "POST", url: "/api/things", ...request }),
        await engine.send({ method: "PATCH", url: "/api/things/1", ...request }),
      ];
      expect(findingsOf(post)).toEqual([`/${column} ${value.code}`]);
      expect(findingsOf(patch)).toEqual([`/${column} ${value.code}`]);
      if (value.unseen === undefined)
        expect(file.refusal(insertOf(column), [value.stored ?? null])).toMatch(
          /constraint failed|cannot store|datatype|too big|malformed JSON|non-deterministic/i,
        );
    },
  );

  test("a row that goes past the service into a wrong shape is refused by column, for each kind", () => {
    const seen = new Set(values.filter((value) => value.unseen === undefined).map((value) => value.column));
    const all = compileColumns();
    expect(all.filter((column) => !seen.has(column))).toEqual([]);
  });
});

function compileColumns(): string[] {
  return Object.keys(declaration.tables.things.spec.columns);
}

describe("what is on the edge is taken, and comes back as it was sent", () => {
  test.each<[string, unknown, unknown?]>([
    ["word", "12345"],
    ["word", "😀😀😀😀😀"],
    ["word", "e\u0301e\u0301e"],
    ["word", ""],
    ["word", "\u0001\u007f\ufeff\uffff"],
    ["min", "ab"],
    ["long", "1234567890"],
    ["mail", "a@b.co"],
    ["mail", "o'brien+x@b-c.co.uk"],
    ["link", "https://a.b/?x=%20#y"],
    ["slug", "a-1-b"],
    ["kind", "b"],
    ["small", 0],
    ["small", 10],
    ["small", 10.0],
    ["whole", -2_147_483_648],
    ["big", "9223372036854775807"],
    ["big", "-9223372036854775808"],
    ["big", 9_007_199_254_740_991, "9007199254740991"],
    ["price", "999.99"],
    ["price", "-999.99"],
    ["price", "1", "1.00"],
    ["price", "1.5", "1.50"],
    ["price", "-0", "0.00"],
    ["price", 0.1, "0.10"],
    ["price", 100, "100.00"],
    ["positive", "0.01"],
    ["weight", -0, 0],
    ["weight", 5e-324],
    ["weight", 1.7976931348623157e308],
    ["flag", false],
    ["day", "2000-02-29"],
    ["day", "0001-01-01"],
    ["day", "9999-12-31"],
    ["moment", "2024-01-15", "2024-01-15T00:00:00.000Z"],
    ["moment", "2024-01-15 14:30:00", "2024-01-15T14:30:00.000Z"],
    ["moment", "2024-01-15T14:30:00.123456Z", "2024-01-15T14:30:00.123Z"],
    ["moment", "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00.000Z"],
    ["mark", "0191F2F0-7C1E-7D3A-9B1C-2F6A1F0E9D11", "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11"],
    ["data", { deep: [{ null: null }] }],
    ["owner_id", 1],
    ["owner_id", null],
  ])("%s: %j", async (column, value, answered = value) => {
    const row = rowOf(await engine.post("/api/things", { [column]: value }));
    expect(row[column]).toEqual(answered);
    expect(rowOf(await engine.get(`/api/things/${String(row["id"])}`))[column]).toEqual(answered);
  });
});

describe("exact decimals", () => {
  const money = servery({
    tables: { sums: table({ amount: decimal(18, 2), whole: decimal(18, 0), fine: decimal(18, 18) }).allow(OPEN) },
  });

  test("all eighteen digits, and no double in between", async () => {
    const bank = await openEngine(money);
    const row = { amount: "9999999999999999.99", whole: "-999999999999999999", fine: "0.123456789012345678" };
    expect(rowOf(await bank.post("/api/sums", row))).toMatchObject(row);
    expect(rowOf(await bank.get("/api/sums/1"))).toMatchObject(row);
    expect((await bank.get("/api/sums?amount=9999999999999999.99&fine[gt]=0.123456789012345677")).json).toHaveLength(1);
    expect((await bank.get("/api/sums?amount[lt]=9999999999999999.99")).json).toEqual([]);
    for (const body of [
      '{"amount":9999999999999999.99,"whole":"1","fine":"0"}',
      '{"amount":1234567890123456.78,"whole":"1","fine":"0"}',
    ]) {
      const answer = await bank.send({
        method: "POST",
        url: "/api/sums",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(findingsOf(answer)).toEqual(["/amount format"]);
    }
    await bank.close();
  });
});

describe("a broken value in the file", () => {
  test("answers null and does not fail the list", async () => {
    const own = await openEngine(declaration);
    await own.post("/api/things", { data: { a: 1 } });
    const raw = await openRaw(own.databasePath);
    raw.run("PRAGMA ignore_check_constraints = ON");
    raw.run("UPDATE things SET data = '{broken'");
    raw.close();
    const answer = await own.get("/api/things");
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual([expect.objectContaining({ data: null })]);
    await own.close();
  });
});
