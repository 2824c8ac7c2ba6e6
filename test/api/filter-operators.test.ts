import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, filterParameter, idsOf, problemOf, rowsOf } from "./answers.ts";
import { holds, sorted } from "./interpreter.ts";
import { comparingOf, KIND_COLUMNS, kindRows, kinds, valuesOf } from "./kinds.ts";
import type { Value } from "./world.ts";

const COMPARISONS = ["eq", "ne", "gt", "gte", "lt", "lte"];
const TEXT_OPERATORS = ["like", "ilike", "contains", "icontains", "starts", "ends"];
const TEXTUAL = new Set(["text", "long", "email", "url", "slug", "enumeration"]);
const PATTERNS = [
  "",
  "%",
  "_",
  "__",
  "a%",
  "%b",
  "A%",
  "a_b",
  "a\\_b",
  "a\\b",
  "\\",
  "\\\\",
  "%\\%",
  "[a]",
  "*",
  "a*b",
  "?",
  "^",
  "%@b.co",
  "%Ä",
  "😀_",
  "\uff5e",
  "%a%",
  "beta",
  "http%",
  "\u{10ffff}",
];

const rows = kindRows();
let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine({ ...kinds, seed: () => [{ table: "things", rows }] });
});
afterAll(() => closeSound(engine));

async function ids(query: string): Promise<unknown[]> {
  return idsOf(await engine.get(`/api/things?${query}&sort=id&fields=id&limit=1000`));
}

/** The rows for which a test of one column is true, and those for which it is not. */
function wanted(column: string, operator: string, value: unknown): { yes: Value[]; no: Value[] } {
  const yes = rows.filter((row) => holds(comparingOf(column), operator, { value: row[column] ?? null, wanted: value }));
  return {
    yes: yes.map((row) => row["id"] ?? null),
    no: rows.filter((row) => !yes.includes(row)).map((row) => row["id"] ?? null),
  };
}

/**
 * Asks each test in three spellings, as a parameter, in a tree, and turned round in a tree; answers those in which the
 * engine and the interpreter are of two minds.
 */
async function differences(column: string, operator: string, values: Iterable<unknown>): Promise<string[]> {
  const found: string[] = [];
  const look = async (query: string, expected: Value[]): Promise<void> => {
    const answered = await ids(query);
    if (JSON.stringify(answered) !== JSON.stringify(expected))
      found.push(`?${decodeURIComponent(query)} answered ${answered.join()} instead of ${expected.join()}`);
  };
  for (const value of values) {
    const { yes, no } = wanted(column, operator, value);
    const items = Array.isArray(value) ? value : [value];
    const tree = { [column]: { [operator]: value } };
    // A list without values can only be said in a tree.
    if (items.length > 0)
      await look(items.map((item) => `${column}[${operator}]=${encodeURIComponent(String(item))}`).join("&"), yes);
    await look(filterParameter(tree), yes);
    await look(filterParameter({ not: tree }), no);
  }
  return found;
}

test("every kind answers what was stored", async () => {
  const stored = rowsOf(await engine.get("/api/things?sort=id&limit=1000"));
  expect(stored.map(({ created_at: _created, updated_at: _updated, ...row }) => row)).toEqual(rows);
});

describe.each(KIND_COLUMNS.filter((column) => column !== "json"))("a %s column", (column) => {
  const values = valuesOf[column] ?? [];

  test.each(COMPARISONS)("%s", async (operator) => {
    expect(await differences(column, operator, values)).toEqual([]);
  });

  test("without an operator is eq", async () => {
    for (const value of values) {
      const { yes } = wanted(column, "eq", value);
      expect(await ids(`${column}=${encodeURIComponent(String(value))}`)).toEqual(yes);
      expect(await ids(filterParameter({ [column]: value }))).toEqual(yes);
    }
  });

  test.each(["in", "nin"])("%s", async (operator) => {
    const lists = [[], [values[0]], values.slice(1, 3), [...values, values[0]]];
    expect(await differences(column, operator, lists)).toEqual([]);
  });

  test("null", async () => {
    expect(await differences(column, "null", [true, false])).toEqual([]);
    for (const [operator, tree] of [
      ["eq", { [column]: null }],
      ["eq", { [column]: { eq: null } }],
      ["ne", { [column]: { ne: null } }],
    ] as const) {
      const { yes, no } = wanted(column, operator, null);
      expect(await ids(filterParameter(tree))).toEqual(yes);
      expect(await ids(filterParameter({ not: tree }))).toEqual(no);
    }
  });

  test("sorts by its own order, null smallest", async () => {
    for (const sort of [`${column},id`, `-${column},-id`]) {
      const answered = idsOf(await engine.get(`/api/things?sort=${sort}&fields=id&limit=1000`));
      const world = {
        things: { columns: { [column]: comparingOf(column), id: "number" as const }, relations: {}, rows },
      };
      expect(answered).toEqual(sorted(world, "things", { rows, sort }).map((row) => row["id"]));
    }
  });
});

