import fc from "fast-check";
import { bigint, boolean, decimal, everyone, integer, real, ref, servery, table, text, timestamp } from "servery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, filterParameter, nextOf, rowsOf } from "./answers.ts";
import { compare, matches } from "./interpreter.ts";
import type { Comparing, DataRow, Tree, Value, World } from "./world.ts";

/** Groups and numbers said a second time, over rows that are JavaScript objects. */

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;
const OWNERS = 5;
const THINGS = 70;

const words = fc.constantFrom("a", "A", "b", "ä", "ab", "😀", "\uff5e");
const numbers = fc.integer({ min: -3, max: 4 });
const prices = fc.constantFrom("-1.50", "0.00", "0.05", "9.99", "10.00", "99999999.99");
const serials = fc.constantFrom("-9007199254740993", "0", "7", "4611686018427387");
const times = fc.constantFrom(
  "2023-12-31T23:59:59.999Z",
  "2024-01-01T00:00:00.000Z",
  "2024-01-01T13:00:00.000Z",
  "2024-02-29T13:59:00.000Z",
);
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 3 });

const rowsOfThings = fc.array(
  fc.record({
    owner_id: orNull(fc.integer({ min: 1, max: OWNERS })),
    word: orNull(words),
    number: orNull(numbers),
    price: orNull(prices),
    serial: orNull(serials),
    // Sums of these are exact, whatever the order.
    weight: orNull(fc.constantFrom(-0.5, 0, 0.25, 1024.125)),
    flag: orNull(fc.boolean()),
    at: orNull(times),
  }),
  { minLength: THINGS, maxLength: THINGS },
);
const rowsOfOwners = fc.array(fc.record({ name: orNull(words) }), { minLength: OWNERS, maxLength: OWNERS });

const declaration = servery({
  tables: {
    owners: table({ name: text(10).optional() }, PLAIN).allow(OPEN),
    things: table(
      {
        owner_id: ref("owners").optional(),
        word: text(10).optional(),
        number: integer().optional(),
        price: decimal(10, 2).optional(),
        serial: bigint().optional(),
        weight: real().optional(),
        flag: boolean().optional(),
        at: timestamp().optional(),
      },
      PLAIN,
    ).allow(OPEN),
  },
});

const COLUMNS: Readonly<Record<string, Comparing>> = {
  id: "number",
  owner_id: "number",
  word: "text",
  number: "number",
  price: "exact",
  serial: "exact",
  weight: "number",
  flag: "boolean",
  at: "text",
};

function worldOf(owners: readonly object[], things: readonly object[]): World {
  const numbered = (rows: readonly object[]): DataRow[] => rows.map((row, at) => ({ id: at + 1, ...row }));
  return {
    owners: { columns: { id: "number", name: "text" }, relations: {}, rows: numbered(owners) },
    things: {
      columns: COLUMNS,
      relations: { owner: { table: "owners", many: false, local: "owner_id", foreign: "id" } },
      rows: numbered(things),
    },
  };
}

/** The exact number of a decimal text, in units of its last digit. */
function units(value: Value): bigint {
  return BigInt(String(value).replace(".", ""));
}

