import { nameIn, type SqlToken, sqlTokens } from "../migration/sql-tokens.ts";
import type { Connection } from "./connection.ts";

/** A table, index, trigger or view as the file tells of it. */
export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  /** The table that an index or a trigger belongs to; its own name for others. */
  readonly table: string;
  readonly sql: string;
}

/** Everything that has a statement of its own, in the order in which it was made. */
export function schemaObjects(connection: Pick<Connection, "query">): SchemaObject[] {
  return connection
    .query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
    .map(([type, name, table, sql]) => ({
      type: String(type),
      name: String(name),
      table: String(table),
      sql: String(sql),
    }));
}

/** The names and words in SQL, in small letters: SQLite tells no two names apart by their case. */
export function namesIn(sql: string): ReadonlySet<string> {
  return new Set(Array.from(sqlTokens(sql), (token) => nameIn(sql, token).toLowerCase()));
}

/** The parts of a CREATE TABLE between its outer brackets, and what stands behind them; each alike however it is written. */
export function tableParts(sql: string): readonly string[] {
  const tokens = [...sqlTokens(sql)];
  const parts: string[][] = [];
  let depth = 0;
  for (const token of tokens) {
    const sign = token.is === "sign" ? sql.slice(token.from, token.to) : "";
    if (sign === ")") depth--;
    if (depth === 0 || (depth === 1 && sign === ",")) {
      if (sign === "(" || sign === "," || sign === ")") parts.push([]);
      else if (parts.length > 0) parts.at(-1)?.push(alike(sql, token));
    } else {
      const part = parts.at(-1);
      if (depth === 1 && part !== undefined && beginsReference(sql, token, part))
        parts.push(["foreign", "key", "(", part[0] ?? "", ")"]);
      parts.at(-1)?.push(alike(sql, token));
    }
    if (sign === "(") depth++;
  }
  return parts.filter((part) => part.length > 0).map((part) => part.join(" "));
}

/** Whether a column's own reference begins, as ALTER TABLE ADD COLUMN has to write it: it is a foreign key like others. */
function beginsReference(sql: string, token: SqlToken, part: readonly string[]): boolean {
  if (sql.slice(token.from, token.to).toLowerCase() !== "references" || part.length === 0) return false;
  return part[0] !== "foreign" && part[0] !== "constraint";
}

/** SQL in one spelling: no comments, one space, names without quotes. */
export function normalised(sql: string): string {
  return Array.from(sqlTokens(sql), (token) => alike(sql, token)).join(" ");
}

function alike(sql: string, token: SqlToken): string {
  return token.is === "text" ? sql.slice(token.from, token.to) : nameIn(sql, token).toLowerCase();
}
