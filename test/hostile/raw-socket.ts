import { connect, type Socket } from "node:net";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What happened on one socket: every answer in order, whether the server closed it, and what was left over. */
export interface Exchange {
  readonly answers: readonly RawAnswer[];
  readonly closed: boolean;
  /** Bytes that are no whole answer. */
  readonly rest: string;
}

export interface SendOptions {
  /** Methods of the requests that are sent, for those whose answers have no body. */
  readonly methods?: readonly string[];
  /** Ends with this many answers; without it only when the server closes or the time is over. */
  readonly answers?: number;
  /** After the last of them: how long to wait for what else comes. */
  readonly afterwardsMs?: number;
  /** Milliseconds to wait for all that. */
  readonly waitMs?: number;
}

const DEFAULT_WAIT_MS = 10_000;

/** Sends bytes as they are and reads what comes back. Parts are sent one after another, `pauseMs` between them. */
export function exchange(
  port: number,
  bytes: Uint8Array | string | readonly Uint8Array[],
  options: SendOptions = {},
): Promise<Exchange> {
  const socket = connect({ port, host: "127.0.0.1" });
  const chunks: Buffer[] = [];
  let closed = false;
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...readAnswers(Buffer.concat(chunks), options.methods ?? []), closed });
    };
    const timer = setTimeout(finish, options.waitMs ?? DEFAULT_WAIT_MS);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (options.answers === undefined) return;
      if (readAnswers(Buffer.concat(chunks), options.methods ?? []).answers.length < options.answers) return;
      if (options.afterwardsMs === undefined) finish();
      else setTimeout(finish, options.afterwardsMs);
    });
    socket.once("close", () => {
      closed = true;
      finish();
    });
    // A server may end a connection while the body is still being sent: what it answered before counts.
    socket.once("error", () => undefined);
    socket.once("connect", () => send(socket, bytes));
  });
}

function send(socket: Socket, bytes: Uint8Array | string | readonly Uint8Array[]): void {
  if (typeof bytes === "string") socket.write(Buffer.from(bytes, "latin1"));
  else for (const part of bytes instanceof Uint8Array ? [bytes] : bytes) socket.write(part);
}

/** One request with its own connection, written without a client library that would mend or refuse it. */
export function rawRequest(request: {
  method: string;
  target: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | undefined;
}): Uint8Array {
  const { method, target, headers, body } = request;
  const length = body === undefined ? {} : { "content-length": String(body.byteLength) };
  const lines = Object.entries({ host: "127.0.0.1", connection: "close", ...length, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
  return body === undefined ? head : Buffer.concat([head, body]);
}

/** The body that the headers announce, and how many bytes it takes; undefined as long as some are missing. */
function wholeBody(
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
): { readonly text: string; readonly length: number } | undefined {
  if (headers["transfer-encoding"] !== "chunked") {
    const length = Number(headers["content-length"] ?? 0);
    return bytes.length < length ? undefined : { text: bytes.subarray(0, length).toString("utf8"), length };
  }
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    const end = line + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (size === 0) return { text: Buffer.concat(pieces).toString("utf8"), length: end };
    pieces.push(bytes.subarray(line + 2, end - 2));
    at = end;
  }
}

function readAnswers(bytes: Buffer, methods: readonly string[]): { answers: RawAnswer[]; rest: string } {
  const answers: RawAnswer[] = [];
  let left = bytes;
  for (;;) {
    const end = left.indexOf("\r\n\r\n");
    if (end === -1) break;
    const [first = "", ...lines] = left.subarray(0, end).toString("latin1").split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? 0);
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const body = left.subarray(end + 4);
    const bodiless = status < 200 || status === 204 || status === 304 || methods[answers.length] === "HEAD";
    const whole = bodiless ? { text: "", length: 0 } : wholeBody(headers, body);
    if (whole === undefined) break;
    if (status >= 200) answers.push({ status, headers, text: whole.text });
    left = body.subarray(whole.length);
  }
  return { answers, rest: left.toString("latin1") };
}
