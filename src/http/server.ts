import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Problem } from "../errors/problem.ts";
import { BODY_BYTES } from "../validation/limits.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";
import { unsupportedMediaType } from "./media-types.ts";

/** Bytes of all headers of a request. */
const HEADER_BYTES = 32_768;
/** A client that sends its headers a byte at a time holds a socket no longer than this. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How often sockets are looked at for the two timeouts. */
const TIMEOUT_CHECK_MS = 2_000;
/** Longer than common proxies keep theirs, so that the proxy closes first. */
const KEEP_ALIVE_MS = 65_000;

/** Headers of a request. Node drops those behind its own limit in silence, and with them perhaps the credentials. */
const MAX_HEADERS = 200;

/** Headers of which a second one would be ignored by Node and believed by somebody else. */
const SINGLE_HEADERS: readonly string[] = [
  "host",
  "authorization",
  "content-type",
  "content-length",
  "if-match",
  "if-none-match",
  "origin",
];

/** An open socket. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Takes no new connections, lets requests in flight end, closes idle connections. */
  close(): Promise<void>;
}

export interface Answering {
  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>;
  /** Makes the answer to a request that never became one. */
  refuse(request: HttpRequest, error: unknown): HttpAnswer;
}

/** Opens a socket. Fastify reads bytes and writes bytes here; routes and everything behind them are ours. */
export async function listen(
  address: { readonly host: string; readonly port: number },
  answering: Answering,
): Promise<Listening> {
  const server = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    http: {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => refuseBytes(error, socket, answering),
    frameworkErrors: (_error, request, reply) => door.respond(request, reply),
  });
  // One more than is allowed, so that one too many can be seen.
  server.server.maxHeadersCount = MAX_HEADERS + 1;
  const door = new Door(answering);
  door.takeEverything(server);
  await server.listen({ host: address.host, port: address.port });
  const bound = server.server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const close = (): Promise<void> => {
    door.closing = true;
    return server.close();
  };
  return { port, url: `http://${host}:${port}`, close };
}

/** Carries requests from Fastify to the pipeline, and answers back. */
class Door {
  readonly #answering: Answering;
  /** The server is stopping: a connection that has its answer is not kept. */
  closing = false;

  constructor(answering: Answering) {
    this.#answering = answering;
  }

  /** Every method and every path comes here: what exists is decided by our own router. */
  takeEverything(server: FastifyInstance): void {
    server.removeAllContentTypeParsers();
    // Whether a body is JSON is decided behind the route, so bytes stay bytes.
    server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    const handler = (request: FastifyRequest, reply: FastifyReply): void => this.respond(request, reply);
    server.route({ method: [...server.supportedMethods], url: "*", handler });
    server.setNotFoundHandler(handler);
    server.setErrorHandler((error: FastifyError, request, reply) => {
      reply.hijack();
      this.#write(reply.raw, this.#answering.refuse(plainRequest(request), socketProblem(error, request)));
    });
  }

  respond(request: FastifyRequest, reply: FastifyReply): void {
    // The answer is whole and its headers are decided: it needs nothing of what Fastify does with a reply.
    reply.hijack();
    const plain = plainRequest(request);
    const broken = brokenHead(request.raw);
    const answer = broken === undefined ? this.#answering.answer(plain) : this.#answering.refuse(plain, broken);
    if (answer instanceof Promise) void answer.then((late) => this.#write(reply.raw, late));
    else this.#write(reply.raw, answer);
  }

  #write(raw: ServerResponse, answer: HttpAnswer): void {
    const headers = this.closing ? { ...answer.headers, connection: "close" } : answer.headers;
    raw.writeHead(answer.status, headers).end(answer.body);
  }
}

function plainRequest(request: FastifyRequest): HttpRequest {
  const { raw } = request;
  return {
    method: raw.method ?? "",
    url: raw.url ?? "",
    header: (name) => singleValue(raw, name),
    body: Buffer.isBuffer(request.body) ? request.body : undefined,
  };
}

function singleValue(raw: IncomingMessage, name: string): string | undefined {
  const value = raw.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** What is wrong with a request before its path and method are looked at; such a connection is not used again. */
function brokenHead(raw: IncomingMessage): Problem | undefined {
  const headers = { connection: "close" };
  if (raw.httpVersionMajor !== 1) return new Problem("malformed_request", "The request is not of HTTP/1.", { headers });
  if (raw.rawHeaders.length > MAX_HEADERS * 2) {
    return new Problem("headers_too_large", `A request has at most ${MAX_HEADERS} headers.`, { headers });
  }
  // RFC 9112 §3.2.
  if (raw.headers.host === undefined && raw.httpVersionMinor === 1) {
    return new Problem("malformed_request", "The header host is missing.", { headers });
  }
  const twice = repeatedHeader(raw.rawHeaders);
  return twice === undefined
    ? undefined
    : new Problem("malformed_request", `The header ${twice} was sent twice.`, { headers });
}

function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const bit = 1 << (SINGLE_HEADERS.indexOf(name) + 1);
    // Bit 0 stands for every other header.
    if (bit !== 1 && (seen & bit) !== 0) return name;
    seen |= bit;
  }
  return undefined;
}

/** Fastify's own refusals in the words of the catalogue. */
function socketProblem(error: FastifyError, request: FastifyRequest): unknown {
  // Nobody is there to read the answer, and nothing is wrong here.
  if (error.code === "ECONNRESET" || request.raw.destroyed) {
    return new Problem("malformed_request", "The request ended before its body did.", {
      headers: { connection: "close" },
    });
  }
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new Problem("body_too_large", `A body has at most ${BODY_BYTES} bytes.`, {
        headers: { connection: "close" },
      });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return unsupportedMediaType(request.headers["content-type"]);
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new Problem("malformed_request", "The body has another length than Content-Length says.", {
        headers: { connection: "close" },
      });
    default:
      return error;
  }
}

/** Bytes that are no request: there is nothing to route, so the answer is written onto the socket. */
function refuseBytes(error: Error & { code?: string }, socket: Socket, answering: Answering): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const request: HttpRequest = { method: "GET", url: "/", header: () => undefined, body: undefined };
  const answer = answering.refuse(request, bytesProblem(error.code));
  const headers = Object.entries({ ...answer.headers, connection: "close" });
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${String(answer.body ?? "")}`,
  );
}

function bytesProblem(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW")
    return new Problem("headers_too_large", `The headers have at most ${HEADER_BYTES} bytes.`);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Problem("request_timeout", "The request did not arrive in time.");
  return new Problem("malformed_request", "The bytes sent are no HTTP request.");
}
