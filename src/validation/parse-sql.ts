import type { Json, Stored } from "../schema/stored.ts";
import type { Checked } from "./command.ts";
import { invalid, membersOf, onlyMembers, textOf } from "./parse-account.ts";
import { SQL_CHARACTERS, SQL_PARAMS } from "./limits.ts";
import { checked } from "./write-request.ts";

/** One statement of whoever runs the application. */
export interface SqlCommand extends Checked {
  readonly server: "sql";
  readonly sql: string;
  readonly params: readonly Stored[];
  /** How many rows may change; undefined where nothing may. */
  readonly agreedRows: number | undefined;
}

/** `{ "sql": "…", "params": [1], "write": { "rows": 1 } }`. */
export function parseSql(body: Json | undefined): SqlCommand {
  const members = membersOf(body);
  onlyMembers(members, ["sql", "params", "write"]);
  const sql = textOf(members, "sql");
  if (sql.length > SQL_CHARACTERS) throw invalid("sql", "too_long", `sql has at most ${SQL_CHARACTERS} characters.`);
  if (!isStorable(sql)) throw invalid("sql", "characters", "sql holds NUL or half of a surrogate pair.");
  const write = members.get("write");
  return checked({
    server: "sql",
    sql,
    params: paramsOf(members.get("params") ?? []),
    agreedRows: write === undefined ? undefined : rowsOf(write),
  });
}

function paramsOf(params: Json): Stored[] {
  if (!Array.isArray(params)) throw invalid("params", "type", "params is a list of values.");
  if (params.length > SQL_PARAMS) throw invalid("params", "too_long", `params has at most ${SQL_PARAMS} values.`);
  return (params as readonly Json[]).map((value) => {
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value === "string" && !isStorable(value))
      throw invalid("params", "characters", "A value holds NUL or half of a surrogate pair.");
    if (value === null || typeof value === "string" || typeof value === "number") return value;
    throw invalid("params", "type", "A value is a text, a number, true, false or null.");
  });
}

function rowsOf(write: Json): number {
  const members = membersOf(write);
  onlyMembers(members, ["rows"]);
  const rows = members.get("rows");
  if (typeof rows === "number" && Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw invalid("write", "type", "write.rows is how many rows are to change.");
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
