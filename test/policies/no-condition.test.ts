import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeclaredRule, integer, ref, servery, table } from "servery";
import { rowsOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

class Instance {}

/** What a rule's function may answer by mistake, in whose members no condition stands. */
const mistakes: readonly [string, unknown][] = [
  ["{}", {}],
  ["a Map", new Map([["n", 1]])],
  ["a Set", new Set(["n"])],
  ["a boxed false", Object(false)],
  ["a date", new Date()],
  ["an instance of a class", new Instance()],
  ["a promise", Promise.resolve(false)],
  ["a list", []],
  ["inherited members", Object.create({ n: 1 })],
  ["symbols", { [Symbol("n")]: 1 }],
  ["members that nobody lists", Object.defineProperty({}, "n", { value: 1 })],
  ["an empty and", { and: [] }],
  ["an and of nothing", { and: [{}, { or: [{}] }] }],
  ["an or with nothing in it", { or: [{ n: 1 }, {}] }],
  ["a not of an empty or", { not: { or: [] } }],
  ["a Map in an and", { and: [{ n: 1 }, new Map([["n", 1]])] }],
  ["a Map behind a relation", { parent: new Map([["n", 1]]) }],
  ["symbols behind a relation", { parent: { [Symbol("n")]: 1 } }],
];

/** What is meant as it stands. */
const filters: readonly [string, unknown, number][] = [
  ["true", true, 2],
  ["false", false, 0],
  ["a condition", { n: 1 }, 1],
  ["one without a prototype", Object.assign(Object.create(null), { n: 1 }), 1],
  ["a list that excludes nothing", { n: { nin: [] } }, 2],
  ["a relation that leads to any row", { parent: {} }, 1],
  ["an empty or", { or: [] }, 0],
];

const answers = [...mistakes, ...filters];
const tables = Object.fromEntries(
  answers.map(([, answer], at) => [
    `t${at}`,
    table({ n: integer(), parent_id: ref(`t${at}`, { as: "parent", reverse: "children" }).optional() }).allow({
      read: (() => answer) as DeclaredRule,
    }),
  ]),
);
const rows = [{ n: 1 }, { n: 2, parent_id: 1 }];

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(
    servery({ tables, seed: () => Object.keys(tables).map((name) => ({ table: name, rows })) }),
  );
});
afterAll(() => engine.close());

describe("a rule's function that answers no condition opens nothing, and is reported", () => {
  test.each(mistakes.map(([what], at) => [what, at] as const))("%s", async (_what, at) => {
    const answer = await engine.get(`/api/t${at}`);
    expect(answer.status, answer.text).toBe(401);
    expect(engine.faults.map(String)).toContain(`Error: a rule of t${at} failed, and denies`);
  });
});

describe("what it means by what it answers is left as it is", () => {
  test.each(filters.map(([what, , count], at) => [what, at + mistakes.length, count] as const))(
    "%s",
    async (_what, at, count) => {
      const answer = await engine.get(`/api/t${at}`);
      expect(answer.status === 200 ? rowsOf(answer).length : 0, answer.text).toBe(count);
    },
  );
});
