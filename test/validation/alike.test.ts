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
import { badValues } from "./bad-values.ts";
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

function insertOf(column: string): string {
  return `INSERT INTO things ("${column}", created_at, updated_at) VALUES (?, '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z')`;
}

describe("what the service refuses, the file refuses too", () => {
  test.each(badValues.map((value) => [value.column, value.json.slice(0, 50), value] as const))(
    "%s: %s",
    async (column, _, value) => {
      const request = { headers: { "content-type": "application/json" }, body: `{"${column}":${value.json}}` };
      const [post, patch] = [
        await engine.send({ method: "POST", url: "/api/things", ...request }),
        await engine.send({ method: "PATCH", url: "/api/things/1", ...request }),
      ];
      expect(findingsOf(post)).toEqual([`/${column} ${value.code}`]);
      expect(findingsOf(patch)).toEqual([`/${column} ${value.code}`]);
      const refusal =
        value.unseen === undefined
          ? file.refusal(insertOf(column), [value.stored ?? null])
          : `CHECK constraint failed, were it not that ${value.unseen}`;
      expect(refusal).toMatch(/constraint failed|cannot store|datatype|too big|malformed JSON|non-deterministic/i);
    },
  );

  test("a row that goes past the service into a wrong shape is refused by column, for each kind", () => {
    const seen = new Set(badValues.filter((value) => value.unseen === undefined).map((value) => value.column));
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
