import type { AnyDeclaration } from "../schema/application.ts";
import { Auth, watchOthers } from "./auth.ts";
import { batch } from "./batch.ts";
import { cookieCarrier, tokenCarrier } from "./carriers.ts";
import type { Client } from "./client-types.ts";
import { KnownRows } from "./known-rows.ts";
import { everyName } from "./named.ts";
import { filledPath } from "./path.ts";
import { queryString } from "./query.ts";
import { type Connection, Resource } from "./resource.ts";
import { type CallOptions, type ClientOptions, type Send, sender } from "./send.ts";
import { Session } from "./session.ts";
import { memoryTokens } from "./tokens.ts";

export type { AccountSession, AuthChange, AuthClient, AuthReason } from "./auth-types.ts";
export type { Client } from "./client-types.ts";
export type { CallOptions, ClientOptions } from "./send.ts";
export { isServeryError, ServeryError, type ServeryErrorCode } from "./servery-error.ts";
export type { ListQuery, Page, PageQuery, RowsClient, RowsReader, TableClient, ViewClient } from "./table-client.ts";
export { type KeptTokens, localStorageTokens, memoryTokens, type TokenStorage } from "./tokens.ts";

/**
 * A client of the application at `url`: `createClient<typeof app>("http://localhost:5000")`. It knows the
 * tables, columns and routes by the type alone, so nothing of the declaration reaches a browser.
 */
export function createClient<App extends AnyDeclaration>(url: string, options: ClientOptions = {}): Client<App> {
  const { send, auth } = signedInSender(sender(url, options), options);
  const connection: Connection = { send, known: new KnownRows() };
  const table = (path: string): Resource => new Resource(connection, `/api/${encodeURIComponent(path)}`);
  const own = {
    get: route(connection, "GET"),
    post: route(connection, "POST"),
    put: route(connection, "PUT"),
    patch: route(connection, "PATCH"),
    delete: route(connection, "DELETE"),
    batch: batch(connection),
    table,
    auth,
  };
  return everyName(own, table) as unknown as Client<App>;
}

/** Sends as whoever is signed in; a caller with a token of its own is that one. */
function signedInSender(send: Send, options: ClientOptions): { readonly send: Send; readonly auth: Auth } {
  const { tokens = memoryTokens() } = options;
  const carrier = options.session === "cookie" ? cookieCarrier() : tokenCarrier(tokens);
  const session = new Session(send, carrier);
  if (carrier.session === "token") watchOthers(tokens, session);
  const own: Send = options.token === undefined ? (call) => session.send(call) : send;
  return { send: own, auth: new Auth({ session, carrier, send }) };
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
