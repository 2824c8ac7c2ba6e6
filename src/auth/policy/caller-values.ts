import type { FilterNode } from "../../schema/filter.ts";

/** The filter with the caller's own values in the place of slots, counted from `first`. */
export function withCallerValues(node: FilterNode, first: number): FilterNode {
  switch (node.is) {
    case "all":
    case "any":
      return { ...node, of: node.of.map((part) => withCallerValues(part, first)) };
    case "not":
      return { ...node, of: withCallerValues(node.of, first) };
    case "related":
      return { ...node, of: withCallerValues(node.of, first) };
    default:
      return node.is === "compare" && "slot" in node.value
        ? { ...node, value: { caller: first + node.value.slot } }
        : node;
  }
}
