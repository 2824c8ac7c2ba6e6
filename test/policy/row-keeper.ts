import { isDeepStrictEqual } from "node:util";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import type { SqliteConnection } from "#servery/database/sqlite/driver.js";
import type { Stored } from "#servery/database/database.js";
import type { Changed } from "./cell.ts";
import type { Row, Value } from "./verdicts.ts";

type Rows = readonly (readonly Stored[])[];

/** Counters of attempts, and when a key was used last, are kept also by what is refused. */
const COUNTERS = /throttle|attempt|api_keys/;

/** Looks at every table of the file beside the engine, Servery's own included, and puts changed rows back. */
export class RowKeeper {
  readonly #file: SqliteConnection;
  readonly #tables: readonly string[];
  #kept = new Map<string, Rows>();
  #version = 0;

  private constructor(file: SqliteConnection) {
    this.#file = file;
    const texts = file
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
      .rows([])
      .map((row) => row.map(String));
    const indexes = texts.filter(([, sql = ""]) => /^CREATE VIRTUAL/i.test(sql)).map(([name = ""]) => name);
    this.#tables = texts
      .map(([name = ""]) => name)
      .filter((name) => !indexes.some((index) => name.startsWith(index)) && !COUNTERS.test(name));
  }

  static async open(path: string): Promise<RowKeeper> {
    const { driver } = await chooseDriver("auto");
    const file = driver.open(path, { readOnly: false });
    // Rows are put back table by table; nothing here has to survive a crash.
    file.exec("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF");
    return new RowKeeper(file);
  }

  /** What is there now is what must be there after every cell. */
  keep(): void {
    this.#kept = new Map(this.#tables.map((table) => [table, this.#read(table)]));
    this.#version = this.#dataVersion();
  }

  /** The keys of rows that are not as they were. A table of the server's own counts as one key, 0. */
  changes(): Changed {
    if (this.#dataVersion() === this.#version) return {};
    const found = this.#changedTables().map(([table, kept, now]): [string, number[]] => [
      table,
      keysThatDiffer(kept, now),
    ]);
    const ofRows = found.filter(([table]) => !isOwn(table));
    // A write may leave what belongs to it; what writes no row leaves nothing at all.
    if (ofRows.length > 0) return Object.fromEntries(ofRows);
    return Object.fromEntries(found.map(([table]) => [table, [0]]));
  }

  /** The first column of a stored row that has another value. Times of writing are not compared. */
  differs({ table, row }: { readonly table: string; readonly row: Row }): string | undefined {
    const statement = this.#file.prepare(`SELECT * FROM "${table}" WHERE id = ?`);
    const found = statement.rows([Number(row["id"])])[0] ?? [];
    const plain = (value: Stored | Value | undefined): unknown => (typeof value === "boolean" ? Number(value) : value);
    for (const [at, name] of statement.columns().entries()) {
      const wanted = row[name];
      if (wanted !== "now" && plain(found[at]) !== plain(wanted))
        return `stored ${name}: ${String(found[at])} instead of ${String(wanted)}`;
    }
    return undefined;
  }

  putBack(): void {
    if (this.#dataVersion() === this.#version) return;
    for (const [table, kept] of this.#changedTables()) {
      this.#file.exec("BEGIN IMMEDIATE");
      this.#file.exec(`DELETE FROM "${table}"`);
      const width = kept[0]?.length ?? 0;
      if (width > 0) {
        const insert = this.#file.prepare(`INSERT INTO "${table}" VALUES (${Array(width).fill("?").join(", ")})`);
        for (const row of kept) insert.run(row);
      }
      this.#file.exec("COMMIT");
    }
    this.#version = this.#dataVersion();
  }

  close(): void {
    this.#file.close();
  }

  #changedTables(): [string, Rows, Rows][] {
    return this.#tables
      .map((table): [string, Rows, Rows] => [table, this.#kept.get(table) ?? [], this.#read(table)])
      .filter(([, kept, now]) => !isDeepStrictEqual(kept, now));
  }

  #read(table: string): Rows {
    return this.#file.prepare(`SELECT * FROM "${table}"`).rows([]);
  }

  /** Another number after every commit of somebody else. */
  #dataVersion(): number {
    return Number(this.#file.prepare("PRAGMA data_version").rows([])[0]?.[0]);
  }
}

function isOwn(table: string): boolean {
  return table.startsWith("_servery") || table === "sqlite_sequence";
}

function keysThatDiffer(kept: Rows, now: Rows): number[] {
  const [before, after] = [kept, now].map(
    (rows) => new Map(rows.map((row) => [Number(row[0]), JSON.stringify(row, bigints)])),
  );
  const keys = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...keys].filter((key) => before?.get(key) !== after?.get(key));
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
