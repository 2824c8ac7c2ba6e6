import { expect, test } from "vitest";
import { schemaDifference } from "#servery/database/migration/difference.js";
import { changeStatements } from "#servery/database/sqlite/change-statements.js";
import { Connection } from "#servery/database/sqlite/connection.js";
import { createTable } from "#servery/database/sqlite/create-table.js";
import { viewStatement } from "#servery/database/sqlite/create-view.js";
import { defineSchema } from "#servery/database/sqlite/define-schema.js";
import { quoteName as quote } from "#servery/database/sqlite/quote-name.js";
import { rowQuestions } from "#servery/database/sqlite/row-questions.js";
import { createSearchIndex, searchIndexName } from "#servery/database/sqlite/search-index.js";
import type { SqliteDriver } from "#servery/database/sqlite/driver.js";
import type { StoredSchema } from "#servery/schema/stored-schema.js";
import { describeEachAdapter } from "../database/adapters.ts";
import { RandomSource } from "../database/random-source.ts";
import { type Followed, followed, meaning } from "./carried.ts";
import { contents, introspect } from "./introspect.ts";
import { type Declared, declared } from "./plans.ts";
import { changedPlan, randomPlan } from "./random-plans.ts";
import { fillTables } from "./random-rows.ts";

/** Pairs of declarations on each adapter. */
const PAIRS = 2_000;

function open(driver: SqliteDriver, schema: StoredSchema): Connection {
  const connection = new Connection({ driver, path: ":memory:", role: "writer" });
  for (const table of schema.tables)
    for (const sql of [...createTable(table), ...createSearchIndex(table)]) connection.exec(sql);
  for (const view of schema.views) connection.exec(viewStatement(view));
  return connection;
}

/** Followed tables, without the columns that a loss names. */
function carriedOf(pairs: readonly Followed[], lost: ReadonlySet<string>): Followed[] {
  return pairs.map((pair) => ({
    ...pair,
    columns: pair.columns.filter(({ from }) => !lost.has(`${pair.from.name}.${from.name}`)),
  }));
}

/** What the rows of a followed table say, before or after, as texts in one order. */
function rowsOf(connection: Connection, table: Followed, side: "from" | "to"): string[] {
  const names = table.columns.map((pair) => quote(pair[side].name));
  return connection
    .query(`SELECT ${["1", ...names].join(", ")} FROM ${quote(table[side].name)}`)
    .map(([, ...row]) =>
      table.columns
        .map((pair, at) => {
          const other = side === "from" ? pair.to : pair.from;
          return meaning(row[at] ?? null, pair[side].storage, other.storage);
        })
        .join("\u0001"),
    )
    .toSorted((one, other) => (one < other ? -1 : 1));
}

