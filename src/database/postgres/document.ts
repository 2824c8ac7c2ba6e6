import type { MemberModel } from "../../schema/model.ts";
import type { DocumentObject, SqlDialect } from "../sql/dialect.ts";
import { type Fragment, joined, raw, sql } from "../sql/fragment.ts";
import { literal } from "./storage.ts";

type Asked = Pick<MemberModel, "path" | "as">;

/** Applies a merge patch (RFC 7396) to a value. */
const MERGED = "_servery_merged";

/** The function that merges, which calls itself for objects in objects. Members keep their places, new ones come last. */
export const createMerged = `CREATE OR REPLACE FUNCTION ${MERGED}(target json, patch json) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $merged$
  WITH was AS (SELECT * FROM json_each(CASE WHEN json_typeof(target) = 'object' THEN target ELSE '{}' END) WITH ORDINALITY AS m(key, value, place)),
  wanted AS (SELECT * FROM json_each(CASE WHEN json_typeof(patch) = 'object' THEN patch ELSE '{}' END) WITH ORDINALITY AS m(key, value, place)),
  members AS (
    SELECT was.key, CASE WHEN wanted.key IS NULL THEN was.value ELSE ${MERGED}(was.value, wanted.value) END AS value, 0 AS part, was.place
    FROM was LEFT JOIN wanted ON wanted.key = was.key WHERE wanted.key IS NULL OR json_typeof(wanted.value) <> 'null'
    UNION ALL
    SELECT key, ${MERGED}(NULL, value), 1, place FROM wanted
    WHERE json_typeof(value) <> 'null' AND NOT EXISTS (SELECT 1 FROM was WHERE was.key = wanted.key))
  SELECT CASE WHEN json_typeof(patch) <> 'object' THEN patch ELSE (
    SELECT CAST('{' || coalesce(string_agg(CAST(to_json(key) AS text) || ':' || CAST(value AS text), ',' ORDER BY part, place), '') || '}' AS json) FROM members) END
$merged$`;

/** By name alone: a name with digits finds nothing in an array, as with `->` and a text. */
function valueAt(path: readonly string[], document: string): string {
  return `(${path.reduce((value, name) => `${value} -> CAST(${literal(name)} AS text)`, document)})`;
}

export const member: SqlDialect["member"] = ({ path, as }, document) => {
  const value = valueAt(path, document);
  switch (as) {
    case "text":
      return `(CASE WHEN json_typeof(${value}) IN ('string', 'boolean') THEN ${value} #>> '{}' END COLLATE "C")`;
    case "number":
      return `(CASE WHEN json_typeof(${value}) = 'number' THEN CAST(${value} #>> '{}' AS double precision) END)`;
    case "json":
      return `(CASE WHEN json_typeof(${value}) <> 'null' THEN ${value} END)`;
  }
};

export function memberHolds({ path, as }: Asked, document: string, value: Fragment): Fragment {
  const list = valueAt(path, document);
  const [types, element, type] =
    as === "number"
      ? ["'number'", "CAST(e.value #>> '{}' AS double precision)", "double precision"]
      : ["'string', 'boolean'", "(e.value #>> '{}')", "text"];
  // The type is asked first: what is no number cannot be cast.
  const same = sql`CASE WHEN json_typeof(e.value) IN (${types}) THEN ${element} = CAST(${value} AS ${type}) ELSE FALSE END`;
  return sql`CASE WHEN json_typeof(${list}) = 'array' THEN EXISTS (SELECT 1 FROM json_array_elements(${list}) AS e WHERE ${same}) END`;
}

export function mergedDocument(document: string, patch: string): string {
  return `${MERGED}(${document}, CAST(${patch} AS json))`;
}

/** Texts of objects, put together without their inner braces. */
export function documentObject(
  { before, document, without, after }: DocumentObject,
  jsonObject: SqlDialect["jsonObject"],
): Fragment {
  const bare = (object: Fragment): Fragment =>
    sql`(SELECT nullif(substr(o, 2, length(o) - 2), '') FROM (SELECT ${object} AS o) AS written)`;
  const others = [...without].map(literal).join(", ");
  const kept = others === "" ? "" : ` WHERE key NOT IN (${others})`;
  const own = raw(
    `(SELECT string_agg(CAST(to_json(key) AS text) || ':' || CAST(value AS text), ',' ORDER BY place) FROM json_each(${document}) WITH ORDINALITY AS m(key, value, place)${kept})`,
  );
  return sql`'{' || concat_ws(',', ${joined([bare(jsonObject(before)), own, bare(jsonObject(after))], ", ")}) || '}'`;
}
