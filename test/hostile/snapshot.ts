import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import type { SqliteConnection } from "#servery/database/sqlite/driver.js";
import type { Diff, TableDiff } from "./case.ts";

type Row = Readonly<Record<string, unknown>>;

/** All rows of a table, and which columns are its key. */
interface TableRows {
  readonly key: readonly string[];
  readonly rows: ReadonlyMap<string, Row>;
}

/** Every row of every table but those of search indexes, which hold the rows' words once more; the server's own tables and SQLite's counters included. */
export type Snapshot = ReadonlyMap<string, TableRows>;

/** SQLite's counters of generated keys. They move with every insert that is wanted, and must not with one that is not. */
const COUNTERS = "sqlite_sequence";

/** Reads a database beside the engine, on a read-only connection of its own. */
export class DatabaseReader {
  readonly #connection: SqliteConnection;
  readonly #tables: readonly { name: string; columns: readonly string[]; key: readonly string[] }[];

  private constructor(connection: SqliteConnection) {
    this.#connection = connection;
    const names = connection
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%servery_search%'")
      .rows([])
      .map(([name]) => String(name));
    this.#tables = names.map((name) => {
      const info = connection.prepare(`SELECT name, pk FROM pragma_table_info(?)`).rows([name]);
      const key = info.filter(([, pk]) => Number(pk) > 0).map(([column]) => String(column));
      return { name, columns: info.map(([column]) => String(column)), key: key.length === 0 ? ["name"] : key };
    });
  }

  static async open(path: string): Promise<DatabaseReader> {
    const { driver } = await chooseDriver("auto");
    return new DatabaseReader(driver.open(path, { readOnly: true }));
  }

  snapshot(): Snapshot {
    return new Map(this.#tables.map((table) => [table.name, this.#rows(table)]));
  }

  /** The rows of one query, for a test that looks at a database itself. */
  rows(sql: string): readonly (readonly unknown[])[] {
    return this.#connection.prepare(sql).rows([]);
  }

  close(): void {
    this.#connection.close();
  }

  #rows({ name, columns, key }: { name: string; columns: readonly string[]; key: readonly string[] }): TableRows {
    const list = columns.map((column) => `"${column}"`).join(", ");
    const rows = new Map<string, Row>();
    for (const values of this.#connection.prepare(`SELECT ${list} FROM "${name}"`).rows([])) {
      const row = Object.fromEntries(columns.map((column, at) => [column, plain(values[at])]));
      rows.set(JSON.stringify(key.map((column) => row[column])), row);
    }
    return { key, rows };
  }
}

/** What came, changed and went between two snapshots; tables without a difference are left out. */
export function difference(before: Snapshot, after: Snapshot, counters: "with counters" | "without counters"): Diff {
  const diff: Record<string, TableDiff> = {};
  for (const [name, { rows }] of after) {
    if (name === COUNTERS && counters === "without counters") continue;
    const old = before.get(name)?.rows ?? new Map<string, Row>();
    const added = [...rows].filter(([key]) => !old.has(key)).map(([, row]) => row);
    const changed = [...rows]
      .filter(([key, row]) => old.has(key) && JSON.stringify(old.get(key)) !== JSON.stringify(row))
      .map(([, row]) => row);
    const removed = [...old].filter(([key]) => !rows.has(key)).map(([, row]) => row);
    const parts = {
      ...(added.length > 0 ? { added } : {}),
      ...(changed.length > 0 ? { changed } : {}),
      ...(removed.length > 0 ? { removed } : {}),
    };
    if (Object.keys(parts).length > 0) diff[name] = parts;
  }
  return diff;
}

/** Integers beyond 2^53 come as bigint, which JSON cannot show. */
function plain(value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
