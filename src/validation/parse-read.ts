import { LRUCache } from "lru-cache";
import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { allOf, type FilterNode, type SortKey } from "../schema/filter.ts";
import type { ColumnModel, SchemaModel, TableModel } from "../schema/model.ts";
import { memberNumbers } from "../schema/member-value.ts";
import type { Stored } from "../schema/stored.ts";
import type { ReadCommand } from "./command.ts";
import type { CursorSigner } from "./cursor.ts";
import { type ExportFormat, exportLimit, refuseInExport } from "./export-request.ts";
import { DEFAULT_LIMIT, IN_VALUES, KEPT_SHAPES, MAX_LIMIT, MAX_OFFSET, SHAPE_KEY_LENGTH } from "./limits.ts";
import { aggregateSort, isHaving, parseAggregate, parseHaving } from "./parse-aggregate.ts";
import { FilterScope, parseFilterParameter } from "./parse-filter.ts";
import { parseFilterTree, readFilterTree } from "./parse-filter-tree.ts";
import { parseFields, wholeRow } from "./parse-fields.ts";
import { quoted } from "./quoted.ts";
import { type IncludeOption, parseIncludes } from "./parse-include.ts";
import { withoutNumbers } from "./parse-member.ts";
import { parseSearch } from "./parse-search.ts";
import { defaultSort, keySort, parseSort } from "./parse-sort.ts";
import type { QueryParameter } from "./query-string.ts";
import type { ReadShape, SearchShape, Slot } from "./read-shape.ts";
import { type ReadRequest, readRequest } from "./read-request.ts";
import { parseWholeNumber } from "./whole-number.ts";

/** What a route fixes before the query is read: the row of a path, or the parent of a nested list. */
export interface FixedFilter {
  readonly columns: readonly ColumnModel[];
  readonly values: readonly Stored[];
}

export interface ReadTarget {
  /** The declaration as the caller sees it. */
  readonly schema: SchemaModel;
  /** Its table. */
  readonly table: TableModel;
  readonly one: boolean;
  readonly fixed: FixedFilter | undefined;
  readonly parent: ReadCommand | undefined;
  /** The list is wanted whole, in this form. */
  readonly export?: ExportFormat | undefined;
}

/** Parameters that only a list takes. */
const LIST_PARAMETERS: readonly string[] = [
  "sort",
  "limit",
  "offset",
  "cursor",
  "count",
  "filter",
  "q",
  "aggregate",
  "group_by",
];
/** What only writes take; a column of this name is written with a bracket. */
const FOR_WRITES: readonly string[] = ["on_conflict"];
const RESERVED: readonly string[] = [...LIST_PARAMETERS, "fields", "include"];

/** The shapes of those who see the declaration alike. */
class KeptShapes {
  /** Of a row by its key and nothing else. */
  readonly rows = new Map<TableModel, ReadShape>();
  readonly shapes = new LRUCache<string, ReadShape>({ max: KEPT_SHAPES });
}

/** Turns query strings into read commands; keeps the shapes it has made, for each kind of caller its own. */
export class ReadParser {
  readonly #kept = new WeakMap<SchemaModel, KeptShapes>();

  /** Checks a query and answers the command, or throws the 400 that names what is wrong. */
  parse(target: ReadTarget, parameters: readonly QueryParameter[], cursors: CursorSigner): ReadCommand {
    if (parameters.length === 0 && target.one && target.fixed !== undefined)
      return this.#wholeRow(target, target.fixed);
    const request = readRequest(parameters);
    const fixed = target.fixed?.columns.map((column) => column.name).join("\0") ?? "";
    let key = `${target.table.name}\0${target.one ? "one" : (target.export ?? "list")}\0${fixed}\0\0${request.key}`;
    const kept = this.#of(target.schema);
    let shape = kept.shapes.get(key);
    if (shape === undefined) {
      shape = makeShape(target, request);
      if (key.length <= SHAPE_KEY_LENGTH) kept.shapes.set(key, shape);
    }
    const values = slotValues(shape, target, request);
    const texts = textSlots(shape, values, target.fixed?.columns.length ?? 0);
    if (texts.size > 0) {
      key += `\0texts\0${[...texts].join(" ")}`;
      shape = withoutNumberTests(shape, { kept, key, texts });
    }
    const identity = `${target.table.name}\n${target.fixed?.values.join("\n") ?? ""}\n${request.identity}`;
    const after = request.cursor ? cursors.read(request.cursor, { identity, sort: shape.sort }) : [];
    if (after.length > 0) shape = paged(shape, { kept, key, nulls: after.map((value) => value === null) });
    return {
      shape,
      values: [...(target.fixed?.values ?? []), ...values],
      offset: request.offset === undefined ? 0 : parseWholeNumber("offset", request.offset, MAX_OFFSET),
      after,
      identity,
      parent: target.parent,
    } as unknown as ReadCommand;
  }

