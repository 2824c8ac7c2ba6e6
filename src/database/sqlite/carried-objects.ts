import { DeclarationError } from "../../errors/declaration-error.ts";
import { nameIn, sqlTokens } from "../migration/sql-tokens.ts";
import type { Connection } from "./connection.ts";
import { quoteName } from "./quote-name.ts";
import { namesIn, type SchemaObject, schemaObjects } from "./schema-objects.ts";

/** What a migration says of the names in a schema, all in small letters. */
export interface WhatGoes {
  /** The names that the migration deals with itself. */
  readonly itsOwn: ReadonlySet<string>;
  /** Whether a table may be gone afterwards, with what belongs to it. */
  readonly mayLose: (table: string) => boolean;
}

/**
 * Indexes, triggers and views that nobody declared, carried over the rebuild of a table: dropping the old table takes
 * its triggers and indexes along, and SQLite renames no table while a view or trigger names one that is not there
 * (https://sqlite.org/lang_altertable.html#otheralter).
 */
export class CarriedObjects {
  readonly #connection: Connection;
  readonly #file: WhatGoes;
  readonly #carried = new Map<string, SchemaObject>();

  constructor(connection: Connection, file: WhatGoes) {
    this.#connection = connection;
    this.#file = file;
  }

  /** Takes away what would not outlive a statement, or keep it from being run. To be called before each statement. */
  prepareFor(statement: string): void {
    const dropped = droppedName(statement);
    if (dropped === undefined) return;
    const concerned = this.#concernedBy(dropped);
    for (const object of concerned) this.#carried.set(`${object.type} ${object.name}`, object);
    for (const { type, name } of concerned.toReversed()) {
      // A trigger may have gone with the view that it stands on; an index goes with its table.
      if (type === "trigger") this.#connection.exec(`DROP TRIGGER IF EXISTS ${quoteName(name)}`);
      else if (type === "view") this.#connection.exec(`DROP VIEW IF EXISTS ${quoteName(name)}`);
    }
  }

  /** Puts back what is not there any more. Throws `DeclarationError` naming what does not fit the new tables. */
  putBack(): void {
    const present = schemaObjects(this.#connection);
    const keys = new Set(present.map(({ type, name }) => `${type} ${name}`));
    const missing = [...this.#carried.values()].filter(({ type, name }) => !keys.has(`${type} ${name}`));
    for (const type of ["index", "view", "trigger"]) {
      for (const object of missing.filter((each) => each.type === type)) this.#remake(object);
    }
    for (const object of missing) this.#tryOut(object);
  }

  #concernedBy(dropped: string): SchemaObject[] {
    const names = new Set([dropped.toLowerCase()]);
    const rest = schemaObjects(this.#connection).filter(
      ({ type, name }) => type !== "table" && !this.#file.itsOwn.has(name.toLowerCase()),
    );
    const found = new Set<SchemaObject>();
    // Views stand on views: what names one that goes has to go too.
    for (let before = -1; before !== found.size; ) {
      before = found.size;
      for (const object of rest) {
        const mentions = object.type === "index" ? new Set([object.table.toLowerCase()]) : namesIn(object.sql);
        if (found.has(object) || ![...names].some((name) => mentions.has(name))) continue;
        found.add(object);
        if (object.type === "view") names.add(object.name.toLowerCase());
      }
    }
    return rest.filter((object) => found.has(object));
  }

  #remake(object: SchemaObject): void {
    if (object.type !== "view" && !this.#isThere(object.table)) {
      if (this.#file.mayLose(object.table.toLowerCase())) return;
      throw unfit(object, new Error(`there is no ${object.table} any more`));
    }
    try {
      this.#connection.exec(object.sql);
    } catch (error) {
      throw unfit(object, error);
    }
  }

  /** SQLite compiles views and triggers at their first use: that must not be a request. */
  #tryOut(object: SchemaObject): void {
    if (!this.#isThere(object.table)) return;
    const table = quoteName(object.table);
    try {
      if (object.type === "view") this.#connection.prepare(`SELECT * FROM ${table} LIMIT 0`);
      if (object.type === "trigger") this.#connection.prepare(`EXPLAIN ${this.#firing(object, table)}`);
    } catch (error) {
      throw unfit(object, error);
    }
  }

  #firing(trigger: SchemaObject, table: string): string {
    const words = Array.from(sqlTokens(trigger.sql), (token) =>
      token.is === "word" ? trigger.sql.slice(token.from, token.to).toUpperCase() : "",
    );
    const event = words.find((word) => word === "INSERT" || word === "UPDATE" || word === "DELETE");
    if (event === "INSERT") return `INSERT INTO ${table} DEFAULT VALUES`;
    if (event === "DELETE") return `DELETE FROM ${table}`;
    const columns = this.#connection
      .query("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", [trigger.table])
      .map(([name]) => quoteName(String(name)));
    return `UPDATE ${table} SET ${columns.map((column) => `${column} = ${column}`).join(", ")}`;
  }

  #isThere(table: string): boolean {
    const [row] = this.#connection.query(
      "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
      [table],
    );
    return row?.[0] === 1;
  }
}

/** The table or view that a statement drops. */
export function droppedName(statement: string): string | undefined {
  const tokens = [...sqlTokens(statement)];
  const words = tokens.map((token) => nameIn(statement, token));
  const [verb, kind] = words.map((word) => word.toUpperCase());
  if (verb !== "DROP" || (kind !== "TABLE" && kind !== "VIEW")) return undefined;
  // IF EXISTS, main. and the like stand before the name, which is the last.
  return words.at(-1);
}

function unfit({ type, name, table }: SchemaObject, error: unknown): DeclarationError {
  const words = error instanceof Error ? error.message : String(error);
  const on = type === "view" ? "" : ` on ${table}`;
  return new DeclarationError(
    `${type} ${name}`,
    `it was made${on} by somebody else, and does not fit the new tables: ${words}`,
    `Write into the migration what is to become of it: DROP ${type.toUpperCase()} ${quoteName(name)}, and a new one at the end if you need it`,
  );
}
