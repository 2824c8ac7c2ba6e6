/** What is written onto one connection, and what must come back. */
export interface SocketCase {
  readonly id: string;
  readonly is: string;
  /** Bytes as Latin-1, exactly as they go out. */
  readonly bytes: string;
  /** The statuses of all answers on the connection, in order; alternatives for one of them as a list. An empty list: closed without a word. */
  readonly answers: readonly (number | readonly number[])[];
  /** Whether the server ends the connection; undefined where both are right. */
  readonly closed?: boolean;
  /** The answer is Node's own and has no body. */
  readonly bare?: true;
  /** Methods of the requests on the connection, where one is HEAD. */
  readonly methods?: readonly string[];
  readonly changes?: readonly string[];
}

export const LIMIT = 1_048_576;
export const HOST = "Host: a\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";
const GET = `GET /api/posts/1 HTTP/1.1\r\n${HOST}\r\n`;
/** A request that would be noticed: it would delete a row. */
export const SMUGGLED = `DELETE /api/posts/2 HTTP/1.1\r\n${HOST}\r\n`;
export const post = (headers: string, body: string): string =>
  `POST /api/posts HTTP/1.1\r\n${HOST}${JSON_TYPE}${headers}\r\n${body}`;
export const get = (headers: string, target = "/api/posts/1"): string => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
export const refused = (id: string, is: string, bytes: string): SocketCase => ({
  id,
  is,
  bytes,
  answers: [400],
  closed: true,
});

