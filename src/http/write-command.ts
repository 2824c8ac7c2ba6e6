import { allowEither } from "../auth/policy/decide.ts";
import { Problem } from "../errors/problem.ts";
import type { EarlierValue } from "../schema/assignment.ts";
import { certainly } from "../schema/filter.ts";
import { columnOf } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type {
  CreateCommand,
  DeleteCommand,
  ImportCommand,
  ReadCommand,
  UpdateCommand,
  UpsertCommand,
} from "../validation/command.ts";
import { parseBulkDelete, parseBulkUpdate, parseDelete, parseUpdate } from "../validation/parse-change.ts";
import { type NestedParent, parseCreate, parseUpsert } from "../validation/parse-create.ts";
import { parseImport, type RowStream } from "../validation/parse-import.ts";
import { quoted } from "../validation/quoted.ts";
import { decodeSegment } from "../validation/parse-key.ts";
import { parsePreconditions } from "../validation/preconditions.ts";
import { parseQueryString, type QueryParameter } from "../validation/query-string.ts";
import type { WriteRequest } from "../validation/write-request.ts";
import { keyOf, keyTable, parseParent, requiredTable, seenBy } from "./read-command.ts";
import type { RoutedRequest, Validation } from "./route.ts";

function writeRequest(request: RoutedRequest): WriteRequest {
  const { raw, query } = request.received;
  return {
    table: requiredTable(request.route.table),
    access: request.principal.access,
    query: parseQueryString(query),
    preconditions: parsePreconditions(raw.header("if-match"), raw.header("if-none-match")),
    earlier: request.earlier,
  };
}

/** The body of a POST; below a parent the reference comes from the path. */
export function parseCreation(request: RoutedRequest, validation: Validation): CreateCommand {
  const parent = nestedParent(request, validation);
  return parseCreate({ ...writeRequest(request), parent }, request.body, validation);
}

/** The rows of a POST that come as a stream; below a parent too. */
export function parseImportation(request: RoutedRequest, rows: RowStream, validation: Validation): ImportCommand {
  if (request.received.raw.header("idempotency-key") !== undefined)
    throw new Problem("invalid_idempotency_key", "An import is not kept, so it takes no Idempotency-Key.");
  const parent = nestedParent(request, validation);
  return parseImport({ ...writeRequest(request), parent }, rows, validation);
}

function nestedParent(request: RoutedRequest, validation: Validation): NestedParent | undefined {
  const { relation, table } = request.route;
  if (relation === undefined) return undefined;
  const column = columnOf(requiredTable(table), relation.foreign);
  const [made] = earlierKey(request) ?? [];
  if (made !== undefined) return { read: undefined, reference: { column, value: made } };
  const read = parseParent(request, validation);
  return { read, reference: { column, value: read.values[0] as Stored } };
}

/** The body of a PUT on a list. A table that is closed for both tells nothing of its columns. */
export function parseReplacements(request: RoutedRequest, validation: Validation): UpsertCommand {
  allowEither(request.principal, requiredTable(request.route.table), ["create", "update"]);
  return parseUpsert(writeRequest(request), request.body, validation);
}

/** The body of a PATCH or PUT of one row. */
export function parseChange(
  request: RoutedRequest,
  validation: Validation,
  action: "update" | "replace",
): UpdateCommand {
  return parseUpdate({ ...writeRequest(request), action, key: writtenKey(request) }, request.body, validation);
}

export function parseDeletion(request: RoutedRequest): DeleteCommand {
  return parseDelete({ ...writeRequest(request), key: writtenKey(request) });
}

/** The body of a PATCH of all rows that the query's conditions select. */
export function parseListChange(request: RoutedRequest, validation: Validation): UpdateCommand {
  const write = writeRequest(request);
  const query = write.query.filter(({ name }) => name === "fields");
  return parseBulkUpdate(
    { ...write, query, selection: selectionOf(request, write, validation) },
    request.body,
    validation,
  );
}

/** A DELETE of all rows that the query's conditions select. */
export function parseListDeletion(request: RoutedRequest, validation: Validation): DeleteCommand {
  const write = writeRequest(request);
  const fields = write.query.find(({ name }) => name === "fields");
  if (fields !== undefined) throw new Problem("unknown_parameter", "A delete answers no rows, so it takes no fields.");
  return parseBulkDelete({ ...write, selection: selectionOf(request, write, validation) });
}

/** Parameters of a list that choose how it is shown; and a search, whose words are no exact condition. */
const SHOWING = /^(?:sort|limit|offset|cursor|count|include|q|aggregate|group_by|having\..*)$/;

/** The rows that the conditions of a query select. Without a condition it is refused: nobody means every row. */
function selectionOf(request: RoutedRequest, { table, query }: WriteRequest, validation: Validation): ReadCommand {
  const showing = query.find(({ name }) => SHOWING.test(name));
  if (showing !== undefined)
    throw new Problem("unknown_parameter", `A write of a list takes conditions and no ${quoted(showing.name)}.`);
  const conditions: QueryParameter[] = query.filter(({ name }) => name !== "fields");
  const { schema, seen } = seenBy(request, table);
  const target = { schema, table: seen, one: false, fixed: undefined, parent: undefined };
  const selection = validation.reads.parse(target, conditions, validation.cursors);
  // A tree like {"and": []} is a condition by its form alone.
  if (certainly(selection.shape.where) !== true) return selection;
  const example = `/api/${table.path}?id[in]=1&id[in]=2`;
  throw new Problem("filter_required", `Say which rows of ${table.path} are meant, for example ${example}.`);
}

function writtenKey(request: RoutedRequest): readonly (Stored | EarlierValue)[] {
  return earlierKey(request) ?? keyOf(request);
}

const REFERENCE = /^\{([^{}]+)\}$/;

/** The key of a path in a batch where it names columns of earlier operations: `/api/posts/{0.id}`, `/api/ratings/{0.id},3`. */
function earlierKey(request: RoutedRequest): (Stored | EarlierValue)[] | undefined {
  const { earlier, key = "" } = request;
  if (earlier === undefined || !key.includes("{")) return undefined;
  const table = keyTable(request);
  const parts = key.split(",");
  if (parts.length !== table.key.length) throw malformedKey(key);
  return table.key.map((column, at) => {
    const text = decodeSegment(parts[at] ?? "");
    const reference = REFERENCE.exec(text ?? "")?.[1];
    if (reference !== undefined) return earlier.value(reference, column);
    const value = text === undefined || text.includes("{") ? undefined : column.kind.parse(text);
    if (value === undefined) throw malformedKey(key);
    return value;
  });
}

function malformedKey(key: string): Problem {
  return new Problem("invalid_reference", `The path's key ${quoted(key)} is not of the form {operation.column}.`);
}
