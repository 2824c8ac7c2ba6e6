import { columnOf } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { CreateCommand, DeleteCommand, UpdateCommand } from "../validation/command.ts";
import { parseCreate, parseDelete, parseUpdate, type WriteRequest } from "../validation/parse-write.ts";
import { parsePreconditions } from "../validation/preconditions.ts";
import { parseQueryString } from "../validation/query-string.ts";
import { keyOf, parseParent, requiredTable } from "./read-command.ts";
import type { RoutedRequest, Validation } from "./route.ts";

function writeRequest(request: RoutedRequest): WriteRequest {
  const { raw, query } = request.received;
  return {
    table: requiredTable(request.route.table),
    query: parseQueryString(query),
    preconditions: parsePreconditions(raw.header("if-match"), raw.header("if-none-match")),
  };
}

/** The body of a POST; below a parent the reference comes from the path. */
export function parseCreation(request: RoutedRequest, validation: Validation): CreateCommand {
  const write = writeRequest(request);
  const { relation } = request.route;
  if (relation === undefined) return parseCreate({ ...write, parent: undefined }, request.body, validation.bodies);
  const read = parseParent(request, validation);
  const reference = { column: columnOf(write.table, relation.foreign), value: read.values[0] as Stored };
  return parseCreate({ ...write, parent: { read, reference } }, request.body, validation.bodies);
}

/** The body of a PATCH or PUT. */
export function parseChange(
  request: RoutedRequest,
  validation: Validation,
  action: "update" | "replace",
): UpdateCommand {
  return parseUpdate(
    { ...writeRequest(request), action, key: keyOf(request, validation) },
    request.body,
    validation.bodies,
  );
}

export function parseDeletion(request: RoutedRequest, validation: Validation): DeleteCommand {
  return parseDelete({ ...writeRequest(request), key: keyOf(request, validation) });
}
