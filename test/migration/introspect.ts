import type { Connection } from "#servery/database/sqlite/connection.js";
import { quoteName as quote } from "#servery/database/sqlite/quote-name.js";

/** What a database says of its own schema: equal for two that are alike, in whatever order their columns lie. */
export function introspect(connection: Connection): object {
  const tables = connection
    .query("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
    .map(([name, sql]) => [String(name), describeTable(connection, String(name), String(sql))]);
  const others = connection
    .query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY type, name")
    .map((row) => row.map(String));
  return { tables: Object.fromEntries(tables) as object, others };
}

function describeTable(connection: Connection, name: string, sql: string): object {
  // A virtual table is its statement; the order of its columns is one of the table that it reads.
  if (sql.startsWith("CREATE VIRTUAL")) return { sql };
  const rows = (pragma: string, of = name): string[] =>
    connection
      .query(`SELECT * FROM ${pragma}(?)`, [of])
      .map((row) => JSON.stringify(row))
      .toSorted(byText);
  const columns = connection
    .query('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', [name])
    .map((row) => JSON.stringify(row))
    .toSorted(byText);
  const keys = connection
    .query('SELECT "from", "table", "to", on_update, on_delete, match FROM pragma_foreign_key_list(?)', [name])
    .map((row) => JSON.stringify(row))
    .toSorted(byText);
  const indexes = connection
    .query('SELECT name, "unique", origin, partial FROM pragma_index_list(?)', [name])
    .map(([index, ...rest]) => {
      const parts = connection
        .query('SELECT seqno, name, "desc", coll, key FROM pragma_index_xinfo(?)', [index as string])
        .map((row) => JSON.stringify(row));
      return JSON.stringify([String(index), rest, parts]);
    })
    .toSorted(byText);
  return {
    columns,
    keys,
    indexes,
    checks: checksOf(sql).toSorted(byText),
    strict: rows("pragma_table_list").map((row) => row.replace(/^\["main",/, "")),
    counted: / AUTOINCREMENT\b/.test(sql),
  };
}

/** The named checks of a statement, each with its name: the text from `CONSTRAINT` to the bracket that closes it. */
function checksOf(sql: string): string[] {
  const checks: string[] = [];
  for (const { index, 0: start } of sql.matchAll(/CONSTRAINT "(?:[^"]|"")*" CHECK \(/g)) {
    let open = 1;
    let end = index + start.length;
    for (let quoted = ""; open > 0 && end < sql.length; end += 1) {
      const letter = sql[end] as string;
      if (quoted !== "") quoted = letter === quoted ? "" : quoted;
      else if (letter === "'" || letter === '"') quoted = letter;
      else if (letter === "(") open += 1;
      else if (letter === ")") open -= 1;
    }
    checks.push(sql.slice(index, end));
  }
  return checks;
}

/** Everything that lies in a database, as one text. */
export function contents(connection: Connection): string {
  const schema = connection.query("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name");
  const tables = schema.filter(([type]) => type === "table").map(([, name]) => String(name));
  const rows = tables.map((name) => [name, connection.query(`SELECT * FROM ${quote(name)}`)]);
  return JSON.stringify([schema, rows], (_key, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
  );
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
