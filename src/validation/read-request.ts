import { Problem } from "../errors/problem.ts";
import { IN_VALUES } from "./limits.ts";
import { readFilterTree, treeSignature } from "./parse-filter-tree.ts";
import { quoted } from "./quoted.ts";
import type { QueryParameter } from "./query-string.ts";

/**
 * A query split into what decides the SQL (its key and its structural parameters) and what is only
 * bound (values, limit, offset, cursor). This runs for every request; the parsing behind it runs once
 * for each key.
 */
export interface ReadRequest {
  readonly key: string;
  /** What a cursor is signed for: every filter with its value, and the sort. */
  readonly identity: string;
  /** Every parameter that the shape is made of, lists once. */
  readonly structural: readonly QueryParameter[];
  readonly values: readonly (string | readonly string[])[];
  readonly limit: string | undefined;
  readonly offset: string | undefined;
  /** "" asks for the first page by cursor. */
  readonly cursor: string | undefined;
}

/** Parameters whose value belongs to the shape. */
const STRUCTURAL =
  /^(?:sort|fields|include|count|aggregate|group_by|.+\.(?:limit|sort|fields)|.+\[(?:null|some|none|all)\])$/;
const PAGING: ReadonlySet<string> = new Set(["limit", "offset", "cursor"]);
/** Parameters that change how rows look, not which rows in which order. */
const LOOKS = /^(?:fields|include|count|.+\.(?:limit|sort|fields))$/;
const LIST = /\[n?in\]$/;

/** Reads a query once from left to right. A repeated parameter that is no list is a 400: nobody can know which was meant. */
export function readRequest(parameters: readonly QueryParameter[]): ReadRequest {
  const seen = new Map<string, number>();
  const structural: QueryParameter[] = [];
  const values: (string | string[])[] = [];
  const paging: Record<string, string> = {};
  // The parts of a key are divided by NUL, which no decoded parameter holds: no name can imitate two.
  let key = "";
  let identity = "";
  for (const parameter of parameters) {
    const { name, value } = parameter;
    const at = seen.get(name);
    if (at !== undefined) {
      addToList(name, value, values[at]);
      identity += `${name}=${JSON.stringify(value)}&`;
      continue;
    }
    seen.set(name, values.length);
    if (PAGING.has(name)) {
      paging[name] = value;
      // The limit stands in the SQL: with a bound one SQLite plans worse, and a list took a third longer.
      key += name === "limit" ? `limit\0=${value}\0` : `${name}\0`;
      continue;
    }
    structural.push(parameter);
    if (!LOOKS.test(name)) identity += `${name}=${JSON.stringify(value)}&`;
    if (name === "filter")
      key += `filter\0${treeSignature(readFilterTree(value), values as (string | readonly string[])[])}\0`;
    else if (STRUCTURAL.test(name)) key += `${name}\0=${value}\0`;
    else {
      key += `${name}\0`;
      values.push(LIST.test(name) ? [value] : value);
    }
  }
  return {
    key,
    identity,
    structural,
    values,
    limit: paging["limit"],
    offset: paging["offset"],
    cursor: paging["cursor"],
  };
}

function addToList(name: string, value: string, list: string | string[] | undefined): void {
  if (!LIST.test(name) || !Array.isArray(list)) {
    throw new Problem(
      "repeated_parameter",
      `${quoted(name)} was sent twice; a list is written ${name.replace(/\[.*$/, "").slice(0, 64)}[in]=…&${name.replace(/\[.*$/, "").slice(0, 64)}[in]=….`,
    );
  }
  if (list.length >= IN_VALUES) throw new Problem("limit_exceeded", `${name} takes at most ${IN_VALUES} values.`);
  list.push(value);
}
