import { tableAccess } from "../auth/policy/access.ts";
import { allow } from "../auth/policy/decide.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { inOperation } from "../errors/in-operation.ts";
import { Problem } from "../errors/problem.ts";
import { certainly } from "../schema/filter.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { Json } from "../schema/stored.ts";
import type { BatchCommand, NewRow, WriteCommand } from "../validation/command.ts";
import { EarlierOperations } from "../validation/earlier-operations.ts";
import { BATCH_FILTERS, BATCH_OPERATIONS, BULK_ROWS } from "../validation/limits.ts";
import { quoted } from "../validation/quoted.ts";
import { checked } from "../validation/write-request.ts";
import { openEnvelope } from "./envelope.ts";
import type { RoutedRequest, Validation } from "./route.ts";

/** What an operation of a batch may say. */
const MEMBERS: readonly string[] = ["method", "path", "body", "headers", "name"];
/** Headers that mean something to one operation. */
const HEADERS: readonly string[] = ["if-match", "if-none-match"];

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body: Json | undefined;
  readonly headers: ReadonlyMap<string, string>;
  readonly name: string | undefined;
}

/** The operations of a batch: each passes the same route, rule and validation as if it were sent alone. */
export function parseBatch(request: RoutedRequest, validation: Validation): BatchCommand {
  const { body } = request;
  if (request.received.query !== "") throw new Problem("unknown_parameter", "A batch takes no parameters.");
  if (body === undefined) throw new Problem("body_required", "Send a list of operations.");
  if (!Array.isArray(body)) throw invalid("", "A batch is a list of operations.");
  if (body.length === 0) throw invalid("", "A batch has at least one operation.");
  if (body.length > BATCH_OPERATIONS)
    throw new Problem("limit_exceeded", `A batch has at most ${BATCH_OPERATIONS} operations.`);
  const earlier = new EarlierOperations();
  const size = new BatchSize();
  const operations = (body as readonly Json[]).map((item, at) => {
    const operation = operationOf(item, pointerTo(String(at)));
    if (operation.name !== undefined && earlier.has(operation.name))
      throw invalid(`/${at}/name`, `Two operations are called ${quoted(operation.name)}.`);
    const found = findRoute(operation, { at, request, validation });
    const command = placed(at, operation, () => commandOf(found, { operation, earlier }, validation));
    size.add(command);
    const readable = certainly(tableAccess(request.principal.access, command.table).actions.read) === true;
    earlier.add({ name: operation.name, table: writesOneRow(command) ? command.seen : undefined, readable });
    return command;
  });
  return checked<BatchCommand>({ action: "batch", operations });
}

/** Counts what a batch would write, as far as it says so itself. */
class BatchSize {
  #rows = 0;
  #filters = 0;

  add(command: WriteCommand): void {
    if (command.action === "create" || command.action === "upsert") this.#rows += rowsIn(command.rows);
    else if (!("key" in command.target)) this.#filters++;
    if (this.#rows > BULK_ROWS) throw new Problem("limit_exceeded", `A request writes at most ${BULK_ROWS} rows.`);
    if (this.#filters > BATCH_FILTERS)
      throw new Problem("limit_exceeded", `A batch has at most ${BATCH_FILTERS} operations with a filter.`);
  }
}

function rowsIn(rows: readonly NewRow[]): number {
  return rows.reduce((count, { children }) => children.reduce((sum, group) => sum + rowsIn(group.rows), count + 1), 0);
}

/** Where an operation leads. What would be no route alone is no operation here. */
function findRoute(
  { method, path, headers }: Operation,
  { at, request, validation }: { at: number; request: RoutedRequest; validation: Validation },
): RoutedRequest {
  const raw = { method, url: path, header: (name: string) => headers.get(name), body: undefined };
  const offered = "A batch writes rows: POST, PUT, PATCH and DELETE on tables.";
  try {
    const received = openEnvelope(raw);
    const match = validation.routes.match(received);
    if ("route" in match && match.route.action.batched === true)
      return { ...request, route: match.route, received, key: match.key };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const member = error.code === "method_not_allowed" || error.code === "malformed_request" ? "method" : "path";
    throw invalid(`/${at}/${member}`, error.detail);
  }
  throw invalid(`/${at}/${method === "GET" || method === "HEAD" || method === "OPTIONS" ? "method" : "path"}`, offered);
}

function commandOf(
  found: RoutedRequest,
  { operation, earlier }: { readonly operation: Operation; readonly earlier: EarlierOperations },
  validation: Validation,
): WriteCommand {
  const { method, body } = operation;
  const { action, table } = found.route;
  if (table !== undefined && action.access !== undefined) allow(found.principal, table, action.access);
  if (action.reads.length === 0 && body !== undefined) throw invalid("", `${method} takes no body.`);
  return action.validate({ ...found, body, earlier }, validation) as WriteCommand;
}

function operationOf(item: Json, at: string): Operation {
  if (typeof item !== "object" || item === null || Array.isArray(item))
    throw invalid(at, 'An operation is an object like {"method": "POST", "path": "/api/posts", "body": {…}}.');
  const members = new Map(Object.entries(item as { readonly [name: string]: Json }));
  for (const name of members.keys()) {
    if (!MEMBERS.includes(name))
      throw invalid(
        `${at}${pointerTo(name.slice(0, 100))}`,
        `An operation has no member ${quoted(name)}.${didYouMean(name, MEMBERS)}`,
      );
  }
  const text = (name: string): string | undefined => {
    const value = members.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw invalid(`${at}/${name}`, `${name} is a text.`);
  };
  const [method, path, name] = [text("method"), text("path"), text("name")];
  if (method === undefined || path === undefined) throw invalid(at, "An operation has a method and a path.");
  if (name !== undefined && !/^[a-z_]\w{0,63}$/i.test(name))
    throw invalid(`${at}/name`, "A name begins with a letter and has letters, digits and underscores.");
  return { method, path, body: members.get("body"), headers: headersOf(members.get("headers"), at), name };
}

function headersOf(value: Json | undefined, at: string): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`${at}/headers`, "headers is an object.");
  const headers = new Map<string, string>();
  for (const [written, text] of Object.entries(value as { readonly [name: string]: Json })) {
    const name = written.toLowerCase();
    if (!HEADERS.includes(name) || typeof text !== "string" || headers.has(name))
      throw invalid(`${at}/headers`, `An operation takes the headers ${HEADERS.join(" and ")}, each once, as texts.`);
    headers.set(name, text);
  }
  return headers;
}

/** Later operations may refer to a row only where there is exactly one. */
function writesOneRow(command: WriteCommand): boolean {
  if (command.action === "create" || command.action === "upsert") return !command.list;
  return command.action !== "delete" && "key" in command.target;
}

/** What is wrong with one operation, told with its place. */
function placed<Result>(at: number, { method, path }: Operation, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw inOperation(error, { at, name: `${method} ${path.slice(0, 100)}` });
  }
}

function invalid(pointer: string, message: string): Problem {
  return new Problem("invalid_data", message, { errors: [{ pointer, code: "type", message }] });
}
