import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { AGGREGATE_FUNCTIONS, type AggregateFunction, DATE_PARTS, type DatePart } from "../schema/aggregate.ts";
import { type ColumnModel, type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import { aggregateKind, isSummable, outputColumn, partKind } from "./aggregate-kinds.ts";
import { AGGREGATES, FILTER_DEPTH, GROUP_PARTS, SORT_KEYS } from "./limits.ts";
import type { PathHop } from "../schema/filter.ts";
import { columnIn, comparison, type FilterScope, nullValue, relationOf } from "./parse-filter.ts";
import { isPath, memberIn } from "./parse-member.ts";
import { quoted } from "./quoted.ts";
import type { AggregateShape } from "./read-shape.ts";
import type { ReadRequest } from "./read-request.ts";

type Group = AggregateShape["groups"][number];
type Value = AggregateShape["values"][number];

/** Groups and numbers while their conditions are still being read. */
export interface AggregateDraft {
  readonly groups: readonly Group[];
  readonly values: readonly Value[];
  readonly having: AggregateShape["having"][number][];
}

/** What a list's parameter has no meaning for beside `aggregate`, and why. */
const NOT_BESIDE: Readonly<Record<string, string>> = {
  cursor: "its pages are linked by offset",
  fields: "its answer holds what aggregate and group_by name",
  include: "its answer holds groups, not rows",
  count: "its answer holds groups; aggregate=count counts the rows",
};

/** The groups and numbers that a request asks for; undefined when it asks for rows. */
export function parseAggregate(
  schema: SchemaModel,
  table: TableModel,
  request: ReadRequest,
): AggregateDraft | undefined {
  const named = (name: string): string | undefined => request.structural.find((one) => one.name === name)?.value;
  const [aggregate, groupBy] = [named("aggregate"), named("group_by")];
  if (aggregate === undefined) {
    if (groupBy === undefined) return undefined;
    throw new Problem("invalid_parameter", "group_by needs aggregate, for example aggregate=count.");
  }
  const refused = Object.keys(NOT_BESIDE).find(
    (name) => named(name) !== undefined || (name === "cursor" && request.cursor !== undefined),
  );
  if (refused !== undefined)
    throw new Problem("invalid_parameter", `aggregate takes no ${refused}: ${NOT_BESIDE[refused] ?? ""}.`);
  const values = aggregate.split(",");
  if (values.length > AGGREGATES)
    throw new Problem("limit_exceeded", `aggregate asks for at most ${AGGREGATES} numbers.`);
  const groups = groupBy === undefined ? [] : groupBy.split(",");
  if (groups.length > GROUP_PARTS) throw new Problem("limit_exceeded", `group_by has at most ${GROUP_PARTS} parts.`);
  const draft: AggregateDraft = {
    groups: groups.map((text, at) => groupOf(schema, table, { text, name: `g${at}` })),
    values: values.map((text, at) => valueOf(table, text, `v${at}`)),
    having: [],
  };
  refuseOneKeyTwice(draft);
  return draft;
}

function refuseOneKeyTwice({ groups, values }: AggregateDraft): void {
  const keys = [...groups, ...values].map(({ key }) => key);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined)
    throw new Problem("repeated_parameter", `Two parts of the answer would be called ${quoted(twice)}.`);
}

const CALL = /^([^()]*)\((.*)\)$/;

/** `avg(likes)`, or `count` alone. */
function valueOf(table: TableModel, text: string, name: string): Value {
  const [, called = text, argument] = CALL.exec(text) ?? [];
  if (!(AGGREGATE_FUNCTIONS as readonly string[]).includes(called))
    throw new Problem(
      "invalid_parameter",
      `aggregate takes ${AGGREGATE_FUNCTIONS.join(", ")}; ${quoted(called)} is none of them.${didYouMean(called, AGGREGATE_FUNCTIONS)}`,
    );
  const asked = called as AggregateFunction;
  if (argument === undefined) {
    if (asked !== "count") throw new Problem("invalid_parameter", `${asked} takes a column: ${asked}(column).`);
    return { key: "count", name: asked, column: undefined, output: outputColumn(name, aggregateKind("count")) };
  }
  const counts = asked === "count" || asked === "count_distinct";
  const column = memberIn(table, argument, counts ? "json" : "number") ?? columnIn(table, argument);
  refuseKind(asked, column);
  const output = outputColumn(name, aggregateKind(asked, column.kind));
  return { key: `${asked}_${column.name}`, name: asked, column, output };
}