function decimalText(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** One number over rows, as the answer should hold it. */
function numberOver(rows: readonly DataRow[], asked: string): Value {
  const [, name = asked, column] = /^(\w+)\((\w+)\)$/.exec(asked) ?? [];
  if (column === undefined) return rows.length;
  const values = rows.map((row) => row[column] ?? null).filter((value) => value !== null);
  if (name === "count") return values.length;
  if (name === "count_distinct") return new Set(values).size;
  if (values.length === 0) return null;
  const as = COLUMNS[column] ?? "opaque";
  const ordered = values.toSorted((left, right) => compare(as, left, right));
  if (name === "min") return ordered[0] ?? null;
  if (name === "max") return ordered.at(-1) ?? null;
  if (as === "exact") {
    const sum = values.reduce((total, value) => total + units(value), 0n);
    const scale = column === "price" ? 100 : 1;
    if (name === "avg") return Number(sum) / (values.length * scale);
    return column === "price" ? decimalText(sum) : String(sum);
  }
  const sum = values.reduce((total: number, value) => total + Number(value), 0);
  return name === "sum" ? sum : sum / values.length;
}

function groupValue(world: World, row: DataRow, part: string): Value {
  if (part === "owner.name") {
    const owner = world["owners"]?.rows.find(({ id }) => id === row["owner_id"]);
    return owner?.["name"] ?? null;
  }
  const [, cut, column = part] = /^(\w+)\((\w+)\)$/.exec(part) ?? [];
  const value = row[column] ?? null;
  if (cut === undefined || value === null) return value;
  const lengths: Readonly<Record<string, number>> = { year: 4, month: 7, day: 10, hour: 13 };
  const text = String(value).slice(0, lengths[cut]);
  return cut === "hour" ? `${text}:00:00.000Z` : text;
}

const keyOf = (part: string): string => part.replace("(", "_").replace(")", "");

const requests = fc.record({
  values: fc.uniqueArray(
    fc.oneof(
      fc.constant("count"),
      fc
        .tuple(fc.constantFrom("count", "count_distinct", "min", "max"), fc.constantFrom(...Object.keys(COLUMNS)))
        .map(([name, column]) => `${name}(${column})`),
      fc
        .tuple(fc.constantFrom("sum", "avg"), fc.constantFrom("number", "price", "serial", "weight", "id"))
        .map(([name, column]) => `${name}(${column})`),
    ),
    { minLength: 1, maxLength: 5 },
  ),
  groups: fc.uniqueArray(
    fc.constantFrom(
      "word",
      "number",
      "price",
      "serial",
      "flag",
      "owner_id",
      "owner.name",
      "at",
      "year(at)",
      "month(at)",
      "day(at)",
      "hour(at)",
    ),
    { maxLength: 3 },
  ),
  tree: fc.oneof(
    fc.constant<Tree>({}),
    numbers.map((gt): Tree => ({ number: { gt } })),
    words.map((name): Tree => ({ or: [{ owner: { name } }, { word: null }] })),
    fc.boolean().map((flag): Tree => ({ not: { flag } })),
  ),
  least: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  down: fc.boolean(),
  limit: fc.integer({ min: 1, max: 12 }),
});

const engines: { engine: EngineUnderTest; world: World }[] = [];
beforeAll(async () => {
  for (const [owners, things] of fc.sample(fc.tuple(rowsOfOwners, rowsOfThings), 3)) {
    const world = worldOf(owners, things);
    const seed = () => ["owners", "things"].map((name) => ({ table: name, rows: world[name]?.rows ?? [] }));
    engines.push({ engine: await openEngine({ ...declaration, seed }), world });
  }
});
afterAll(async () => {
  for (const { engine } of engines) await closeSound(engine);
});

/** All groups, in the order of the request: by the first number, then by what they are grouped by. */
function expectedGroups(world: World, asked: typeof requests extends fc.Arbitrary<infer R> ? R : never): unknown[] {
  const rows = (world["things"]?.rows ?? []).filter((row) => matches(world, "things", { row, tree: asked.tree }));
  const groups = new Map<string, { by: Value[]; rows: DataRow[] }>();
  if (asked.groups.length === 0) groups.set("", { by: [], rows: [] });
  for (const row of rows) {
    const by = asked.groups.map((part) => groupValue(world, row, part));
    const key = asked.groups.length === 0 ? "" : JSON.stringify(by);
    const group = groups.get(key) ?? { by, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  const kept = [...groups.values()].filter((group) => asked.least === undefined || group.rows.length >= asked.least);
  const as = asked.groups.map((part): Comparing => (part === "owner.name" ? "text" : (COLUMNS[part] ?? "text")));
  const ordered = kept.toSorted((left, right) => {
    const byCount = (left.rows.length - right.rows.length) * (asked.down ? -1 : 1);
    if (byCount !== 0) return byCount;
    return as.map((one, at) => compare(one, left.by[at] ?? null, right.by[at] ?? null)).find((is) => is !== 0) ?? 0;
  });
  return ordered.map((group) =>
    Object.fromEntries([
      ...asked.groups.map((part, at) => [keyOf(part), group.by[at] ?? null]),
      ...["count", ...asked.values.filter((value) => value !== "count")].map((value) => [
        keyOf(value),
        numberOver(group.rows, value),
      ]),
    ]),
  );
}

test("any numbers, any groups, any filter: page after page as the rows themselves say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 1, 2), requests, async (at, asked) => {
      const { engine, world } = engines[at] as (typeof engines)[number];
      const values = ["count", ...asked.values.filter((value) => value !== "count")];
      const parts = [
        `aggregate=${values.join(",")}`,
        ...(asked.groups.length === 0 ? [] : [`group_by=${asked.groups.join(",")}`]),
        ...(asked.least === undefined ? [] : [`having.count[gte]=${asked.least}`]),
        `sort=${asked.down ? "-" : ""}count`,
        `limit=${asked.limit}`,
        filterParameter(asked.tree),
      ];
      const found: unknown[] = [];
      let url: string | undefined = `/api/things?${parts.join("&")}`;
      while (url !== undefined) {
        const answer = await engine.get(url);
        found.push(...rowsOf(answer));
        url = nextOf(answer);
      }
      expect(found).toEqual(expectedGroups(world, asked));
    }),
    { numRuns: 300, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false },
  );
});
