import { Problem } from "../errors/problem.ts";
import type { SortKey } from "../schema/filter.ts";
import { type RelationModel, type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import { INCLUDE_DEFAULT_LIMIT, INCLUDE_DEPTH, INCLUDE_MAX_LIMIT, INCLUDES } from "./limits.ts";
import { type AnswerColumns, parseFields, wholeRow } from "./parse-fields.ts";
import { relationOf } from "./parse-filter.ts";
import { defaultSort, parseSort } from "./parse-sort.ts";
import { parseWholeNumber } from "./whole-number.ts";
import type { IncludeShape } from "./read-shape.ts";

/** `comments.limit=5`: an option of the include at that path. */
export interface IncludeOption {
  readonly path: string;
  readonly option: "limit" | "sort" | "fields";
  readonly value: string;
}

/** An include while it is being read; its children are found one path at a time. */
interface Draft {
  readonly key: string;
  readonly relation: RelationModel;
  readonly table: TableModel;
  readonly count: boolean;
  readonly path: string;
  readonly children: Map<string, Draft>;
}

/** `user,comments.user,comments.count` → the tree of included relations. A parent is included with its child. */
export function parseIncludes(
  schema: SchemaModel,
  table: TableModel,
  text: { include: string | undefined; options: readonly IncludeOption[] },
): IncludeShape[] {
  const roots = new Map<string, Draft>();
  let nodes = 0;
  for (const path of text.include === undefined ? [] : text.include.split(",")) {
    let current = table;
    let level = roots;
    const names = path.split(".");
    const count =
      names.length > 1 && names.at(-1) === "count" && !lastTable(schema, table, names).relations.has("count");
    if (count) names.pop();
    if (names.length > INCLUDE_DEPTH)
      throw new Problem("limit_exceeded", `include goes at most ${INCLUDE_DEPTH} levels deep.`);
    for (const [at, name] of names.entries()) {
      const relation = relationOf(current, name);
      const counted = count && at === names.length - 1;
      if (counted && !relation.many)
        throw new Problem("invalid_parameter", `include: ${name} is one row, so it has no count.`);
      const key = counted ? `${name}_count` : name;
      let draft = level.get(key);
      if (draft === undefined) {
        if (++nodes > INCLUDES)
          throw new Problem("limit_exceeded", `A request includes at most ${INCLUDES} relations.`);
        if (current.column.has(key) || current.computed.has(key))
          throw new Problem(
            "invalid_parameter",
            `include: ${current.path} has a column ${key}, so ${path} has no place in the answer.`,
          );
        draft = {
          key,
          relation,
          table: tableOf(schema, relation.table),
          count: counted,
          path: names.slice(0, at + 1).join("."),
          children: new Map(),
        };
        level.set(key, draft);
      }
      current = draft.table;
      level = draft.children;
    }
  }
  const used = new Set<IncludeOption>();
  const shapes = finish(schema, roots, { options: text.options, used });
  const unused = text.options.find((option) => !used.has(option));
  if (unused !== undefined)
    throw new Problem("unknown_parameter", `${unused.path}.${unused.option} needs ${unused.path} in include.`);
  return shapes;
}

/** The table that the path before a last `count` leads to. */
function lastTable(schema: SchemaModel, table: TableModel, names: readonly string[]): TableModel {
  return names.slice(0, -1).reduce((current, name) => tableOf(schema, relationOf(current, name).table), table);
}

function finish(
  schema: SchemaModel,
  drafts: ReadonlyMap<string, Draft>,
  given: { options: readonly IncludeOption[]; used: Set<IncludeOption> },
): IncludeShape[] {
  return [...drafts.values()].map((draft) => {
    const option = (name: IncludeOption["option"]): string | undefined => {
      const found = draft.count
        ? undefined
        : given.options.find((candidate) => candidate.path === draft.path && candidate.option === name);
      if (found !== undefined) given.used.add(found);
      return found?.value;
    };
    const [limit, sort, fields] = [option("limit"), option("sort"), option("fields")];
    if (!draft.relation.many && (limit !== undefined || sort !== undefined)) {
      throw new Problem("invalid_parameter", `${draft.path} is one row, so it takes no limit and no sort.`);
    }
    return {
      key: draft.key,
      relation: draft.relation,
      table: draft.table,
      count: draft.count,
      ...answerOf(draft, fields),
      sort: includeSort(schema, draft, sort),
      limit:
        limit === undefined ? INCLUDE_DEFAULT_LIMIT : parseWholeNumber(`${draft.path}.limit`, limit, INCLUDE_MAX_LIMIT),
      includes: finish(schema, draft.children, given),
    };
  });
}

/** A number has no columns, so nothing of it is computed. */
function answerOf(draft: Draft, fields: string | undefined): AnswerColumns {
  if (draft.count) return { columns: draft.table.columns, shown: undefined };
  return fields === undefined ? wholeRow(draft.table) : parseFields(draft.table, fields);
}

function includeSort(schema: SchemaModel, draft: Draft, sort: string | undefined): SortKey[] {
  return sort === undefined ? defaultSort(draft.table) : parseSort(schema, draft.table, sort);
}