function sequences(connection: Connection): Map<string, number> {
  const [has] = connection.query("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  if (has?.[0] === 0) return new Map();
  return new Map(
    connection.query("SELECT name, seq FROM sqlite_sequence").map(([name, seq]) => [String(name), Number(seq)]),
  );
}

/** What must be named as a loss, and what may be: a column whose kind is another. */
function losses(from: StoredSchema, pairs: readonly Followed[]): { must: string[]; may: string[] } {
  const must: string[] = [];
  for (const table of from.tables) {
    const pair = pairs.find((other) => other.from === table);
    if (pair === undefined) must.push(table.name);
    else {
      const kept = pair.columns.map((column) => column.from);
      must.push(...table.columns.filter((column) => !kept.includes(column)).map(({ name }) => `${table.name}.${name}`));
    }
  }
  const may = pairs.flatMap(({ from: { name }, columns }) =>
    columns.filter((pair) => pair.from.storage.as !== pair.to.storage.as).map((pair) => `${name}.${pair.from.name}`),
  );
  return { must, may };
}

/** Tables that count from a lower number than before: an id that was used could come again. */
function countedBack(connection: Connection, pairs: readonly Followed[], before: Map<string, number>): string[] {
  const after = sequences(connection);
  return pairs
    .filter(({ from, to, columns }) => {
      const key = columns.find((column) => column.to.name === to.key[0]);
      const counts = from.countsKey && to.countsKey && key?.from.name === from.key[0];
      return counts && (after.get(to.name) ?? 0) < (before.get(from.name) ?? 0);
    })
    .map(({ to }) => to.name);
}

/** Throws where a search index does not hold the words of its table. */
function checkSearch(connection: Connection, schema: StoredSchema): void {
  for (const { name, search } of schema.tables) {
    const index = quote(searchIndexName(name));
    if (search.length > 0) connection.exec(`INSERT INTO ${index} (${index}, rank) VALUES ('integrity-check', 1)`);
  }
}

interface Outcome {
  readonly migrated: boolean;
  readonly rows: number;
}

/** Leads a database with rows from one declaration to the other and holds it to everything that was promised. */
function migrate(driver: SqliteDriver, [from, to]: readonly [Declared, Declared], random: RandomSource): Outcome {
  const connection = open(driver, from.schema);
  const fresh = open(driver, to.schema);
  try {
    fillTables(connection, from.schema, random);
    const followedTables = followed(from.schema, to.schema, to.renames);
    const difference = schemaDifference(from.schema, to.schema, to.renames);
    const lost = new Set(difference.losses.map(({ name }) => name));
    const { must, may } = losses(from.schema, followedTables);
    expect([...lost]).toEqual(expect.arrayContaining(must));
    expect([...must, ...may]).toEqual(expect.arrayContaining([...lost]));

    const pairs = carriedOf(followedTables, lost);
    const before = contents(connection);
    const rows = pairs.map((pair) => rowsOf(connection, pair, "from"));
    const counted = sequences(connection);
    const inTheWay = rowQuestions(difference).filter(({ sql }) => connection.query(sql)[0]?.[0] !== 0);
    const statements = changeStatements(difference);
    const failure = defineSchema(connection, statements);
    const told = `${failure?.message}\n${inTheWay.map(({ table, finding }) => `${table} ${finding}`).join("\n")}`;
    expect(failure !== undefined, `${told}\n${statements.join(";\n")}`).toBe(inTheWay.length > 0);
    const migrated = failure === undefined;
    const clean = { countedBack: [], dangling: [], integrity: [["ok"]] };
    const promised = migrated ? { rows, schema: introspect(fresh), ...clean } : { contents: before };
    const found = migrated
      ? {
          rows: pairs.map((pair) => rowsOf(connection, pair, "to")),
          schema: introspect(connection),
          countedBack: countedBack(connection, pairs, counted),
          dangling: connection.query("PRAGMA foreign_key_check"),
          integrity: connection.query("PRAGMA integrity_check"),
        }
      : { contents: contents(connection) };
    expect(found).toEqual(promised);
    if (migrated) checkSearch(connection, to.schema);
    return { migrated, rows: rows.flat().length };
  } finally {
    connection.close();
    fresh.close();
  }
}

describeEachAdapter("any declaration becomes any other", ({ driver }) => {
  test(`${PAIRS} pairs with rows: nothing is lost that is not named, and the schema is that of a new database`, () => {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= PAIRS; seed += 1) {
      const random = new RandomSource(seed);
      const plan = randomPlan(random);
      // Every fifth is another one altogether; the others differ in a few things.
      const pair = [declared(plan), declared(seed % 5 === 0 ? randomPlan(random) : changedPlan(random, plan))] as const;
      try {
        outcomes.push(migrate(driver, pair, random));
      } catch (error) {
        throw new Error(`pair ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
    const migrated = outcomes.filter((outcome) => outcome.migrated);
    // Both ends must be common, and with rows: else nothing was tried.
    expect(migrated.filter(({ rows }) => rows > 3).length).toBeGreaterThan(PAIRS / 5);
    expect(outcomes.length - migrated.length).toBeGreaterThan(PAIRS / 10);
  }, 900_000);
});
