import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import chinook from "../../examples/chinook/servery.ts";
import { asAnswered } from "./chinook/as-answered.ts";
import { OriginalDatabase } from "./chinook/original-database.ts";
import type { Question } from "./chinook/question.ts";
import { aggregates } from "./chinook/questions/aggregates.ts";
import { filters } from "./chinook/questions/filters.ts";
import { includes } from "./chinook/questions/includes.ts";
import { pages } from "./chinook/questions/pages.ts";
import { relations } from "./chinook/questions/relations.ts";
import { type OpenExample, openExample, read } from "./open-example.ts";
import { seedFindings } from "./seed-findings.ts";
import { seedHash } from "./seed-rows.ts";

const QUESTIONS = [...filters, ...relations, ...includes, ...pages, ...aggregates];

let original: OriginalDatabase;
let example: OpenExample;

beforeAll(async () => {
  original = new OriginalDatabase();
  example = await openExample(chinook);
});

afterAll(async () => {
  await example.close();
  original.close();
});

describe("the declaration", () => {
  const schema = resolveSchema(chinook);

  test("has the tables and columns of the original, by name and in order", () => {
    const tables = original.rows("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => String(name));
    const columns = (table: string): unknown[] =>
      original.rows(`PRAGMA table_info("${table}")`).map(({ name, notnull }) => [name, notnull === 0]);
    expect([...schema.tables.keys()].sort()).toEqual(tables.sort());
    for (const table of schema.tables.values()) {
      expect(
        table.columns.map((column) => [column.name, column.optional]),
        table.name,
      ).toEqual(columns(table.name));
    }
  });

  test("refers as the original refers", () => {
    for (const table of schema.tables.values()) {
      const keys = original
        .rows(`PRAGMA foreign_key_list("${table.name}")`)
        .map((key) => `${key["from"]} → ${key["table"]}.${key["to"]}`);
      const references = table.columns.flatMap(({ name, references: to }) =>
        to === undefined ? [] : [`${name} → ${to.table}.${to.column}`],
      );
      expect(references.sort(), table.name).toEqual(keys.sort());
    }
  });
});

describe("the seed", () => {
  test("holds only rows that can be stored, parents first", () => {
    expect(seedFindings(chinook)).toEqual([]);
  });

  test("is the same on every run", () => {
    expect(seedHash(chinook)).toBe("c4ec32ab3f2845c15e6f57d2d6aa9c881ec0b2dae921f1040cc3cb4c2eed0a80");
  });

  test("is laid out one row a line, under the licence it came with", () => {
    const data = new URL("../../examples/chinook/data/", import.meta.url);
    const rows = original.rows("SELECT count(*) AS n FROM Track")[0]?.["n"];
    expect(readFileSync(new URL("Track.json", data), "utf8").split("\n")).toHaveLength(Number(rows) + 3);
    expect(readdirSync(data)).toHaveLength(11);
    expect(readFileSync(new URL("../LICENSE.md", data), "utf8")).toContain("Copyright (c) 2008-2024 Luis Rocha");
  });
});

describe("answers equal hand-written SQL", () => {
  test("thirty questions or more are asked, and each only once", () => {
    expect(new Set(QUESTIONS.map(({ url }) => url)).size).toBe(QUESTIONS.length);
    expect(QUESTIONS.length).toBeGreaterThanOrEqual(30);
  });

  test.each(QUESTIONS.map((question) => [question.question, question] as const))("%s", async (_title, question) => {
    const rows = original.rows(question.sql).map((row) => asAnswered(row));
    const expected = question.one ? rows[0] : rows;
    expect(rows, "a question without an answer shows nothing").not.toEqual([]);
    const answer = await ask(question);
    expect(answer.body).toEqual(expected);
    // The columns of every row come in the order of the declaration, too.
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify(expected));
    expect(answer.pages).toBe(question.pages ?? 1);
    expect(answer.total).toBe(
      question.total === undefined ? undefined : String(Object.values(original.rows(question.total)[0] ?? {})[0]),
    );
  });
});

interface Answered {
  readonly body: unknown;
  readonly pages: number;
  /** What `X-Total-Count` said on the first page. */
  readonly total: string | undefined;
}

/** Asks the URL, and where the question wants all pages, follows `Link` to the last. */
async function ask({ url, pages: wanted }: Question): Promise<Answered> {
  const first = await read<unknown>(example, url);
  const total = first.headers["x-total-count"];
  if (wanted === undefined) return { body: first.body, pages: 1, total };
  const rows = [...(first.body as unknown[])];
  let pagesRead = 1;
  let next = nextOf(first.headers);
  // One page more than expected shows a list that does not end, and does not wait for it.
  while (next !== undefined && pagesRead <= wanted) {
    const page = await read<unknown[]>(example, next);
    rows.push(...page.body);
    pagesRead++;
    next = nextOf(page.headers);
  }
  return { body: rows, pages: pagesRead, total };
}

function nextOf(headers: { readonly [name: string]: string }): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(headers["link"] ?? "")?.[1];
}