const smuggling: readonly SocketCase[] = [
  refused(
    "H15",
    "Content-Length and Transfer-Encoding",
    post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${SMUGGLED}`),
  ),
  refused(
    "H15",
    "Transfer-Encoding and Content-Length",
    post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", `0\r\n\r\n${SMUGGLED}`),
  ),
  refused("H15", "two Content-Lengths", post("Content-Length: 2\r\nContent-Length: 60\r\n", `{}${SMUGGLED}`)),
  refused("H15", "two equal Content-Lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", `{}${SMUGGLED}`)),
  refused("H15", "a list of Content-Lengths", post("Content-Length: 2, 2\r\n", `{}${SMUGGLED}`)),
  refused("H15", "Content-Length +2", post("Content-Length: +2\r\n", `{}${SMUGGLED}`)),
  refused("H15", "Content-Length -1", post("Content-Length: -1\r\n", `{}${SMUGGLED}`)),
  refused("H15", "Content-Length 0x2", post("Content-Length: 0x2\r\n", `{}${SMUGGLED}`)),
  refused("H15", "Content-Length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", "{}")),
  refused("H15", "chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", `0\r\n\r\n${SMUGGLED}`)),
  refused("H15", "identity", post("Transfer-Encoding: identity\r\n", `{}${SMUGGLED}`)),
  refused("H15", "xchunked", post("Transfer-Encoding: xchunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
  refused("H15", "a space before the colon", get(`${HOST}Transfer-Encoding : chunked\r\n`)),
  refused("H15", "a bare LF", `GET /api/posts/1 HTTP/1.1\nHost: a\n\n${SMUGGLED}`),
  refused("H15", "a bare CR", `GET /api/posts/1 HTTP/1.1\r\nHost: a\rX: y\r\n\r\n${SMUGGLED}`),
  refused("H15", "a folded header", get(`${HOST}X: a\r\n b\r\n`)),
  refused("H15", "NUL in a header", get(`${HOST}X: a\0b\r\n`)),
  refused("H15", "NUL in the target", get(HOST, "/api/posts/1\0")),
  refused("H15", "CR LF CR X", `GET /api/posts/1 HTTP/1.1\r\n${HOST}\r\rX${SMUGGLED}`),
  refused("H15", "a header without a name", get(`${HOST}: x\r\n`)),
  refused("H15", "a header without a colon", get(`${HOST}X\r\n`)),
  refused("H15", "a space in a header's name", get(`${HOST}X y: z\r\n`)),
  refused(
    "H15",
    "a chunk size that is none",
    post("Transfer-Encoding: chunked\r\n", `zz\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
  ),
  refused("H15", "a chunk size below zero", post("Transfer-Encoding: chunked\r\n", `-2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`)),
  refused(
    "H15",
    "a chunk longer than it says",
    post("Transfer-Encoding: chunked\r\n", `2\r\n{}}}\r\n0\r\n\r\n${SMUGGLED}`),
  ),
  refused(
    "H15",
    "a flood of chunk extensions",
    post("Transfer-Encoding: chunked\r\n", `2;${"a".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
  ),
];

const versions: readonly SocketCase[] = [
  { id: "H16", is: "HTTP/0.9", bytes: "GET /api/posts/1\r\n\r\n", answers: [400], closed: true },
  {
    id: "H16",
    is: "HTTP/2 without an upgrade",
    bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    answers: [400],
    closed: true,
  },
  { id: "H16", is: "HTTP/3.0", bytes: `GET /api/posts/1 HTTP/3.0\r\n${HOST}\r\n`, answers: [400], closed: true },
  {
    id: "H16",
    is: "HTTP/1.0 with chunks",
    bytes:
      "POST /api/posts HTTP/1.0\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    answers: [400],
    closed: true,
  },
  { id: "H16", is: "HTTP/1.0", bytes: "GET /api/posts/1 HTTP/1.0\r\n\r\n", answers: [200], closed: true },
  { id: "H16", is: "TLS", bytes: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", answers: [400], closed: true },
  { id: "H16", is: "rubbish", bytes: "\x00\xff\xfe\r\n\r\n", answers: [400], closed: true },
];

const targets: readonly SocketCase[] = [
  refused("I11", "two Host headers", get("Host: a\r\nHost: b\r\n")),
  refused("I11", "two equal Host headers", get("Host: a\r\nhost: a\r\n")),
  { id: "H17", is: "no Host header", bytes: get(""), answers: [400], closed: true },
  { id: "H17", is: "a target in absolute form", bytes: get(HOST, "http://evil.example/api/posts/1"), answers: [400] },
  {
    id: "H17",
    is: "a target in absolute form with credentials",
    bytes: get(HOST, "http://user:pass@a/api/posts/1"),
    answers: [400],
  },
  { id: "H17", is: "a target that is a scheme", bytes: get(HOST, "file:///etc/passwd"), answers: [400] },
  { id: "H17", is: "a target with a space", bytes: get(HOST, "/api/posts/1 HTTP/1.1 x"), answers: [400], closed: true },
  { id: "H17", is: "a target with a tab", bytes: get(HOST, "/api/posts\t"), answers: [400] },
  { id: "H17", is: "the asterisk form", bytes: get(HOST, "*"), answers: [400] },
  { id: "H17", is: "OPTIONS *", bytes: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, answers: [[204, 400, 404]] },
  { id: "H17", is: "bytes beyond ASCII in the target", bytes: get(HOST, "/api/posts/\xe9\xff"), answers: [[400, 404]] },
  {
    id: "H17",
    is: "bytes beyond ASCII in the query",
    bytes: get(HOST, "/api/posts?limit=1&title[ne]=\xe9\xff"),
    answers: [[200, 400]],
  },
  { id: "H01", is: "CONNECT", bytes: `CONNECT a:80 HTTP/1.1\r\n${HOST}\r\n`, answers: [], closed: true },
  { id: "H01", is: "FOO", bytes: `FOO /api/posts HTTP/1.1\r\n${HOST}\r\n`, answers: [400], closed: true },
  { id: "H01", is: "get", bytes: `get /api/posts HTTP/1.1\r\n${HOST}\r\n`, answers: [400], closed: true },
  { id: "H01", is: "TRACE", bytes: `TRACE /api/posts HTTP/1.1\r\n${HOST}X-Secret: echo\r\n\r\n`, answers: [405] },
  { id: "H01", is: "no method", bytes: ` /api/posts HTTP/1.1\r\n${HOST}\r\n`, answers: [400], closed: true },
];

const doubled: readonly SocketCase[] = [
  "Authorization: Bearer x",
  "Content-Type: application/json",
  'If-Match: "x"',
  'If-None-Match: "x"',
  "Origin: http://localhost",
].map((header) => ({
  // Of two tokens a proxy may have believed the other one.
  id: header.startsWith("Authorization") ? "A03" : "I11",
  is: `two headers ${header}`,
  bytes: `POST /api/posts HTTP/1.1\r\n${HOST}${header}\r\n${header.toUpperCase()}\r\nContent-Length: 13\r\n\r\n{"title":"x"}`,
  answers: [400],
}));

/** What no client library would send as a key. */
const keys: readonly SocketCase[] = [
  ["two keys", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"],
  ["two equal keys", "Idempotency-Key: a\r\nidempotency-key: a\r\n"],
  ["an empty key", "Idempotency-Key:\r\n"],
  ["a key of spaces", "Idempotency-Key:   \r\n"],
  ["a key beyond ASCII", "Idempotency-Key: \xe9\r\n"],
  ["a key with NUL", "Idempotency-Key: a\0b\r\n"],
].map(([is = "", headers = ""]) => ({
  id: "K07",
  is,
  bytes: post(`${headers}Content-Length: 13\r\n`, '{"title":"x"}'),
  answers: [400],
}));

const sizes: readonly SocketCase[] = [
  {
    id: "H18",
    is: "33 KB of one header",
    bytes: get(`${HOST}X: ${"a".repeat(33_000)}\r\n`),
    answers: [431],
    closed: true,
  },
  {
    id: "H18",
    is: "33 KB of cookies",
    bytes: get(`${HOST}Cookie: ${"a=b; ".repeat(6_700)}\r\n`),
    answers: [431],
    closed: true,
  },
  { id: "H18", is: "10,000 headers", bytes: get(`${HOST}${"A: b\r\n".repeat(10_000)}`), answers: [431], closed: true },
  {
    id: "H18",
    is: "2,100 headers, of which Node would leave the last out",
    bytes: get(`${HOST}${"A: b\r\n".repeat(2_100)}Authorization: Bearer x\r\n`),
    answers: [[401, 431]],
  },
  {
    id: "H18",
    is: "a second Host behind 2,100 headers",
    bytes: get(`${HOST}${"A: b\r\n".repeat(2_100)}Host: b\r\n`),
    answers: [[400, 431]],
  },
  { id: "H18", is: "20 KB of target", bytes: get(HOST, `/api/posts?title=${"a".repeat(20_000)}`), answers: [414] },
  {
    id: "H18",
    is: "40 KB of target",
    bytes: get(HOST, `/api/posts?title=${"a".repeat(40_000)}`),
    answers: [[414, 431]],
    closed: true,
  },
  {
    id: "Q19",
    is: "a filter tree of 100,000 levels",
    bytes: get(HOST, `/api/posts?filter=${'{"and":['.repeat(100_000)}`),
    answers: [[414, 431]],
    closed: true,
  },
  {
    id: "J10",
    is: "a Content-Length beyond the limit is refused before a byte of the body",
    bytes: post(`Content-Length: ${LIMIT + 1}\r\n`, ""),
    answers: [413],
    closed: true,
  },
  {
    id: "J10",
    is: "a Content-Length of 1 TB",
    bytes: post("Content-Length: 1099511627776\r\n", ""),
    answers: [413],
    closed: true,
  },
  {
    id: "J10",
    is: "a Content-Length beyond the limit of a request that takes no body",
    bytes: `DELETE /api/posts/999 HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: ${LIMIT + 1}\r\n\r\n`,
    answers: [[404, 413]],
  },
  {
    id: "J11",
    is: "chunks beyond the limit",
    bytes: post("Transfer-Encoding: chunked\r\n", `${`10000\r\n${" ".repeat(65_536)}\r\n`.repeat(17)}`),
    answers: [413],
    closed: true,
  },
  {
    id: "J11",
    is: "one chunk that says it is beyond the limit",
    bytes: post("Transfer-Encoding: chunked\r\n", `7fffffff\r\n${" ".repeat(LIMIT + 65_536)}`),
    answers: [413],
    closed: true,
  },
];

const connection: readonly SocketCase[] = [
  {
    id: "H05",
    is: "a GET with a body is one request",
    bytes: `GET /api/posts/1 HTTP/1.1\r\n${HOST}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}${GET}`,
    answers: [200, 200],
    closed: false,
  },
  {
    id: "H05",
    is: "a HEAD with a body is one request",
    bytes: `HEAD /api/posts/1 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\n{}${GET}`,
    answers: [200, 200],
    methods: ["HEAD", "GET"],
    closed: false,
  },
  {
    id: "H19",
    is: "Expect: 200-ok",
    bytes: post("Expect: 200-ok\r\nContent-Length: 13\r\n", '{"title":"x"}'),
    answers: [417],
    bare: true,
  },
  {
    id: "H19",
    is: "Expect: 100-continue",
    bytes: post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}"),
    answers: [400],
    closed: false,
  },
  {
    id: "H19",
    is: "Expect: 100-continue for a body beyond the limit",
    bytes: post(`Expect: 100-continue\r\nContent-Length: ${LIMIT * 2}\r\n`, ""),
    answers: [413],
    closed: true,
  },
  {
    id: "H29",
    is: "a request after a 400",
    bytes: post("Content-Length: 1\r\n", "{") + GET,
    answers: [400, 200],
    closed: false,
  },
  {
    id: "H29",
    is: "a request after a 404 with a body",
    bytes: `POST /api/nope HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}${GET}`,
    answers: [404, 200],
    closed: false,
  },
  {
    id: "H29",
    is: "a request after a 415 with a body",
    bytes: `POST /api/posts HTTP/1.1\r\n${HOST}Content-Type: text/plain\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}${GET}`,
    answers: [415, 200],
    closed: false,
  },
  {
    id: "H29",
    is: "a request after a 415 whose type cannot be read",
    bytes: `POST /api/posts HTTP/1.1\r\n${HOST}Content-Type: garbage garbage\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}${GET}`,
    answers: [415, 200],
    closed: false,
  },
  {
    id: "H29",
    is: "a request after a 400 for two headers",
    bytes: `GET /api/posts HTTP/1.1\r\n${HOST}Origin: http://a\r\nOrigin: http://b\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}${GET}`,
    answers: [400],
    closed: true,
  },
  {
    id: "H29",
    is: "ten requests at once",
    bytes: GET.repeat(10),
    answers: Array.from({ length: 10 }, () => 200),
    closed: false,
  },
  {
    id: "H29",
    is: "a create and a read of what is not there yet, at once",
    bytes: `${GET}GET /api/posts/9999 HTTP/1.1\r\n${HOST}\r\n${GET}`,
    answers: [200, 404, 200],
    closed: false,
  },
  {
    id: "H35",
    is: "an upgrade to WebSocket",
    bytes: get(
      `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n`,
    ),
    answers: [[200, 400, 426]],
  },
  {
    id: "H35",
    is: "an upgrade to HTTP/2 is not taken, and the answer is whole",
    bytes: get(`${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`),
    answers: [200],
    closed: false,
  },
  {
    id: "H05",
    is: "a GET with chunks is one request, and its trailers are no headers",
    bytes: `GET /api/posts/1 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nHost: b\r\nAuthorization: x\r\n\r\n${GET}`,
    answers: [200, 200],
    closed: false,
  },
  {
    id: "H05",
    is: "a GET whose chunks break off",
    bytes: `GET /api/posts/1 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n${SMUGGLED}`,
    answers: [200, 400],
    closed: true,
  },
  {
    id: "H05",
    is: "a Content-Length of 0",
    bytes: `GET /api/posts/1 HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\nDELETE /api/posts/999 HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\nPOST /api/posts HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n${GET}`,
    answers: [200, 404, 400, 200],
    closed: false,
  },
  {
    id: "H05",
    is: "writes without a body",
    bytes: `POST /api/posts HTTP/1.1\r\n${HOST}\r\nPOST /api/posts HTTP/1.1\r\n${HOST}${JSON_TYPE}\r\nPATCH /api/posts/1 HTTP/1.1\r\n${HOST}Expect: 100-continue\r\n\r\n${GET}`,
    answers: [400, 400, 400, 200],
    closed: false,
  },
  {
    id: "H16",
    is: "HTTP/1.0 that is kept alive",
    bytes: `GET /api/posts/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${GET}`,
    answers: [200, 200],
    closed: false,
  },
  { id: "H16", is: "empty lines in front", bytes: `\r\n\r\n${GET}`, answers: [200], closed: false },
  {
    id: "H33",
    is: "a header of the answer cannot be written by the query",
    bytes: get(HOST, "/api/posts?limit=1&x=%0d%0aSet-Cookie:%20a=b"),
    answers: [400],
  },
];

export const socketCases: readonly SocketCase[] = [
  ...smuggling,
  ...versions,
  ...targets,
  ...doubled,
  ...keys,
  ...sizes,
  ...connection,
];
