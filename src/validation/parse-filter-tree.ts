import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { allOf, type FilterNode } from "../schema/filter.ts";
import { type ColumnModel, type TableModel, tableOf } from "../schema/model.ts";
import { FILTER_DEPTH, IN_VALUES } from "./limits.ts";
import { comparison, computedColumn, type FilterScope, nullValue, relationMatch } from "./parse-filter.ts";
import { isPath, memberIsNull, memberTest, pathOf } from "./parse-member.ts";
import { quoted } from "./quoted.ts";

type Tree = { readonly [key: string]: unknown };

/** The JSON of a `?filter=`, as an object. */
export function readFilterTree(text: string): Tree {
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    throw new Problem("invalid_parameter", "filter takes one JSON object, URL-encoded.");
  }
  return objectOf(tree, "filter");
}

/**
 * The structure of a tree with its values left out, and those values in the order in which the parser
 * makes their slots. Two trees of one structure share one compiled shape.
 */
export function treeSignature(tree: Tree, values: (string | readonly string[])[], depth = 1): string {
  refuseDepth(depth);
  const parts = Object.entries(tree).map(
    ([key, value]) => `${JSON.stringify(key)}:${valueSignature(key, value, { values, depth })}`,
  );
  return `{${parts.join(",")}}`;
}

function valueSignature(
  key: string,
  value: unknown,
  state: { values: (string | readonly string[])[]; depth: number },
): string {
  if (value === null) return "null";
  if (key === "null" && typeof value === "boolean") return value ? "true" : "false";
  if (Array.isArray(value)) {
    if (key === "and" || key === "or") {
      refuseDepth(state.depth + 1);
      return `[${value.map((item) => treeSignature(objectOf(item, key), state.values, state.depth + 1)).join(",")}]`;
    }
    if (value.length > IN_VALUES)
      throw new Problem("limit_exceeded", `A list in a filter has at most ${IN_VALUES} values.`);
    state.values.push(value.map((item) => scalarText(item, key)));
    return "[?]";
  }
  if (typeof value === "object") return treeSignature(value as Tree, state.values, state.depth + 1);
  state.values.push(scalarText(value, key));
  return "?";
}

/** A filter tree: columns and relations by name, `and`, `or`, `not`. Every member must hold. */
export function parseFilterTree(scope: FilterScope, table: TableModel, tree: Tree): FilterNode {
  const before = scope.nodes;
  const node = allOf(...Object.entries(tree).map(([key, value]) => memberOf(scope, table, { key, value })));
  // A tree without a condition is still a node of the SQL.
  if (scope.nodes === before) scope.count();
  return node;
}

function memberOf(scope: FilterScope, table: TableModel, member: { key: string; value: unknown }): FilterNode {
  const { key, value } = member;
  if (key === "and" || key === "or") {
    if (!Array.isArray(value)) throw new Problem("invalid_parameter", `filter: ${key} takes a list.`);
    const of = value.map((item) => parseFilterTree(scope, table, objectOf(item, key)));
    return { is: key === "and" ? "all" : "any", of };
  }
  if (key === "not") return { is: "not", of: parseFilterTree(scope, table, objectOf(value, key)) };
  const relation = table.relations.get(key);
  if (relation !== undefined) return relatedOf(scope, table, { key, value: objectOf(value, key) });
  if (isPath(table, key)) return memberTests(scope, table, { path: pathOf(key), value });
  const column = table.column.get(key);
  if (table.computed.has(key)) throw computedColumn(key);
  if (column === undefined) {
    const known = [...table.column.keys(), ...table.relations.keys(), "and", "or", "not"];
    throw new Problem("unknown_column", `${table.path} has no column ${quoted(key)}.${didYouMean(key, known)}`);
  }
  return columnTests(
    scope,
    { name: column.name, test: (asked) => test(scope, column, asked), isNull: () => isNull(column, true) },
    value,
  );
}

