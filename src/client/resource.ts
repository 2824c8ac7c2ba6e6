import type { KnownRows } from "./known-rows.ts";
import { everyName } from "./named.ts";
import { idSegment } from "./path.ts";
import {
  type AggregateQuery,
  aggregateQuery,
  list,
  type ReadQuery,
  queryString,
  readQuery,
  whereQuery,
} from "./query.ts";
import type { CallOptions, Received, Send } from "./send.ts";

interface WriteOptions extends CallOptions {
  readonly fields?: readonly string[];
  readonly idempotencyKey?: true | string;
}

interface Page {
  readonly rows: readonly unknown[];
  readonly total: number | undefined;
  readonly next: Pick<ReadQuery, "cursor" | "offset"> | undefined;
}

/** Rows that `all()` asks for at a time when the query does not say. */
const ALL_LIMIT = 100;

/** What a client sends its requests with. */
export interface Connection {
  readonly send: Send;
  readonly known: KnownRows;
}

/** The rows below a path: of a table, or of one row's relation. table-client.ts has its types. */
export class Resource {
  readonly #connection: Connection;
  readonly #path: string;

  constructor(connection: Connection, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  /** The rows that refer to one row, by the name of the relation. */
  of(id: unknown): object {
    const path = `${this.#path}/${idSegment(id)}`;
    return everyName({}, (name) => new Resource(this.#connection, `${path}/${encodeURIComponent(name)}`));
  }

  async list(query: ReadQuery & CallOptions = {}): Promise<readonly unknown[]> {
    return (await this.page(query)).rows;
  }

  async page(query: ReadQuery & CallOptions = {}): Promise<Page> {
    const { headers, body } = await this.#send({
      method: "GET",
      path: this.#path + readQuery(query),
      signal: query.signal,
    });
    const total = headers.get("x-total-count");
    return { rows: body as unknown[], total: total === null ? undefined : Number(total), next: nextOf(headers) };
  }

  async *pages(query: ReadQuery & CallOptions = {}): AsyncGenerator<Page> {
    for (let asked: typeof query | undefined = query; asked !== undefined; ) {
      const page = await this.page(asked);
      yield page;
      asked = page.next && { ...query, ...page.next };
    }
  }

  async *all(query: ReadQuery & CallOptions = {}): AsyncGenerator {
    for await (const page of this.pages({ limit: ALL_LIMIT, ...query })) yield* page.rows;
  }

  async get(
    id: unknown,
    query: Pick<ReadQuery, "fields" | "include"> & CallOptions & { ifChangedFrom?: object } = {},
  ): Promise<unknown> {
    const { ifChangedFrom: before } = query;
    const path = `${this.#path}/${idSegment(id)}`;
    const headers = before && { "if-none-match": this.#connection.known.row(before).tag };
    const { fields, include, signal } = query;
    const asked = { ...(fields && { fields }), ...(include && { include }) };
    const received = await this.#send({
      method: "GET",
      path: path + readQuery(asked),
      signal,
      ...(headers && { headers }),
    });
    return received.unchanged ? before : this.#connection.known.remember(received, path);
  }

  async create(rows: object, options: WriteOptions = {}): Promise<unknown> {
    const { signal, idempotencyKey } = options;
    const path = this.#path + queryString({ fields: list(options.fields) });
    const received = await this.#send({ method: "POST", path, body: rows, signal, idempotencyKey });
    // A list of rows has neither a place nor a tag.
    return this.#connection.known.remember(received, received.headers.get("location") ?? "");
  }

  update(target: unknown, changes: object, options?: WriteOptions): Promise<unknown> {
    return this.#change("PATCH", target, { ...options, body: changes });
  }

  replace(target: unknown, row: object, options?: WriteOptions): Promise<unknown> {
    return this.#change("PUT", target, { ...options, body: row });
  }

  async delete(target: unknown, options?: CallOptions): Promise<void> {
    await this.#change("DELETE", target, options);
  }

  async upsert(
    rows: object,
    options: WriteOptions & { readonly onConflict: string | readonly string[] },
  ): Promise<unknown> {
    const { signal, idempotencyKey } = options;
    const path = this.#path + queryString({ on_conflict: list(options.onConflict), fields: list(options.fields) });
    return (await this.#send({ method: "PUT", path, body: rows, signal, idempotencyKey })).body;
  }

  async updateWhere(where: object, changes: object, options: WriteOptions = {}): Promise<unknown> {
    const { fields, signal, idempotencyKey } = options;
    const path = this.#path + whereQuery(where, fields);
    return (await this.#send({ method: "PATCH", path, body: changes, signal, idempotencyKey })).body;
  }

  async deleteWhere(where: object, { signal }: CallOptions = {}): Promise<number> {
    const { headers } = await this.#send({ method: "DELETE", path: this.#path + whereQuery(where), signal });
    return Number(headers.get("x-total-count"));
  }

  async aggregate(query: AggregateQuery & CallOptions): Promise<unknown> {
    const path = this.#path + aggregateQuery(query);
    const groups = (await this.#send({ method: "GET", path, signal: query.signal })).body as readonly unknown[];
    return query.groupBy === undefined ? groups[0] : groups;
  }

  async #change(
    method: string,
    target: unknown,
    options: WriteOptions & { readonly body?: object } = {},
  ): Promise<unknown> {
    const { tag, path } = this.#connection.known.target(target, this.#path);
    const { body, fields, signal, idempotencyKey } = options;
    const received = await this.#send({
      method,
      path: path + queryString({ fields: list(fields) }),
      body,
      signal,
      idempotencyKey,
      ...(tag !== undefined && { headers: { "if-match": tag } }),
    });
    return this.#connection.known.remember(received, path);
  }

  async #send(call: Parameters<Send>[0]): Promise<Received> {
    const received = await this.#connection.send(call);
    // A proxy's sign-in page is no list of rows.
    if (typeof received.body === "string")
      throw new TypeError(`${call.path} answered a text where rows were expected.`);
    return received;
  }
}

/** What the next page is asked by: the `Link` header has it in the address of the same list (RFC 8288). */
function nextOf(headers: Headers): Page["next"] {
  const target = /<([^>]*)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1];
  if (target === undefined) return undefined;
  const query = new URLSearchParams(target.split("?")[1]);
  const cursor = query.get("cursor");
  return cursor === null ? { offset: Number(query.get("offset")) } : { cursor };
}
