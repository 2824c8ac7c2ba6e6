/**
 * A request as the engine takes it, whatever brought it: a socket, a test, a function platform. A Web
 * `Request` costs more to make than all layers together, so it is an adapter and not this.
 */
export interface HttpRequest {
  readonly method: string;
  /** The request target in origin form: path and query, still escaped. */
  readonly url: string;
  /** The value of a header by its lower-case name. */
  header(name: string): string | undefined;
  /** The network address of whoever holds the other end of the connection; undefined without one. */
  readonly address?: string | undefined;
  /** Whole, or as it comes where it may be large: CSV and NDJSON. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

/** An answer on its way out. Header names are lower-case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The pattern of the route that made it: `/api/posts/{id}`; undefined where none was found. */
  readonly route?: string | undefined;
  /** Values of Set-Cookie, each a header of its own. */
  readonly cookies?: readonly string[] | undefined;
  /** Whole, or in pieces that are made while the caller reads. */
  readonly body: string | Uint8Array | AsyncIterable<string> | undefined;
}
