import type { FilterReader } from "../auth/policy/rule-functions.ts";
import type { SchemaModel } from "../schema/model.ts";
import { FilterScope } from "./parse-filter.ts";
import { parseFilterTree, treeSignature } from "./parse-filter-tree.ts";

/** Reads the filter of a rule's function as that of a `?filter=`, over the whole declaration. */
export function ruleFilterReader(schema: SchemaModel): FilterReader {
  return {
    take(filter) {
      const values: (string | readonly string[])[] = [];
      return { signature: treeSignature(filter, values), values };
    },
    parse(table, filter) {
      const scope = new FilterScope(schema);
      return { node: parseFilterTree(scope, table, filter), slots: scope.slots };
    },
  };
}
