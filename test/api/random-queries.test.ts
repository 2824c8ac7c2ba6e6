import { boolean, decimal, everyone, integer, real, ref, servery, table, text } from "servery";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, filterParameter, idsOf, nextOf } from "./answers.ts";
import { matches, sorted } from "./interpreter.ts";
import type { DataRow, Tree, World } from "./world.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;

const declaration = servery({
  tables: {
    owners: table({ name: text(10).optional(), rank: integer().optional() }, PLAIN).allow(OPEN),
    things: table(
      {
        owner_id: ref("owners").optional(),
        word: text(10).optional(),
        number: integer(),
        price: decimal(10, 2).optional(),
        weight: real().optional(),
        flag: boolean().optional(),
      },
      PLAIN,
    ).allow(OPEN),
    marks: table({ thing_id: ref("things"), word: text(10).optional(), number: integer().optional() }, PLAIN).allow(
      OPEN,
    ),
  },
});

// Few different values, so that ties, matches and missing values are common.
const words = fc.constantFrom("", "a", "A", "b", "ä", "ab", "%", "_", "😀", "\uff5e");
const numbers = fc.integer({ min: -2, max: 3 });
const prices = fc.constantFrom("-1.50", "0.00", "0.05", "9.99", "10.00");
const weights = fc.constantFrom(-0.5, 0, 0.1, 0.30000000000000004, 1e300);
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 3 });

function numbered(rows: readonly object[]): DataRow[] {
  return rows.map((row, at) => ({ id: at + 1, ...row }));
}

const OWNERS = 6;
const THINGS = 60;
const dataSets = fc.record({
  owners: fc.array(fc.record({ name: orNull(words), rank: orNull(numbers) }), { minLength: OWNERS, maxLength: OWNERS }),
  things: fc.array(
    fc.record({
      owner_id: orNull(fc.integer({ min: 1, max: OWNERS })),
      word: orNull(words),
      number: numbers,
      price: orNull(prices),
      weight: orNull(weights),
      flag: orNull(fc.boolean()),
    }),
    { minLength: THINGS, maxLength: THINGS },
  ),
  marks: fc.array(
    fc.record({ thing_id: fc.integer({ min: 1, max: THINGS }), word: orNull(words), number: orNull(numbers) }),
    { minLength: 80, maxLength: 80 },
  ),
});

function worldOf(data: { owners: readonly object[]; things: readonly object[]; marks: readonly object[] }): World {
  return {
    owners: {
      columns: { id: "number", name: "text", rank: "number" },
      relations: { things: { table: "things", many: true, local: "id", foreign: "owner_id" } },
      rows: numbered(data.owners),
    },
    things: {
      columns: {
        id: "number",
        owner_id: "number",
        word: "text",
        number: "number",
        price: "exact",
        weight: "number",
        flag: "boolean",
      },
      relations: {
        owner: { table: "owners", many: false, local: "owner_id", foreign: "id" },
        marks: { table: "marks", many: true, local: "id", foreign: "thing_id" },
      },
      rows: numbered(data.things),
    },
    marks: {
      columns: { id: "number", thing_id: "number", word: "text", number: "number" },
      relations: { thing: { table: "things", many: false, local: "thing_id", foreign: "id" } },
      rows: numbered(data.marks),
    },
  };
}

const VALUES: { readonly [as: string]: fc.Arbitrary<string | number | boolean> } = {
  "things.price": prices,
  "things.weight": weights,
  "things.flag": fc.boolean(),
  "things.word": words,
  "marks.word": words,
  "owners.name": words,
};

function testOf(table: string, column: string): fc.Arbitrary<Tree> {
  const value = VALUES[`${table}.${column}`] ?? numbers;
  const textual = /\.(?:word|name)$/.test(`${table}.${column}`);
  const operators = [
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    ...(textual ? ["like", "ilike", "contains", "icontains", "starts", "ends"] : []),
  ];
  return fc.oneof(
    fc.tuple(fc.constantFrom(...operators), value).map(([operator, wanted]) => ({ [column]: { [operator]: wanted } })),
    fc
      .tuple(fc.constantFrom("in", "nin"), fc.array(value, { maxLength: 3 }))
      .map(([operator, wanted]) => ({ [column]: { [operator]: wanted } })),
    fc.boolean().map((wanted) => ({ [column]: { null: wanted } })),
    fc.constant({ [column]: null }),
  );
}

