import type { AnyDeclaration } from "../schema/application.ts";
import { batch } from "./batch.ts";
import type { Client } from "./client-types.ts";
import { KnownRows } from "./known-rows.ts";
import { everyName } from "./named.ts";
import { filledPath } from "./path.ts";
import { queryString } from "./query.ts";
import { type Connection, Resource } from "./resource.ts";
import { type CallOptions, type ClientOptions, sender } from "./send.ts";

export type { Client } from "./client-types.ts";
export type { CallOptions, ClientOptions } from "./send.ts";
export { isServeryError, ServeryError, type ServeryErrorCode } from "./servery-error.ts";
export type { ListQuery, Page, PageQuery, RowsClient, RowsReader, TableClient, ViewClient } from "./table-client.ts";

/**
 * A client of the application at `url`: `createClient<typeof app>("http://localhost:5000")`. It knows the
 * tables, columns and routes by the type alone, so nothing of the declaration reaches a browser.
 */
export function createClient<App extends AnyDeclaration>(url: string, options: ClientOptions = {}): Client<App> {
  const connection: Connection = { send: sender(url, options), known: new KnownRows() };
  const table = (path: string): Resource => new Resource(connection, `/api/${encodeURIComponent(path)}`);
  const own = {
    get: route(connection, "GET"),
    post: route(connection, "POST"),
    put: route(connection, "PUT"),
    patch: route(connection, "PATCH"),
    delete: route(connection, "DELETE"),
    batch: batch(connection),
    table,
  };
  return everyName(own, table) as unknown as Client<App>;
}

interface RouteCall extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: true | string;
}

/** Calls the application's own routes. */
function route({ send }: Connection, method: string) {
  return async (pattern: string, call: RouteCall = {}): Promise<unknown> => {
    const { params, query = {}, body, signal, idempotencyKey } = call;
    const path = filledPath(pattern, params) + queryString(query);
    return (await send({ method, path, body, signal, idempotencyKey })).body;
  };
}
