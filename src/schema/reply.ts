/** What an answer says beside its body. */
export interface ReplyOptions {
  /** The path of what was created: the answer is a 201 with this as its Location. */
  readonly created?: string;
  /** Further headers; the server writes those of the transport itself. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is more than its body. */
export class Reply<out Body = unknown> {
  readonly body: Body;
  readonly options: ReplyOptions;

  constructor(body: Body, options: ReplyOptions) {
    this.body = body;
    this.options = options;
  }
}

/** Answers a body with a Location (201) or with further headers: `return reply(row, { created: "/api/things/1" })`. */
export function reply<Body>(body: Body, options: ReplyOptions): Reply<Body> {
  return new Reply(body, options);
}