const world = worldOf({ owners: [], things: [], marks: [] });

/** A tree over a table: columns, relations either way, and, or, not. */
function treeOf(table: string, depth: number): fc.Arbitrary<Tree> {
  const here = world[table];
  const columns = fc.oneof(...Object.keys(here?.columns ?? {}).map((column) => testOf(table, column)));
  if (depth === 0) return columns;
  const inner = treeOf(table, depth - 1);
  const relations = Object.entries(here?.relations ?? {}).map(([name, relation]) => {
    const words = relation.many ? ["some", "none", "all"] : ["some", "none"];
    const other = fc.oneof(treeOf(relation.table, depth - 1), fc.constant({}));
    return fc.oneof(
      fc.tuple(fc.constantFrom(...words), other).map(([word, tree]) => ({ [name]: { [word]: tree } })),
      treeOf(relation.table, depth - 1).map((tree) => ({ [name]: tree })),
    );
  });
  return fc.oneof(
    columns,
    fc.oneof(...relations),
    inner.map((tree) => ({ not: tree })),
    fc.array(inner, { maxLength: 3 }).map((trees) => ({ and: trees })),
    fc.array(inner, { maxLength: 3 }).map((trees) => ({ or: trees })),
    fc.tuple(inner, columns).map(([left, right]) => ({ ...left, ...right })),
  );
}

const sortKeys = ["word", "number", "price", "weight", "flag", "owner_id", "owner.name", "owner.rank"];
const queries = fc.record({
  tree: treeOf("things", 2),
  sort: fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...sortKeys), { maxLength: 3 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    )
    .map(([keys, down]) => [...keys, "id"].map((key, at) => `${down[at] === true ? "-" : ""}${key}`).join(",")),
  limit: fc.integer({ min: 1, max: 25 }),
});

const engines: { engine: EngineUnderTest; world: World }[] = [];
beforeAll(async () => {
  for (const data of fc.sample(dataSets, 3)) {
    const filled = worldOf(data);
    const seed = () => ["owners", "things", "marks"].map((name) => ({ table: name, rows: filled[name]?.rows ?? [] }));
    engines.push({ engine: await openEngine({ ...declaration, seed }), world: filled });
  }
});
afterAll(async () => {
  for (const { engine } of engines) await closeSound(engine);
});

/** Follows the Link headers to the end. */
async function walk(engine: EngineUnderTest, first: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (let url: string | undefined = first, pages = 0; url !== undefined; pages++) {
    if (pages > THINGS) throw new Error("the pages do not end");
    const answer = await engine.get(url);
    ids.push(...idsOf(answer));
    url = nextOf(answer);
  }
  return ids;
}

test("any filter, any sort, any page size: the walk by cursor is what the interpreter says", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 1, 2), queries, async (at, { tree, sort, limit }) => {
      const { engine, world: filled } = engines[at] as (typeof engines)[number];
      const rows = (filled["things"]?.rows ?? []).filter((row) => matches(filled, "things", { row, tree }));
      const expected = sorted(filled, "things", { rows, sort }).map((row) => row["id"]);
      const list = `/api/things?${filterParameter(tree)}&sort=${sort}&fields=id`;
      expect(await walk(engine, `${list}&limit=${limit}`)).toEqual(expected);
      expect(await walk(engine, `${list}&limit=${limit}&offset=0`)).toEqual(expected);
      const counted = await engine.get(`${list}&limit=1&count=exact`);
      expect(counted.headers["x-total-count"]).toBe(String(expected.length));
    }),
    { numRuns: 250, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
  );
});

test("any sort without a filter: pages of one row come one by one, whatever is null", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 1, 2), queries, async (at, { sort }) => {
      const { engine, world: filled } = engines[at] as (typeof engines)[number];
      const expected = sorted(filled, "things", { rows: filled["things"]?.rows ?? [], sort }).map((row) => row["id"]);
      expect(await walk(engine, `/api/things?sort=${sort}&fields=id&limit=3`)).toEqual(expected);
    }),
    { numRuns: 40, interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false },
  );
});