function refuseKind(asked: AggregateFunction, { name, kind }: ColumnModel): void {
  if ((asked === "sum" || asked === "avg") && !isSummable(kind))
    throw new Problem(
      "invalid_parameter",
      `${name} is a ${kind.name} column; ${asked} takes integer, bigint, decimal and real columns.`,
    );
  if (asked !== "count" && !kind.ordered)
    throw new Problem(
      "invalid_parameter",
      `${name} is a ${kind.name} column, which has no order; ${asked} takes a column of another kind.`,
    );
}

/** `category`, `user.username` or `day(created_at)`. */
function groupOf(schema: SchemaModel, table: TableModel, given: { text: string; name: string }): Group {
  const [, called, argument = given.text] = CALL.exec(given.text) ?? [];
  const part = called === undefined ? undefined : datePart(called);
  const names = argument.split(".");
  const path: PathHop[] = [];
  let current = table;
  while (names.length > 1 && !isPath(current, names.join("."))) {
    const name = names.shift() ?? "";
    const relation = relationOf(current, name);
    if (relation.many) throw new Problem("invalid_parameter", `group_by cannot go through ${name}: it is a list.`);
    current = tableOf(schema, relation.table);
    path.push({ relation, table: current });
    if (path.length >= FILTER_DEPTH)
      throw new Problem("limit_exceeded", `group_by goes over at most ${FILTER_DEPTH - 1} relations.`);
  }
  const last = names.join(".");
  const column = memberIn(current, last, "json") ?? columnIn(current, last);
  if (!column.kind.ordered)
    throw new Problem("invalid_parameter", `${last} is a ${column.kind.name} column, which cannot be grouped by.`);
  const key = part === undefined ? argument : `${part}_${argument}`;
  return { key, path, column, part, output: outputColumn(given.name, partKind(column, part)) };
}

function datePart(called: string): DatePart {
  if ((DATE_PARTS as readonly string[]).includes(called)) return called as DatePart;
  throw new Problem(
    "invalid_parameter",
    `group_by takes ${DATE_PARTS.join(", ")} of a column; ${quoted(called)} is none of them.${didYouMean(called, DATE_PARTS)}`,
  );
}

const HAVING = /^having\.([^[\]]+)(?:\[([^[\]]*)\])?$/;

/** Whether a parameter of an aggregate is a condition on its answer. */
export function isHaving(name: string): boolean {
  return /^having(?:\.|$)/.test(name);
}

/** `having.count[gte]=10`: a condition on a number of the answer. */
export function parseHaving(
  scope: FilterScope,
  draft: AggregateDraft,
  parameter: { readonly name: string; readonly value: string },
): void {
  const [, key, operator = "eq"] = HAVING.exec(parameter.name) ?? [];
  const keys = draft.values.map((value) => value.key);
  if (key === undefined)
    throw new Problem("invalid_parameter", `having is written having.${keys[0] ?? "count"}[gte]=10.`);
  const value = draft.values.find((one) => one.key === key);
  if (value === undefined) {
    const hint = draft.groups.some((group) => group.key === key)
      ? " It is grouped by, so a filter on the column does it."
      : didYouMean(key, keys);
    throw new Problem("unknown_parameter", `having takes ${keys.join(", ")}; ${quoted(key)} is none of them.${hint}`);
  }
  scope.count();
  const column = value.output;
  if (operator === "null") {
    draft.having.push({ is: "null", column, yes: nullValue(parameter.name, parameter.value) });
    return;
  }
  const node = comparison(scope, { ...column, name: key }, { operator, parameter: parameter.name });
  draft.having.push(node.is === "compare" ? { ...node, column } : node);
}

/** The order of the groups: by keys of the answer, then by what else tells groups apart, so that pages fit together. */
export function aggregateSort(draft: AggregateDraft, sort: string | undefined): AggregateShape["sort"] {
  const parts = [...draft.groups, ...draft.values];
  const keys = sort === undefined ? [] : sort.split(",");
  if (keys.length > SORT_KEYS) throw new Problem("limit_exceeded", `A sort has at most ${SORT_KEYS} keys.`);
  const chosen = keys.map((text) => {
    const descending = text.startsWith("-");
    const key = descending ? text.slice(1) : text;
    const part = parts.find((one) => one.key === key);
    if (part === undefined) {
      const names = parts.map((one) => one.key);
      throw new Problem(
        "invalid_parameter",
        `sort takes ${names.join(", ")} beside aggregate; ${quoted(key)} is none of them.${didYouMean(key, names)}`,
      );
    }
    return { output: part.output, descending };
  });
  const twice = chosen.find(({ output }, at) => chosen.findIndex((other) => other.output === output) !== at);
  if (twice !== undefined) throw new Problem("repeated_parameter", "sort names one key twice.");
  const rest = draft.groups.filter(({ output }) => chosen.every((key) => key.output !== output));
  return [...chosen, ...rest.map(({ output }) => ({ output, descending: false }))];
}
