import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { allOf, type FilterNode, type FilterOperator, type RelationMatch } from "../schema/filter.ts";
import { type ColumnModel, type RelationModel, type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import { FILTER_DEPTH, FILTER_NODES } from "./limits.ts";
import { COMPARISONS, LISTS, TEXT_OPERATORS } from "./filter-operators.ts";
import { isColumn, memberIsNull, memberTest, notAPath, pathOf } from "./parse-member.ts";
import { quoted } from "./quoted.ts";
import type { Slot } from "./read-shape.ts";

const MATCHES: readonly string[] = ["some", "none", "all"];

/** Collects the slots of a shape while its filters are parsed, and counts its conditions. */
export class FilterScope {
  readonly schema: SchemaModel;
  readonly slots: Slot[] = [];
  #nodes = 0;

  constructor(schema: SchemaModel) {
    this.schema = schema;
  }

  /** Conditions counted so far. */
  get nodes(): number {
    return this.#nodes;
  }

  count(): void {
    this.#nodes++;
    if (this.#nodes > FILTER_NODES)
      throw new Problem("limit_exceeded", `A request has at most ${FILTER_NODES} conditions.`);
  }

  slot(slot: Slot): number {
    return this.slots.push(slot) - 1;
  }
}

/** One segment of a parameter's name: `user`, or `comments[none]`. */
export interface NameSegment {
  readonly name: string;
  readonly bracket: string | undefined;
}

const SEGMENT = /^([^.[\]]+)(?:\[([^.[\]]*)\])?$/;

/** `comments[none].likes[gt]` → its segments. Names with dots or brackets of their own go into `?filter=`. */
function nameSegments(parameter: string): NameSegment[] {
  return parameter.split(".").map((part) => {
    const match = SEGMENT.exec(part);
    if (match === null)
      throw new Problem(
        "unknown_parameter",
        `The parameter ${quoted(parameter)} is not of the form column, column[operator] or relation.column.`,
      );
    return { name: match[1] as string, bracket: match[2] };
  });
}

/** A filter parameter of the URL: its relations, its column, its operator. `value` matters for `null` alone. */
export function parseFilterParameter(
  scope: FilterScope,
  table: TableModel,
  parameter: { name: string; value: string },
): FilterNode {
  scope.count();
  const segments = nameSegments(parameter.name);
  const hops: { relation: RelationModel; table: TableModel; match: RelationMatch }[] = [];
  let current = table;
  while (segments.length > 1 && !isMember(current, segments)) {
    const { name, bracket } = segments.shift() as NameSegment;
    const relation = relationOf(current, name);
    const match = relationMatch(relation, bracket);
    current = tableOf(scope.schema, relation.table);
    hops.push({ relation, table: current, match });
    if (hops.length >= FILTER_DEPTH)
      throw new Problem("limit_exceeded", `A filter has at most ${FILTER_DEPTH} levels.`);
  }
  const [last = { name: "", bracket: undefined }] = segments.slice(-1);
  const leaf = isMember(current, segments)
    ? memberOf(scope, current, { segments, parameter })
    : leafOf(scope, current, { segment: last, parameter });
  return hops.reduceRight<FilterNode>((of, hop) => ({ is: "related", ...hop, of }), leaf);
}

/** Whether what is left of a name is a path into a document: it begins with nothing else of the collection. */
function isMember(table: TableModel, [first, ...more]: readonly NameSegment[]): boolean {
  if (table.document === undefined || first === undefined || table.relations.has(first.name)) return false;
  return more.length > 0 || !isColumn(table, first.name);
}

/** The condition on what a document has at the end of a path. */
function memberOf(
  scope: FilterScope,
  table: TableModel,
  given: { segments: readonly NameSegment[]; parameter: { name: string; value: string } },
): FilterNode {
  const { segments, parameter } = given;
  const operator = segments.at(-1)?.bracket ?? "eq";
  const inside = segments.slice(0, -1).find(({ bracket }) => bracket !== undefined);
  if (inside !== undefined) throw notAPath(parameter.name);
  const path = pathOf(segments.map(({ name }) => name).join("."));
  if (operator === "null") return memberIsNull(table, path, nullValue(parameter.name, parameter.value));
  return memberTest(scope, table, { path, operator, parameter: parameter.name });
}

function leafOf(
  scope: FilterScope,
  table: TableModel,
  last: { segment: NameSegment; parameter: { name: string; value: string } },
): FilterNode {
  const { segment, parameter } = last;
  const relation = table.relations.get(segment.name);
  if (relation !== undefined && segment.bracket !== undefined && MATCHES.includes(segment.bracket)) {
    // `?comments[none]=` asks for rows without any; there is nothing to compare.
    if (parameter.value !== "") throw new Problem("invalid_parameter", `${parameter.name} takes no value.`);
    return {
      is: "related",
      relation,
      table: tableOf(scope.schema, relation.table),
      match: relationMatch(relation, segment.bracket),
      of: allOf(),
    };
  }
  const column = columnIn(table, segment.name);
  const operator = segment.bracket ?? "eq";
  if (operator === "null") return { is: "null", column, yes: nullValue(parameter.name, parameter.value) };
  return comparison(scope, column, { operator, parameter: parameter.name });
}

/** A comparison of a column with a slot, after the operator was checked against the kind. */
export function comparison(
  scope: FilterScope,
  column: ColumnModel,
  test: { operator: string; parameter: string },
): FilterNode {
  const { operator, parameter } = test;
  const { kind } = column;
  const allowed = [
    ...(kind.ordered ? [...COMPARISONS, ...LISTS] : []),
    ...(kind.textual ? TEXT_OPERATORS : []),
    "null",
  ];
  if (!allowed.includes(operator)) {
    throw new Problem(
      "unknown_operator",
      `${column.name} is a ${kind.name} column and takes ${allowed.join(", ")}; ${quoted(operator)} is none of them.${didYouMean(operator, allowed)}`,
    );
  }
  const textual = TEXT_OPERATORS.includes(operator);
  const slot = scope.slot({
    parameter,
    list: LISTS.includes(operator),
    parse: textual ? (text) => text : kind.parse,
    expects: textual ? "a text" : kind.expects,
  });
  return { is: "compare", column, operator: operator as FilterOperator, value: { slot } };
}

export function relationMatch(relation: RelationModel, bracket: string | undefined): RelationMatch {
  if (bracket === undefined) return "some";
  if (!MATCHES.includes(bracket))
    throw new Problem(
      "unknown_operator",
      `A relation takes ${MATCHES.join(", ")}; ${quoted(bracket)} is none of them.`,
    );
  if (!relation.many && bracket === "all")
    throw new Problem("unknown_operator", `${relation.name} is one row, so it takes some or none.`);
  return bracket as RelationMatch;
}

export function nullValue(parameter: string, value: unknown): boolean {
  if (value === "true" || value === true) return true;
  if (value === "false" || value === false) return false;
  throw new Problem("invalid_parameter", `${parameter} takes true or false.`);
}

/** The relation of that name, or a 400 that names the nearest one. */
export function relationOf(table: TableModel, name: string): RelationModel {
  const relation = table.relations.get(name);
  if (relation !== undefined) return relation;
  throw new Problem(
    "unknown_relation",
    `${table.path} has no relation ${quoted(name)}.${didYouMean(name, table.relations.keys())}`,
  );
}

/** The stored column of that name, or a 400 that names the nearest one. */
export function columnIn(table: TableModel, name: string): ColumnModel {
  const column = table.column.get(name);
  if (column !== undefined && column.role !== "document") return column;
  if (table.computed.has(name)) throw computedColumn(name);
  throw new Problem(
    "unknown_column",
    `${table.path} has no column ${quoted(name)}.${didYouMean(name, table.column.keys())}`,
  );
}

/** The database does not have the column, so no row can be found by it. */
export function computedColumn(name: string): Problem {
  return new Problem(
    "invalid_parameter",
    `${name} is computed when a row is answered, so rows cannot be chosen or ordered by it.`,
  );
}
