import { readFileSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";

type Value = string | number | null;

/** Chinook as its author made it: the original schema in a database of its own, filled from the example's files. */
export class OriginalDatabase {
  readonly #database = new DatabaseSync(":memory:");

  constructor() {
    this.#database.exec(readFileSync(new URL("./original-schema.sql", import.meta.url), "utf8"));
    // The tables come in the order of their names, not parents first; what refers to what is checked at the end.
    this.#database.exec("PRAGMA foreign_keys = OFF; BEGIN");
    for (const { name } of this.rows("SELECT name FROM sqlite_master WHERE type = 'table'")) this.#fill(String(name));
    this.#database.exec("COMMIT");
    const orphans = this.rows("PRAGMA foreign_key_check");
    if (orphans.length > 0) throw new Error(`Chinook has ${orphans.length} rows whose parent is missing`);
  }

  #fill(table: string): void {
    const file = new URL(`../../../examples/chinook/data/${table}.json`, import.meta.url);
    const { columns, rows } = JSON.parse(readFileSync(file, "utf8")) as { columns: string[]; rows: Value[][] };
    const insert = this.#database.prepare(
      `INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join()}) VALUES (${columns.map(() => "?").join()})`,
    );
    for (const row of rows) insert.run(...row);
  }

  rows(sql: string): { [column: string]: Value }[] {
    return this.#database.prepare(sql).all() as { [column: string]: Value }[];
  }

  close(): void {
    this.#database.close();
  }
}