  /** A row by its key and nothing else, the commonest request: no query to read, one shape a table. */
  #wholeRow(target: ReadTarget, fixed: FixedFilter): ReadCommand {
    const { rows } = this.#of(target.schema);
    let shape = rows.get(target.table);
    if (shape === undefined) {
      shape = makeShape(target, readRequest([]));
      rows.set(target.table, shape);
    }
    const { parent } = target;
    return { shape, values: fixed.values, offset: 0, after: [], identity: "", parent } as unknown as ReadCommand;
  }

  #of(schema: SchemaModel): KeptShapes {
    let kept = this.#kept.get(schema);
    if (kept === undefined) {
      kept = new KeptShapes();
      this.#kept.set(schema, kept);
    }
    return kept;
  }
}

/** The same list from a cursor on: another SQL text, so another shape. */
function paged(
  shape: ReadShape,
  at: { readonly kept: KeptShapes; readonly key: string; readonly nulls: readonly boolean[] },
): ReadShape {
  const key = `${at.key}\0after\0${at.nulls.map(Number).join("")}`;
  const kept = at.kept.shapes.get(key);
  if (kept !== undefined) return kept;
  const made = { ...shape, after: at.nulls };
  if (key.length <= SHAPE_KEY_LENGTH) at.kept.shapes.set(key, made);
  return made;
}

/** The slots that are compared with members of documents, and whose texts read as no number. */
function textSlots(shape: ReadShape, values: readonly (Stored | Stored[])[], first: number): Set<number> {
  const isText = (value: Stored | readonly Stored[] | undefined): boolean => {
    const numbers = memberNumbers(value ?? null);
    return Array.isArray(numbers) ? numbers.length === 0 : numbers === null;
  };
  const slots = shape.slots.flatMap(({ reads }, at) => (reads === "member" && isText(values[at - first]) ? [at] : []));
  return new Set(slots);
}

/** The same read without comparing those with numbers: another SQL text, which an index of the texts serves alone. */
function withoutNumberTests(
  shape: ReadShape,
  at: { readonly kept: KeptShapes; readonly key: string; readonly texts: ReadonlySet<number> },
): ReadShape {
  const known = at.kept.shapes.get(at.key);
  if (known !== undefined) return known;
  const made = { ...shape, where: withoutNumbers(shape.where, at.texts) };
  if (at.key.length <= SHAPE_KEY_LENGTH) at.kept.shapes.set(at.key, made);
  return made;
}

function limitOf(target: ReadTarget, request: ReadRequest): number {
  if (target.one) return 1;
  if (target.export !== undefined) return exportLimit(request.limit);
  if (request.limit === undefined) return DEFAULT_LIMIT;
  const limit = parseWholeNumber("limit", request.limit, MAX_LIMIT);
  if (limit === 0) throw new Problem("invalid_parameter", `limit takes a whole number from 1 to ${MAX_LIMIT}.`);
  return limit;
}

function slotValues(shape: ReadShape, target: ReadTarget, request: ReadRequest): (Stored | Stored[])[] {
  const first = target.fixed?.columns.length ?? 0;
  const slots = shape.slots.slice(first);
  if (slots.length !== request.values.length)
    throw new Problem("invalid_parameter", "filter has a value where none belongs.");
  return slots.map((slot, at) => {
    const raw = request.values[at] as string | readonly string[];
    if (!slot.list) {
      if (typeof raw !== "string") throw new Problem("invalid_parameter", `${slot.parameter} takes one value.`);
      return slotValue(slot, raw);
    }
    const list = typeof raw === "string" ? [raw] : raw;
    if (list.length > IN_VALUES)
      throw new Problem("limit_exceeded", `${slot.parameter} takes at most ${IN_VALUES} values.`);
    return list.map((text) => slotValue(slot, text));
  });
}

function slotValue(slot: Slot, text: string): Stored {
  const value = slot.parse(text);
  if (value === undefined) throw new Problem("invalid_parameter", `${slot.parameter} takes ${slot.expects}.`);
  return value;
}

