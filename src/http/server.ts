import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Problem } from "../errors/problem.ts";
import { BODY_BYTES } from "../validation/limits.ts";
import type { Answering } from "./answering.ts";
import { Connections } from "./connections.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";
import { rowsForm } from "./media-types.ts";
import { bodyPieces, endEarly } from "./rows-body.ts";
import { isGone, writePieces } from "./write-pieces.ts";

/** Bytes of all headers of a request. */
const HEADER_BYTES = 32_768;
/** A client that sends its headers a byte at a time holds a socket no longer than this. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** The same for a body of many rows, which may be large. */
const ROWS_TIMEOUT_MS = 600_000;
/** How often sockets are looked at for the two timeouts. */
const TIMEOUT_CHECK_MS = 2_000;
/** While the server closes: a request that has not arrived by then is given up, and a client that does not take its answer. */
const CLOSING_MS = 10_000;
/** Longer than common proxies keep theirs, so that the proxy closes first. */
const KEEP_ALIVE_MS = 65_000;

/** A server that is made outside Fastify gets none of its options, so all of them stand here. */
const SOCKET_OPTIONS = {
  maxHeaderSize: HEADER_BYTES,
  requestTimeout: ROWS_TIMEOUT_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // Node's own refusal is bare, and the next request on the connection would still run.
  requireHostHeader: false,
} as const;

/** Stands for a body of which only is known that it is there. */
const UNREAD_BODY = Buffer.from(" ");

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

/** Opens a socket. Fastify reads bytes and writes bytes here; routes and everything behind them are ours. */
export async function listen(
  address: { readonly host: string; readonly port: number },
  answering: Answering,
): Promise<Listening> {
  const sockets = createServer(SOCKET_OPTIONS);
  // One more than is allowed, so that one too many can be seen.
  sockets.maxHeadersCount = MAX_HEADERS + 1;
  const connections = new Connections(sockets);
  const door = new Door(answering, connections);
  const server = fastify({
    logger: false,
    // A request without a body needs nothing of what Fastify does before its handler.
    serverFactory: (handler) =>
      sockets.on("request", (raw, response) => {
        if (door.refuses(raw, response)) return;
        if (hasBody(raw)) door.receive(raw, response, handler);
        else door.answer(raw, response);
      }),
    // Validation is ours: what Fastify would compile schemas with is a twelfth of all that a start would load.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    bodyLimit: BODY_BYTES,
    forceCloseConnections: "idle",
    // A request on a connection that is there already is still answered, and the connection goes with the answer.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: (error, socket) => door.refuseSocket(error, socket),
    frameworkErrors: (_error, request, reply) => door.respond(request, reply),
  });
  door.takeEverything(server);
  await server.listen({ host: address.host, port: address.port });
  const bound = server.server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const close = async (): Promise<void> => {
    door.closing = true;
    connections.endSilent();
    // Node looks for clients that take too long no more once a server is closing, and waits for them for ever.
    const patience = setInterval(() => connections.endUnfinished(), CLOSING_MS);
    await server.close().finally(() => clearInterval(patience));
  };
  return { port, url: `http://${host}:${port}`, close };
}

/** No route has a schema that Fastify knows of. */
function noSchemas(): never {
  throw new Error("Fastify compiles no schemas here");
}

/** Carries requests from Fastify to the pipeline, and answers back. */
class Door {
  readonly #answering: Answering;
  readonly #connections: Connections;
  /** The server is stopping: a connection that has its answer is not kept. */
  closing = false;

