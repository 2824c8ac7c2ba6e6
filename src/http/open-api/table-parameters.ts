import { type ColumnModel, isNamed, type SchemaModel, type TableModel, tableOf } from "../../schema/model.ts";
import { INCLUDE_DEPTH, INCLUDE_MAX_LIMIT, INCLUDES, SORT_KEYS } from "../../validation/limits.ts";
import { aggregateParameter, groupParameter, searchParameter } from "./search-parameters.ts";
import { textSchema } from "./column-schema.ts";
import { operatorsOf } from "./filter-operators.ts";
import { type DocumentPart, isOpen, plainName, refTo } from "./names.ts";

/** Query words with a meaning of their own; a column of such a name is written with a bracket. */
const RESERVED: ReadonlySet<string> = new Set([
  "sort",
  "limit",
  "offset",
  "cursor",
  "count",
  "filter",
  "fields",
  "include",
  "q",
  "aggregate",
  "group_by",
  "having",
  "on_conflict",
]);

/** The parameters of a table that several routes share, by their names in `components`. */
export function tableParameters(schema: SchemaModel, table: TableModel): Record<string, DocumentPart> {
  const name = plainName(table.path);
  const filters = table.columns.flatMap((column) => {
    const parameter = filterParameter(column);
    return parameter === undefined ? [] : [[`${name}.where.${plainName(column.name)}`, parameter] as const];
  });
  const key = table.key.map((column) => column.name).join(",");
  return {
    [`${name}.key`]: keyParameter(table, key),
    ...Object.fromEntries(filters),
    [`${name}.sort`]: sortParameter(table),
    [`${name}.fields`]: listParameter(
      "fields",
      `The columns of the answer: ${table.shown.map((column) => column.name).join(", ")}${table.document === undefined ? "" : ", and paths into the document, like author.city"}. Without it all.`,
    ),
    [`${name}.include`]: includeParameter(schema, table),
    [`${name}.q`]: searchParameter(table),
    [`${name}.aggregate`]: aggregateParameter(table),
    [`${name}.group_by`]: groupParameter(table),
  };
}

/** What selects rows of the table. */
export function selectionParameters(table: TableModel): DocumentPart[] {
  const name = plainName(table.path);
  const filtered = table.columns.filter((column) => filterParameter(column) !== undefined);
  const filters = filtered.map((column) => refTo("parameters", `${name}.where.${plainName(column.name)}`));
  return [...filters, refTo("parameters", "filter")];
}

/** What a list of the table takes, in the order a reader looks for it. */
export function listParameters(schema: SchemaModel, table: TableModel): DocumentPart[] {
  const name = plainName(table.path);
  const search = table.columns.some((column) => column.search) ? [refTo("parameters", `${name}.q`)] : [];
  const groups = ["aggregate", "group_by"].map((word) => refTo("parameters", `${name}.${word}`));
  const pages = ["limit", "offset", "cursor", "count"].map((shared) => refTo("parameters", shared));
  return [
    ...selectionParameters(table),
    ...search,
    refTo("parameters", `${name}.sort`),
    ...shapeParameters(schema, table),
    ...pages,
    ...groups,
  ];
}

/** `fields`, and `include` where there is something to include. */
export function shapeParameters(schema: SchemaModel, table: TableModel): DocumentPart[] {
  const name = plainName(table.path);
  const include = includable(schema, table).length === 0 ? [] : [refTo("parameters", `${name}.include`)];
  return [refTo("parameters", `${name}.fields`), ...include];
}

/** A key of several columns is one segment, its parts divided by commas: what "simple" makes of a list. */
function keyParameter(table: TableModel, name: string): DocumentPart {
  const [first, ...others] = table.key;
  const shared = { name: name.replace(/[{}/?#]/g, "_"), in: "path", required: true };
  if (first === undefined || others.length === 0)
    return {
      ...shared,
      schema: first === undefined ? {} : textSchema(first),
      description: `The key of a row of ${table.path}.`,
    };
  const parts = {
    type: "array",
    prefixItems: table.key.map(textSchema),
    items: false,
    minItems: table.key.length,
    maxItems: table.key.length,
  };
  const described = `The key of a row of ${table.path}: ${table.key.map((column) => column.name).join(" and ")}, divided by a comma.`;
  return { ...shared, style: "simple", explode: false, schema: parts, description: described };
}

/** One parameter a column: its operators are told in words, since OpenAPI has no form for brackets beside the plain name. */
function filterParameter(column: ColumnModel): DocumentPart | undefined {
  const { name, kind } = column;
  // Such names stand in `filter` alone: in the query dots and brackets have their own meaning.
  if (/[.[\]]/.test(name) || !isNamed(column)) return undefined;
  if (!kind.ordered)
    return {
      name: `${name}[null]`,
      in: "query",
      schema: { type: "boolean" },
      description: `true: without a ${name}, false: with one.`,
    };
  const operators = operatorsOf(kind).filter((operator) => operator !== "eq");
  const plain = RESERVED.has(name) ? `${name}[eq]` : name;
  const description = `${name} equals this. Also ${name}[operator] with ${operators.join(", ")}.`;
  return { name: plain, in: "query", schema: textSchema(column), description, "x-operators": operators };
}

function sortParameter(table: TableModel): DocumentPart {
  const columns = table.columns.filter((column) => column.kind.ordered).map((column) => column.name);
  const standard = table.order.map((column) => `-${column.name}`).join(",");
  const through = [...table.relations.values()].find((relation) => !relation.many);
  const hop = through === undefined ? "" : ` Through to-one relations: ${through.name}.column.`;
  return listParameter(
    "sort",
    `At most ${SORT_KEYS} of ${columns.join(", ")}${table.document === undefined ? "" : ", and paths into the document"}; - in front sorts downwards.${hop} Without it ${standard}.`,
  );
}

function includeParameter(schema: SchemaModel, table: TableModel): DocumentPart {
  const relations = includable(schema, table);
  const many = relations.filter((relation) => relation.many).map((relation) => relation.name);
  const one = relations.filter((relation) => !relation.many).map((relation) => relation.name);
  const [first] = many;
  const parts = [
    ...(one.length === 0 ? [] : [`One row: ${one.join(", ")}.`]),
    ...(many.length === 0 ? [] : [`Lists: ${many.join(", ")}.`]),
    ...(first === undefined
      ? []
      : [
          `${first}.count answers ${first}_count. ${first}.limit (at most ${INCLUDE_MAX_LIMIT}), ${first}.sort and ${first}.fields are parameters of their own that shape it.`,
        ]),
    `Dots go deeper, at most ${INCLUDE_DEPTH} levels and ${INCLUDES} relations.`,
  ];
  return listParameter("include", parts.join(" "));
}

function includable(schema: SchemaModel, table: TableModel): { readonly name: string; readonly many: boolean }[] {
  return [...table.relations.values()].filter((relation) => isOpen(tableOf(schema, relation.table).rules.read));
}

function listParameter(name: string, description: string): DocumentPart {
  return {
    name,
    in: "query",
    style: "form",
    explode: false,
    schema: { type: "array", items: { type: "string" } },
    description,
  };
}
