import { type Access, tableAccess } from "../auth/policy/access.ts";
import { allOf, type FilterNode, type PathHop, type SortKey } from "../schema/filter.ts";
import type { TableModel } from "../schema/model.ts";
import type { AggregateShape, IncludeShape, ReadShape, SearchShape } from "../validation/read-shape.ts";
import { type ComputedRows, computedRows } from "./computed-columns.ts";

/** A read with every policy in it: nothing behind this decides anything any more. */
export interface ReadPlan {
  readonly shape: ReadShape;
  readonly where: FilterNode;
  readonly sort: readonly SortKey[];
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
  readonly sort: readonly SortKey[];
  readonly includes: readonly IncludePlan[];
}

/**
 * Puts the read policy of every table that a read touches into its conditions: the table itself, each
 * include at each level, each hop of a filter, of a sort and of a group. This is the only place that does.
 */
export function planRead(shape: ReadShape, access: Access): ReadPlan {
  return {
    shape,
    where: allOf(visibleRows(shape.table, access), restrict(shape.where, access)),
    sort: visibleSort(shape.sort, access),
    includes: shape.includes.map((include) => planInclude(include, access)),
    // A group is no row that a column could be made of.
    computed: shape.aggregate === undefined ? computedRows(shape) : undefined,
    search: shape.search,
    groups: shape.aggregate?.groups.map((group) => ({ ...group, path: visiblePath(group.path, access) })),
  };
}

/** Through a row that the caller may not see leads the same as through none. */
function visiblePath(path: readonly PathHop[], access: Access): PathHop[] {
  return path.map((hop) => ({ ...hop, visible: visibleRows(hop.table, access) }));
}

function visibleSort(sort: readonly SortKey[], access: Access): SortKey[] {
  return sort.map((key) => ({ ...key, path: visiblePath(key.path, access) }));
}

function planInclude(shape: IncludeShape, access: Access): IncludePlan {
  return {
    shape,
    where: visibleRows(shape.table, access),
    sort: visibleSort(shape.sort, access),
    includes: shape.includes.map((include) => planInclude(include, access)),
  };
}

function restrict(node: FilterNode, access: Access): FilterNode {
  switch (node.is) {
    case "all":
    case "any":
      return { ...node, of: node.of.map((part) => restrict(part, access)) };
    case "not":
      return { ...node, of: restrict(node.of, access) };
    case "related":
      return { ...node, of: restrict(node.of, access), visible: visibleRows(node.table, access) };
    default:
      return node;
  }
}

/** The rows that callers of a kind may read. */
function visibleRows(table: TableModel, access: Access): FilterNode {
  return tableAccess(access, table).actions.read;
}