  constructor(answering: Answering, connections: Connections) {
    this.#answering = answering;
    this.#connections = connections;
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
      // Which types there are is decided behind the route; the body itself was not read and is not looked at either.
      if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") this.answer(request.raw, reply.raw, UNREAD_BODY);
      else this.#write(reply.raw, this.#answering.refuse(plainRequest(request.raw), socketProblem(error, request)));
    });
  }

  /** Whether a request is at its end before its path, its method and its body are looked at. */
  refuses(raw: IncomingMessage, response: ServerResponse): boolean {
    // What was sent behind the request that ended its connection must not run (RFC 9112 §9.6): it may be smuggled.
    if (this.#connections.hasEnded(raw.socket)) return true;
    const broken = brokenHead(raw);
    if (broken !== undefined) this.#write(response, this.#answering.refuse(plainRequest(raw), broken));
    return broken !== undefined;
  }

  /** A request whose body is still to come: rows are read by whoever wants them, everything else first and as a whole. */
  receive(raw: IncomingMessage, response: ServerResponse, whole: RequestListener): void {
    this.#connections.owe(response);
    if (rowsForm(raw.headers["content-type"]) !== undefined) {
      const pieces = bodyPieces(raw, () => this.#refuseLate(raw));
      this.answer(raw, response, pieces);
      return;
    }
    const late = setTimeout(() => this.#refuseLate(raw), REQUEST_TIMEOUT_MS);
    raw.once("close", () => clearTimeout(late));
    whole(raw, response);
  }

  /** Ends a connection on which something came that is no request. */
  refuseSocket(error: Error & { code?: string }, socket: Socket): void {
    if (this.#connections.hasEnded(socket)) return;
    this.#connections.end(socket);
    // Else this answer would be taken for that to a request before it, which may have changed rows.
    this.#connections.whenAnswered(socket, () => refuseBytes(error, socket, this.#answering));
  }

  /** What Node does about headers that do not come. */
  #refuseLate(raw: IncomingMessage): void {
    if (raw.complete) return;
    this.refuseSocket(Object.assign(new Error("late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }), raw.socket);
  }

  respond(request: FastifyRequest, reply: FastifyReply): void {
    // The answer is whole and its headers are decided: it needs nothing of what Fastify does with a reply.
    reply.hijack();
    this.answer(request.raw, reply.raw, Buffer.isBuffer(request.body) ? request.body : undefined);
  }

  answer(raw: IncomingMessage, response: ServerResponse, body?: HttpRequest["body"]): void {
    const answer = this.#answering.answer(plainRequest(raw, body));
    if (answer instanceof Promise) {
      this.#connections.owe(response);
      void answer.then((late) => this.#write(response, late));
    } else this.#write(response, answer);
  }

  #write(raw: ServerResponse, answer: HttpAnswer): void {
    const headers = this.#headersOf(answer);
    if (headers["connection"] === "close") this.#connections.end(raw.req.socket);
    const { body } = answer;
    const { req } = raw;
    if (typeof body === "object" && Symbol.asyncIterator in body) {
      this.#connections.owe(raw);
      raw.writeHead(answer.status, headers);
      void this.#stream(raw, answer, body);
    } else if (hasBody(req) && !req.complete && rowsForm(req.headers["content-type"]) !== undefined) {
      this.#connections.end(req.socket);
      raw.writeHead(answer.status, { ...headers, connection: "close" });
      endEarly(req, raw, body);
    } else raw.writeHead(answer.status, headers).end(body);
  }

  /** Copied only where something is added: most answers go out as they are. */
  #headersOf({ headers, cookies }: HttpAnswer): OutgoingHttpHeaders {
    if (!this.closing && cookies === undefined) return headers;
    return {
      ...headers,
      ...(this.closing ? { connection: "close" } : undefined),
      ...(cookies === undefined ? undefined : { "set-cookie": [...cookies] }),
    };
  }

  /** A body whose headers are gone already: all that an error can do is cut it, which the caller sees. */
  async #stream(raw: ServerResponse, answer: HttpAnswer, body: AsyncIterable<string>): Promise<void> {
    const { socket } = raw;
    try {
      await writePieces(raw, body);
      // Its headers promised to keep a connection that a closing server waits for.
      if (this.closing) socket?.destroySoon();
    } catch (error) {
      if (!isGone(raw)) this.#answering.reportFault(answer.headers["x-request-id"] ?? "", error);
      raw.destroy();
    }
  }
}

/** Whether bytes follow the headers (RFC 9112 §6): only then is there something to wait for. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

function plainRequest(raw: IncomingMessage, body?: HttpRequest["body"]): HttpRequest {
  const { method = "", url = "", socket } = raw;
  // Asked for at once: a connection that has gone has no address, and limits that go by it could be passed.
  return { method, url, header: (name) => singleValue(raw, name), address: socket.remoteAddress, body };
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
  // RFC 9112 §6.1: a coding that is not known leaves open where the body ends. Node joins several and believes the last.
  const coding = raw.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    return new Problem("malformed_request", "The only transfer coding is chunked.", { headers });
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
  const request: HttpRequest = { method: "-", url: "-", header: () => undefined, body: undefined };
  const answer = answering.refuse(request, bytesProblem(error.code));
  const headers = Object.entries({ ...answer.headers, connection: "close" });
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${typeof answer.body === "string" ? answer.body : ""}`,
  );
}

function bytesProblem(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW")
    return new Problem("headers_too_large", `The headers have at most ${HEADER_BYTES} bytes.`);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Problem("request_timeout", "The request did not arrive in time.");
  return new Problem("malformed_request", "The bytes sent are no HTTP request.");
}