function makeShape(target: ReadTarget, request: ReadRequest): ReadShape {
  const { schema, table } = target;
  if (target.export !== undefined) refuseInExport(target.export, table, request);
  const scope = new FilterScope(schema);
  const fixed = (target.fixed?.columns ?? []).map((column): FilterNode => {
    const slot = scope.slot({
      parameter: column.name,
      list: false,
      parse: column.kind.parse,
      expects: column.kind.expects,
    });
    return { is: "compare", column, operator: "eq", value: { slot } };
  });
  const options: IncludeOption[] = [];
  const filters: FilterNode[] = [];
  const grouped = target.one ? undefined : parseAggregate(schema, table, request);
  const named = (name: string): string | undefined =>
    request.structural.find((parameter) => parameter.name === name)?.value;
  const [fields, include, sort] = [named("fields"), named("include"), named("sort")];
  let search: SearchShape | undefined;
  for (const parameter of request.structural) {
    const option = includeOption(parameter);
    if (option !== undefined) options.push(option);
    else if (parameter.name === "filter" && !target.one)
      filters.push(parseFilterTree(scope, table, readFilterTree(parameter.value)));
    else if (parameter.name === "q" && !target.one) search = parseSearch(scope, table, sort === undefined);
    else if (grouped !== undefined && isHaving(parameter.name)) parseHaving(scope, grouped, parameter);
    else if (RESERVED.includes(parameter.name)) refuseOnOne(target, parameter.name);
    else if (target.one || FOR_WRITES.includes(parameter.name)) throw unknownParameter(target, parameter.name);
    else filters.push(filterOf(scope, table, parameter));
  }
  const paging = (["limit", "offset", "cursor"] as const).find((name) => request[name] !== undefined);
  if (paging !== undefined) refuseOnOne(target, paging);
  if (request.cursor !== undefined && request.offset !== undefined)
    throw new Problem("invalid_parameter", "A list takes cursor or offset, not both.");
  if (request.cursor !== undefined && search?.ranked === true)
    throw new Problem(
      "invalid_parameter",
      "The best match comes first, and such a list has no cursor. Page with offset, or add a sort.",
    );
  return {
    table,
    where: allOf(...fixed, ...filters),
    sort: grouped === undefined ? sortOf(schema, table, { sort, ranked: search?.ranked === true }) : [],
    ...(fields === undefined ? wholeRow(table) : parseFields(table, fields)),
    plain: fields === undefined && include === undefined,
    includes: parseIncludes(schema, table, { include, options }),
    slots: scope.slots,
    limit: limitOf(target, request),
    offset: request.offset !== undefined,
    after: undefined,
    count: countMode(named("count")),
    search,
    aggregate: grouped === undefined ? undefined : { ...grouped, sort: aggregateSort(grouped, sort) },
  };
}

function sortOf(
  schema: SchemaModel,
  table: TableModel,
  asked: { sort: string | undefined; ranked: boolean },
): SortKey[] {
  if (asked.sort !== undefined) return parseSort(schema, table, asked.sort);
  return asked.ranked ? keySort(table) : defaultSort(table);
}

function filterOf(scope: FilterScope, table: TableModel, parameter: QueryParameter): FilterNode {
  const first = /^[^.[]+/.exec(parameter.name)?.[0] ?? parameter.name;
  const related = table.relations.get(first) !== undefined;
  if (isHaving(parameter.name) && !related)
    throw new Problem("invalid_parameter", "having needs aggregate, for example aggregate=count&having.count[gte]=10.");
  // Neither a column, nor a relation's path, nor an operator: most likely a misspelt reserved word.
  if (table.document === undefined && !table.column.has(first) && !table.computed.has(first) && !related) {
    const known = [...table.column.keys(), ...table.relations.keys(), ...RESERVED];
    throw new Problem(
      "unknown_parameter",
      `${table.path} has no column and no parameter ${quoted(first)}.${didYouMean(first, known)}`,
    );
  }
  return parseFilterParameter(scope, table, parameter);
}

const INCLUDE_OPTION = /^(.+)\.(limit|sort|fields)$/;

function includeOption(parameter: QueryParameter): IncludeOption | undefined {
  const match = INCLUDE_OPTION.exec(parameter.name);
  return match === null
    ? undefined
    : { path: match[1] as string, option: match[2] as IncludeOption["option"], value: parameter.value };
}

function countMode(value: string | undefined): ReadShape["count"] {
  if (value === undefined || value === "exact" || value === "estimated") return value;
  throw new Problem("invalid_parameter", "count takes exact or estimated.");
}

function refuseOnOne(target: ReadTarget, name: string): void {
  if (target.one && LIST_PARAMETERS.includes(name)) throw unknownParameter(target, name);
}

function unknownParameter(target: ReadTarget, name: string): Problem {
  if (FOR_WRITES.includes(name))
    return new Problem("unknown_parameter", `${name} belongs to PUT; a column of this name is written ${name}[eq].`);
  const known = target.one ? ["fields", "include"] : RESERVED;
  return new Problem("unknown_parameter", `This route takes no parameter ${quoted(name)}.${didYouMean(name, known)}`);
}
