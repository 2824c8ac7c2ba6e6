import type { ColumnModel, RelationModel, TableModel } from "./model.ts";

/** Operators that compare a column with one value. */
export type ComparisonOperator = "eq" | "ne" | "gt" | "gte" | "lt" | "lte";
/** Operators that look into text. Those with an i fold ASCII case. */
export type TextOperator = "like" | "ilike" | "contains" | "icontains" | "starts" | "ends";
/** Operators that take a list. */
export type ListOperator = "in" | "nin";
export type FilterOperator = ComparisonOperator | TextOperator | ListOperator;

/** A value of a filter: bound at each request from the slot of that number, or from the caller's own values. */
export type Operand = { readonly slot: number } | { readonly caller: number };

/** How many rows on the other side must match; only `some` makes sense towards one row. */
export type RelationMatch = "some" | "none" | "all";

/**
 * A condition on the rows of a table, as data. It means the same on every database: each leaf is
 * true or false, never unknown, so `not` is the exact opposite and `ne` the exact opposite of `eq`.
 */
export type FilterNode =
  | { readonly is: "constant"; readonly value: boolean }
  | { readonly is: "all"; readonly of: readonly FilterNode[] }
  | { readonly is: "any"; readonly of: readonly FilterNode[] }
  | { readonly is: "not"; readonly of: FilterNode }
  | { readonly is: "null"; readonly column: ColumnModel; readonly yes: boolean }
  | { readonly is: "compare"; readonly column: ColumnModel; readonly operator: FilterOperator; readonly value: Operand }
  | {
      readonly is: "related";
      readonly relation: RelationModel;
      readonly table: TableModel;
      readonly match: RelationMatch;
      readonly of: FilterNode;
      /** What this caller may see of the other table; the service puts it here. */
      readonly visible?: FilterNode;
    };

/** A step over a to-one relation. */
export interface PathHop {
  readonly relation: RelationModel;
  readonly table: TableModel;
  /** What this caller may see of the other table; the service puts it here. Another row is as good as none. */
  readonly visible?: FilterNode;
}

/** One key of an order; `path` leads over to-one relations to the table that has the column. */
export interface SortKey {
  readonly path: readonly PathHop[];
  readonly column: ColumnModel;
  readonly descending: boolean;
}

export const EVERYTHING: FilterNode = { is: "constant", value: true };
export const NOTHING: FilterNode = { is: "constant", value: false };

/** All of the conditions; constants that decide nothing are left out, so equal plans have equal SQL. */
export function allOf(...nodes: readonly FilterNode[]): FilterNode {
  const parts = nodes.filter((node) => node.is !== "constant" || !node.value);
  if (parts.length === 0) return EVERYTHING;
  if (parts.some((node) => node.is === "constant")) return NOTHING;
  return parts.length === 1 ? (parts[0] as FilterNode) : { is: "all", of: parts };
}

/** One of the conditions; what cannot hold is left out. */
export function anyOf(...nodes: readonly FilterNode[]): FilterNode {
  const parts = nodes.filter((node) => node.is !== "constant" || node.value);
  if (parts.some((node) => node.is === "constant")) return EVERYTHING;
  if (parts.length === 0) return NOTHING;
  return parts.length === 1 ? (parts[0] as FilterNode) : { is: "any", of: parts };
}

/** What a condition is for every row, whatever the rows are; undefined where it depends on them. */
export function certainly(node: FilterNode): boolean | undefined {
  switch (node.is) {
    case "constant":
      return node.value;
    case "all":
      return together(node.of.map(certainly), false);
    case "any":
      return together(node.of.map(certainly), true);
    case "not": {
      const inner = certainly(node.of);
      return inner === undefined ? undefined : !inner;
    }
    case "related":
      // Of rows that all match, none breaks the condition; of rows that cannot match, none does.
      if (node.match === "all" && certainly(node.of) === true) return true;
      if (node.match === "none" && certainly(node.of) === false) return true;
      return undefined;
    default:
      return undefined;
  }
}

/** `decisive` decides alone; else it is the opposite where every part is. */
function together(parts: readonly (boolean | undefined)[], decisive: boolean): boolean | undefined {
  if (parts.includes(decisive)) return decisive;
  return parts.includes(undefined) ? undefined : !decisive;
}