describe.each(KIND_COLUMNS.filter((column) => TEXTUAL.has(column)))("a %s column of text", (column) => {
  test.each(TEXT_OPERATORS)("%s", async (operator) => {
    const texts = new Set([...PATTERNS, ...(valuesOf[column] ?? [])]);
    expect(await differences(column, operator, texts)).toEqual([]);
  });
});

test.each(KIND_COLUMNS.filter((column) => !TEXTUAL.has(column)))(
  "a %s column takes no operator of texts",
  async (column) => {
    for (const operator of TEXT_OPERATORS) {
      const problem = problemOf(await engine.get(`/api/things?${column}[${operator}]=1`), 400, "unknown_operator");
      expect(problem.detail).toContain(column);
    }
  },
);

describe("a json column", () => {
  test("takes null alone", async () => {
    expect(await differences("json", "null", [true, false])).toEqual([]);
    for (const operator of [...COMPARISONS, ...TEXT_OPERATORS, "in", "nin"]) {
      problemOf(await engine.get(`/api/things?json[${operator}]=1`), 400, "unknown_operator");
    }
    problemOf(await engine.get("/api/things?json=1"), 400, "unknown_operator");
    problemOf(await engine.get("/api/things?sort=json"), 400, "invalid_parameter");
  });
});

describe("a value that is not of the column's kind is 400 and asks nothing", () => {
  test.each([
    ["integer", ["", "1.0", "1e3", "01", "+1", " 1", "abc", "0x1", "--1", "-0", "9007199254740993", "١"]],
    ["bigint", ["", "1.0", "9223372036854775808", "-9223372036854775809", "-0", "1n"]],
    ["decimal", ["", "1,5", ".5", "1.", "1e2", "0.0001", "1234567890.000", "NaN", "+1"]],
    ["real", ["", "NaN", "Infinity", "1e999", "0x10", "1.", ".5", "1,5"]],
    ["boolean", ["", "1", "0", "yes", "TRUE", "null"]],
    ["date", ["", "2024-02-30", "2023-02-29", "2024-13-01", "24-01-01", "2024-1-1", "2024-01-01T00:00:00Z", "today"]],
    ["timestamp", ["", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "now", "1700000000"]],
    [
      "uuid",
      [
        "",
        "0191f2f0",
        "0191f2f07c1e7d3a9b1c2f6a1f0e9d11",
        "{0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11}",
        "g191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
      ],
    ],
  ])("%s", async (column, values) => {
    for (const value of values) {
      for (const query of [
        `${column}=${encodeURIComponent(value)}`,
        `${column}[in]=${encodeURIComponent(value)}`,
        filterParameter({ [column]: { gte: value } }),
      ]) {
        const answer = await engine.get(`/api/things?${query}`);
        expect([value, problemOf(answer, 400, "invalid_parameter").detail.includes(column)]).toEqual([value, true]);
        expect(answer.sql).toEqual([]);
      }
    }
  });

  test.each(["text[null]=", "text[null]=1", "text[null]=TRUE", "text[null]"])("?%s", async (query) => {
    expect(problemOf(await engine.get(`/api/things?${query}`), 400, "invalid_parameter").detail).toContain(
      "text[null]",
    );
  });
});

describe("one moment in several spellings", () => {
  test.each([
    "2024-10-28T10:30:00Z",
    "2024-10-28 10:30:00",
    "2024-10-28T10:30",
    "2024-10-28T12:30:00+02:00",
    "2024-10-28T10:30:00.000999Z",
  ])("%s", async (spelling) => {
    const { yes } = wanted("timestamp", "eq", "2024-10-28T10:30:00.000Z");
    expect(await ids(`timestamp=${encodeURIComponent(spelling)}`)).toEqual(yes);
  });
});
