import type { MemberModel } from "../../schema/model.ts";
import type { DocumentObject, SqlDialect } from "../sql/dialect.ts";
import { type Fragment, raw, sql } from "../sql/fragment.ts";
import { literal } from "./storage.ts";

type Asked = Pick<MemberModel, "path" | "as">;

/** Members of a JSON path, each in quotes: without them SQLite would read `[0]` and `#-1` as places in an array. */
function pathLiteral(path: readonly string[]): string {
  return literal(`$${path.map((name) => `.${JSON.stringify(name)}`).join("")}`);
}

/** A malformed document would end the whole statement, so it is asked first; SQLite keeps what it has parsed of a row. */
export const member: SqlDialect["member"] = ({ path, as }, document) => {
  const at = pathLiteral(path);
  return `CASE WHEN json_valid(${document}) THEN ${readAs(as, { json: `${document}, ${at}`, value: `${document} -> ${at}` })} END`;
};

/** `json` is what the functions of JSON take, `value` the same as a JSON text. */
function readAs(as: MemberModel["as"], { json, value }: { readonly json: string; readonly value: string }): string {
  switch (as) {
    case "text":
      return `CASE json_type(${json}) WHEN 'text' THEN json_extract(${json}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' END`;
    case "number":
      return `CASE WHEN json_type(${json}) IN ('integer', 'real') THEN json_extract(${json}) END`;
    case "json":
      return `nullif(${value}, 'null')`;
  }
}

const ELEMENT = { text: "'text', 'true', 'false'", number: "'integer', 'real'" } as const;

export function memberHolds({ path, as }: Asked, document: string, value: Fragment): Fragment {
  const json = `${document}, ${pathLiteral(path)}`;
  const types = ELEMENT[as === "number" ? "number" : "text"];
  const element = as === "number" ? "e.value" : "CASE e.type WHEN 'text' THEN e.value ELSE e.type END";
  const some = sql`EXISTS (SELECT 1 FROM json_each(${raw(json)}) AS e WHERE e.type IN (${raw(types)}) AND ${raw(element)} = ${value})`;
  return sql`CASE WHEN json_valid(${raw(document)}) AND json_type(${raw(json)}) = 'array' THEN ${some} END`;
}

/** Texts of objects, put together without their inner braces: json_patch would take a null for a member that goes. */
export function documentObject(
  { before, document, without, after }: DocumentObject,
  jsonObject: SqlDialect["jsonObject"],
): Fragment {
  const paths = Array.from(without, (name) => pathLiteral([name]));
  const own = raw(
    `CASE WHEN json_valid(${document}) AND json_type(${document}) = 'object' THEN json_remove(${[document, ...paths].join(", ")}) ELSE '{}' END`,
  );
  const parts = [jsonObject(before), own, jsonObject(after)].map(
    (object) => sql`(SELECT substr(o, 2, length(o) - 2) FROM (SELECT ${object} AS o))`,
  );
  // An object without members leaves no comma behind.
  const [first = raw(""), ...rest] = parts;
  const joined = rest.reduce((text, part) => sql`${text} || coalesce(',' || nullif(${part}, ''), '')`, first);
  return sql`'{' || ltrim(${joined}, ',') || '}'`;
}
