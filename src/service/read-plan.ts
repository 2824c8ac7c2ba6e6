import { decide } from "../auth/policy/decide.ts";
import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import { allOf, type FilterNode, type PathHop, type SortKey } from "../schema/filter.ts";
import type { TableModel } from "../schema/model.ts";
import type { AggregateShape, IncludeShape, ReadShape, SearchShape } from "../validation/read-shape.ts";
import { type ComputedRows, computedRows } from "./computed-columns.ts";

/** A read with every policy in it: nothing behind this decides anything any more. */
export interface ReadPlan {
  readonly shape: ReadShape;
  readonly where: FilterNode;
  readonly includes: readonly IncludePlan[];
  /** How its rows are made anew, where columns are computed. */
  readonly computed: ComputedRows | undefined;
  readonly search: SearchShape | undefined;
  /** What the rows are grouped by: undefined for a read of rows. */
  readonly groups: AggregateShape["groups"] | undefined;
}

export interface IncludePlan {
  readonly shape: IncludeShape;
  readonly where: FilterNode;
  readonly includes: readonly IncludePlan[];
}

/**
 * Puts the read policy of every table that a read touches into its conditions: the table itself, each
 * include at each level, each hop of a filter, of a sort and of a group. This is the only place that does.
 */
export function planRead(shape: ReadShape, principal: Principal): ReadPlan {
  for (const key of shape.sort) checkSort(key, principal);
  return {
    shape,
    where: allOf(visibleRows(shape.table, principal), restrict(shape.where, principal)),
    includes: shape.includes.map((include) => planInclude(include, principal)),
    // A group is no row that a column could be made of.
    computed: shape.aggregate === undefined ? computedRows(shape) : undefined,
    search: shape.search,
    groups: shape.aggregate?.groups.map((group) => ({ ...group, path: visiblePath(group.path, principal) })),
  };
}

/** A group through a row that the caller may not see is the group of those that have none. */
function visiblePath(path: readonly PathHop[], principal: Principal): PathHop[] {
  return path.map((hop) => ({ ...hop, visible: visibleRows(hop.table, principal, hop.relation.name) }));
}

function planInclude(shape: IncludeShape, principal: Principal): IncludePlan {
  for (const key of shape.sort) checkSort(key, principal);
  return {
    shape,
    where: visibleRows(shape.table, principal, shape.relation.name),
    includes: shape.includes.map((include) => planInclude(include, principal)),
  };
}

function restrict(node: FilterNode, principal: Principal): FilterNode {
  switch (node.is) {
    case "all":
    case "any":
      return { ...node, of: node.of.map((part) => restrict(part, principal)) };
    case "not":
      return { ...node, of: restrict(node.of, principal) };
    case "related":
      return {
        ...node,
        of: restrict(node.of, principal),
        visible: visibleRows(node.table, principal, node.relation.name),
      };
    default:
      return node;
  }
}

function checkSort(key: SortKey, principal: Principal): void {
  for (const hop of key.path) visibleRows(hop.table, principal, hop.relation.name);
}

/** The rows a caller may read. A relation to a table that is closed to it answers like one that does not exist. */
function visibleRows(table: TableModel, principal: Principal, relation?: string): FilterNode {
  const verdict = decide(principal, table, "read");
  if (verdict.allowed) return verdict.rows;
  if (relation !== undefined)
    throw new Problem("unknown_relation", `There is no relation ${JSON.stringify(relation)} here.`);
  throw new Problem("forbidden", `${table.path} cannot be read.`);
}
