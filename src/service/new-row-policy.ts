import { allOf, anyOf, EVERYTHING, type FilterNode } from "../schema/filter.ts";
import type { CallerValues } from "../auth/principal.ts";
import type { Assignment } from "../schema/assignment.ts";
import type { TableModel } from "../schema/model.ts";

/**
 * What is left of a policy to ask of a row with these values: what they fulfil by themselves costs no statement. A value
 * that differs proves nothing, since databases compare more loosely than this does.
 */
export function leftToAsk(node: FilterNode, assignments: readonly Assignment[], values: CallerValues): FilterNode {
  switch (node.is) {
    case "all":
      return allOf(...node.of.map((part) => leftToAsk(part, assignments, values)));
    case "any":
      return anyOf(...node.of.map((part) => leftToAsk(part, assignments, values)));
    case "compare": {
      const assigned = assignments.find(({ column }) => column.name === node.column.name);
      // Of a document only the database knows what it has at the end of a path.
      const isKnown =
        node.column.member === undefined &&
        assigned !== undefined &&
        assigned.increment !== true &&
        assigned.value !== null;
      const holds =
        node.operator === "eq" && isKnown && "caller" in node.value && assigned.value === values[node.value.caller];
      return holds ? EVERYTHING : node;
    }
    default:
      return node;
  }
}

/** Whether a policy that held of a row may fail once these columns of it have changed. */
export function mayTurn(node: FilterNode, table: TableModel, changed: ReadonlySet<string>): boolean {
  switch (node.is) {
    case "constant":
      return false;
    case "all":
    case "any":
      return node.of.some((part) => mayTurn(part, table, changed));
    case "not":
      return mayTurn(node.of, table, changed);
    case "null":
    case "compare":
      return changed.has(node.column.member?.column ?? node.column.name);
    case "related":
      return changed.has(node.relation.local) || hasEffects(table) || reaches(node, table.name);
  }
}

/** What a write of the table changes elsewhere may be what a policy asks about. */
function hasEffects({ sums, transfers }: TableModel): boolean {
  return sums.length > 0 || transfers.length > 0;
}

function reaches(node: FilterNode, table: string): boolean {
  switch (node.is) {
    case "all":
    case "any":
      return node.of.some((part) => reaches(part, table));
    case "not":
      return reaches(node.of, table);
    case "related":
      return node.table.name === table || reaches(node.of, table);
    default:
      return false;
  }
}
