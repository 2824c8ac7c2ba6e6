import { LRUCache } from "lru-cache";
import { sqlTokens } from "../migration/sql-tokens.ts";

/** A statement as PostgreSQL takes it: its placeholders have numbers, and connections prepare it under a name. */
export interface NumberedStatement {
  readonly text: string;
  readonly name: string;
}

/** Texts whose form is known; one that comes back after it went gets another name. */
const KNOWN_TEXTS = 2_000;

/** Turns `?` into `$1`, `$2`, …; one for all connections of a database, so that they agree about the names. */
export class NumberedStatements {
  readonly #known = new LRUCache<string, NumberedStatement>({ max: KNOWN_TEXTS });
  #names = 0;

  of(sql: string): NumberedStatement {
    let statement = this.#known.get(sql);
    if (statement === undefined) {
      statement = { text: numbered(sql), name: `s${++this.#names}` };
      this.#known.set(sql, statement);
    }
    return statement;
  }
}

/** The text with a number in place of each `?` that stands in no quotes and no comment. */
export function numbered(sql: string): string {
  if (!sql.includes("?")) return sql;
  let text = "";
  let from = 0;
  let count = 0;
  for (const token of sqlTokens(sql)) {
    if (token.is !== "sign" || sql[token.from] !== "?") continue;
    text += `${sql.slice(from, token.from)}$${++count}`;
    from = token.to;
  }
  return text + sql.slice(from);
}
