import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { PATH_FORM, readPath } from "../schema/document-path.ts";
import { anyOf, type FilterNode, type FilterOperator } from "../schema/filter.ts";
import type { ColumnModel, MemberModel, TableModel } from "../schema/model.ts";
import { memberColumn } from "../schema/resolve-documents.ts";
import { PATH_CHARACTERS, PATH_MEMBERS } from "./limits.ts";
import { COMPARISONS, LISTS, TEXT_OPERATORS } from "./filter-operators.ts";
import type { FilterScope } from "./parse-filter.ts";
import { quoted } from "./quoted.ts";

/** Whether the name is a column that callers know: the one that holds the document is none. */
export function isColumn(table: TableModel, name: string): boolean {
  const column = table.column.get(name);
  return column !== undefined && column.role !== "document";
}

/** Whether a name of a filter, a sort or a field is a path into a document: it begins with nothing else of the collection. */
export function isPath(table: TableModel, name: string): boolean {
  if (table.document === undefined) return false;
  const [first = "", ...more] = name.split(".");
  if (table.relations.has(first)) return false;
  return more.length > 0 || !isColumn(table, first);
}

/** The members that a path leads through, or the 400 that says what a path is. */
export function pathOf(text: string): readonly string[] {
  const read = readPath(text);
  if (read.is === "path") return read.names;
  if (read.is === "malformed") throw notAPath(text);
  throw new Problem("limit_exceeded", `A path has at most ${PATH_MEMBERS} names and ${PATH_CHARACTERS} characters.`);
}

export function notAPath(text: string): Problem {
  return new Problem("invalid_parameter", `${quoted(text)} is no path into a document: write ${PATH_FORM}.`);
}

/** Whether a document has a value there that is not null. */
export function memberIsNull(table: TableModel, path: readonly string[], yes: boolean): FilterNode {
  return { is: "null", column: memberColumn(table, path, { as: "json" }), yes };
}

/** Operators that are the opposites of others. */
const OPPOSITES: Readonly<Record<string, FilterOperator>> = { ne: "eq", nin: "in" };

/**
 * Compares what a document has at the end of a path: a string, and the words true and false, with the text; a number with
 * the number that the text reads as, where it reads as one.
 */
export function memberTest(
  scope: FilterScope,
  table: TableModel,
  asked: { readonly path: readonly string[]; readonly operator: string; readonly parameter: string },
): FilterNode {
  const { path, operator: written, parameter } = asked;
  const allowed = [...COMPARISONS, ...LISTS, ...TEXT_OPERATORS, "null"];
  if (!allowed.includes(written))
    throw new Problem(
      "unknown_operator",
      `${quoted(path.join("."))} is a member of a document and takes ${allowed.join(", ")}; ${quoted(written)} is none of them.${didYouMean(written, allowed)} A member inside of it is written with a dot.`,
    );
  const operator = OPPOSITES[written] ?? (written as FilterOperator);
  const slot = scope.slot({
    parameter,
    list: LISTS.includes(written),
    parse: (text) => text,
    expects: "a text",
    reads: "member",
  });
  const test = (form: Pick<MemberModel, "as" | "each">, by: FilterOperator): FilterNode => ({
    is: "compare",
    column: memberColumn(table, path, form),
    operator: by,
    value: { slot },
  });
  const holds = anyOf(...testsOf(operator, test));
  return operator === written ? holds : { is: "not", of: holds };
}

function testsOf(
  operator: FilterOperator,
  test: (form: Pick<MemberModel, "as" | "each">, by: FilterOperator) => FilterNode,
): FilterNode[] {
  const asText = test({ as: "text" }, operator);
  if (operator === "contains")
    return [asText, test({ as: "text", each: true }, "eq"), test({ as: "number", each: true }, "eq")];
  return TEXT_OPERATORS.includes(operator) ? [asText] : [asText, test({ as: "number" }, operator)];
}

/** The conditions without those on numbers whose text reads as none: an index then leads to the texts alone. */
export function withoutNumbers(node: FilterNode, slots: ReadonlySet<number>): FilterNode {
  switch (node.is) {
    case "all":
    case "not":
    case "related":
      return node.is === "all"
        ? { ...node, of: node.of.map((part) => withoutNumbers(part, slots)) }
        : { ...node, of: withoutNumbers(node.of, slots) };
    case "any": {
      const left = node.of.filter((part) => !isNumberTest(part, slots)).map((part) => withoutNumbers(part, slots));
      return anyOf(...left);
    }
    default:
      return node;
  }
}

function isNumberTest(node: FilterNode, slots: ReadonlySet<number>): boolean {
  if (node.is !== "compare" || node.column.member?.as !== "number") return false;
  return "slot" in node.value && slots.has(node.value.slot);
}

/** What `fields`, `sort` and the like name by a path, in the form that they need; undefined where the name is no path. */
export function memberIn(table: TableModel, name: string, as: MemberModel["as"]): ColumnModel | undefined {
  return isPath(table, name) ? memberColumn(table, pathOf(name), { as }) : undefined;
}