/** What a path leads to is compared as a column is. */
function memberTests(
  scope: FilterScope,
  table: TableModel,
  { path, value }: { readonly path: readonly string[]; readonly value: unknown },
): FilterNode {
  const name = path.join(".");
  const parameter = `filter: ${name}`;
  const tests = (asked: Asked): FilterNode =>
    tested(scope, asked, {
      parameter,
      isNull: (yes) => memberIsNull(table, path, yes),
      compare: (operator) => memberTest(scope, table, { path, operator, parameter }),
    });
  return columnTests(scope, { name, test: tests, isNull: () => memberIsNull(table, path, true) }, value);
}

function isNull(column: ColumnModel, yes: boolean): FilterNode {
  return { is: "null", column, yes };
}

function relatedOf(scope: FilterScope, table: TableModel, member: { key: string; value: Tree }): FilterNode {
  const relation = table.relations.get(member.key);
  if (relation === undefined)
    throw new Problem("unknown_relation", `${table.path} has no relation ${quoted(member.key)}.`);
  const target = tableOf(scope.schema, relation.table);
  const entries = Object.entries(member.value);
  const named =
    entries.length > 0 && entries.every(([word]) => ["some", "none", "all"].includes(word) && !target.column.has(word));
  const matches = named ? entries : [["some", member.value] as const];
  return allOf(
    ...matches.map(([word, of]): FilterNode => {
      scope.count();
      return {
        is: "related",
        relation,
        table: target,
        match: relationMatch(relation, word),
        of: parseFilterTree(scope, target, objectOf(of, word)),
      };
    }),
  );
}

/** One test of a value in a tree. */
interface Asked {
  readonly operator: string;
  readonly value: unknown;
}

/** What a tree compares: a column, or what a path leads to. */
interface Compared {
  readonly name: string;
  test(asked: Asked): FilterNode;
  isNull(): FilterNode;
}

function columnTests(scope: FilterScope, compared: Compared, value: unknown): FilterNode {
  if (value === null) {
    scope.count();
    return compared.isNull();
  }
  if (Array.isArray(value))
    throw new Problem(
      "invalid_parameter",
      `filter: ${quoted(compared.name)} takes a value or operators; a list needs "in".`,
    );
  if (typeof value !== "object") return compared.test({ operator: "eq", value });
  // A condition without a test would hold for every row, which nobody means.
  if (Object.keys(value).length === 0)
    throw new Problem("invalid_parameter", `filter: ${quoted(compared.name)} takes a value or operators.`);
  return allOf(...Object.entries(value).map(([operator, operand]) => compared.test({ operator, value: operand })));
}

function test(scope: FilterScope, column: ColumnModel, asked: Asked): FilterNode {
  const parameter = `filter: ${column.name}`;
  return tested(scope, asked, {
    parameter,
    isNull: (yes) => isNull(column, yes),
    compare: (operator) => comparison(scope, column, { operator, parameter }),
  });
}

function tested(
  scope: FilterScope,
  { operator, value }: Asked,
  by: {
    readonly parameter: string;
    readonly isNull: (yes: boolean) => FilterNode;
    readonly compare: (operator: string) => FilterNode;
  },
): FilterNode {
  scope.count();
  const { parameter } = by;
  if (operator === "null") return by.isNull(nullValue(parameter, value));
  if (value === null && (operator === "eq" || operator === "ne")) return by.isNull(operator === "eq");
  const node = by.compare(operator);
  const takesList = operator === "in" || operator === "nin";
  if (value === null || (typeof value === "object" && !Array.isArray(value)) || Array.isArray(value) !== takesList) {
    throw new Problem("invalid_parameter", `${parameter}: ${operator} takes ${takesList ? "a list" : "one value"}.`);
  }
  return node;
}

function scalarText(value: unknown, key: string): string {
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Problem("invalid_parameter", `filter: ${quoted(key)} takes texts, numbers, true or false.`);
}

function objectOf(value: unknown, key: string): Tree {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem(
      "invalid_parameter",
      `${key === "filter" ? "filter" : `filter: ${quoted(key)}`} takes a JSON object.`,
    );
  }
  return value as Tree;
}

/** Checked on the way down, so that a deep tree is refused before it is walked. */
function refuseDepth(depth: number): void {
  if (depth > FILTER_DEPTH) throw new Problem("limit_exceeded", `A filter has at most ${FILTER_DEPTH} levels.`);
}
