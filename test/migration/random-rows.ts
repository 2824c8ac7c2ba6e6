import type { Connection } from "#servery/database/sqlite/connection.js";
import { quoteName as quote } from "#servery/database/sqlite/quote-name.js";
import type { Storage } from "#servery/schema/kind.js";
import type { Stored } from "#servery/schema/stored.js";
import type { StoredColumn, StoredSchema, StoredTable } from "#servery/schema/stored-schema.js";
import type { RandomSource } from "../database/random-source.ts";

const UUIDS = ["00000000-0000-4000-8000-000000000000", "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11"];
const DAYS = ["2024-01-01", "1999-12-31", "0001-01-01"];
const TIMES = ["2024-01-01T00:00:00.000Z", "2024-02-29T10:30:00.123Z"];
const NUMBERS = ["1", "12", "-7", "0", "1.50", "-0.5", "0.30000000000000004", "007", "1e3", "-0", "9007199254740993"];
const WORDS = ["", "x", "X", "true", "false", "a@b.cd", "A@B.cd", "ä b", "{}", '"x"', "[1, 2]", "1.", ".5", " 1"];
const TEXTS = [...NUMBERS, ...WORDS, ...UUIDS, ...DAYS, ...TIMES, "1000000000000000000", "9223372036854775808"];

/** Values that the storage holds, and that others may or may not. */
export function valuesOf(storage: Storage): readonly Stored[] {
  switch (storage.as) {
    case "text":
      return storage.values ?? TEXTS.filter(({ length }) => length >= storage.min && length <= storage.max);
    case "integer":
      return [0, 1, 2, 3, 12, -7, 2_147_483_647].filter((n) => n >= storage.min && n <= storage.max);
    case "bigint":
      return [0n, 1n, 12n, -7n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
    case "decimal": {
      const most = 10n ** BigInt(storage.precision) - 1n;
      const least = storage.min ?? -most;
      return [0n, 1n, 5n, 10n, 100n, 150n, -30n, -5n, most, least].filter((n) => n >= least && n <= most);
    }
    case "real":
      return [0, 1, 1.5, 0.1, 0.1 + 0.2, -2, 12.25, 1e300, 2.5e-10, 2 ** 53 + 2, 2 ** 63, 123_456.789];
    case "boolean":
      return [0, 1];
    case "date":
      return DAYS;
    case "timestamp":
      return TIMES;
    case "uuid":
      return UUIDS;
    case "json":
      return ["{}", '"x"', "12", "null", "true", '{"a":[1,2]}'];
  }
}

function randomValue(random: RandomSource, storage: Storage): Stored {
  return storage.as === "uuid" && random.below(2) === 0 ? drawnUuid(random) : random.pick(valuesOf(storage));
}

function drawnUuid(random: RandomSource): string {
  const digits = Array.from({ length: 32 }, () => random.below(16).toString(16)).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Fills tables with up to seven rows each; some lose their last one, whose id must not come back. */
export function fillTables(connection: Connection, schema: StoredSchema, random: RandomSource): void {
  for (const table of schema.tables) {
    for (let left = random.below(4) === 0 ? 0 : random.below(8); left > 0; left -= 1) {
      insertRow(connection, table, random);
    }
  }
  const referred = new Set(schema.tables.flatMap(({ columns }) => columns.map(({ references }) => references?.table)));
  for (const { name } of schema.tables) {
    if (referred.has(name)) continue;
    const chosen = random.below(5);
    if (chosen === 0) connection.exec(`DELETE FROM ${quote(name)}`);
    if (chosen === 1)
      connection.exec(`DELETE FROM ${quote(name)} WHERE _rowid_ = (SELECT max(_rowid_) FROM ${quote(name)})`);
  }
}

/** Rows that the database does not take, because of a unique index or a check, are left out. */
function insertRow(connection: Connection, table: StoredTable, random: RandomSource): void {
  const values: Record<string, Stored> = {};
  for (const column of table.columns) {
    if (table.countsKey && column.name === table.key[0] && random.below(4) > 0) continue;
    const value = randomCell(connection, column, random);
    // No parent is there for a reference that must have one.
    if (value === undefined) return;
    values[column.name] = value;
  }
  const names = Object.keys(values);
  const row =
    names.length === 0 ? "DEFAULT VALUES" : `(${names.map(quote).join()}) VALUES (${names.map(() => "?").join()})`;
  connection.prepare(`INSERT OR IGNORE INTO ${quote(table.name)} ${row}`).run(Object.values(values));
}

function randomCell(connection: Connection, column: StoredColumn, random: RandomSource): Stored | undefined {
  if (column.optional && random.below(3) === 0) return null;
  if (column.references === undefined) return randomValue(random, column.storage);
  const { table, column: key } = column.references;
  const parents = connection.query(`SELECT ${quote(key)} FROM ${quote(table)}`).map(([value]) => value as Stored);
  if (parents.length > 0) return random.pick(parents);
  return column.optional ? null : undefined;
}
