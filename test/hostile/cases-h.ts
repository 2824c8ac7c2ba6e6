import type { HostileCase, HostileRequest, Input } from "./case.ts";

const list: HostileRequest = { path: "/api/posts" };
const create: HostileRequest = { method: "POST", path: "/api/posts", json: { title: "h" } };
const CREATED = { status: 201, diff: { posts: { added: [{ title: "h" }] } } } as const;
const COLLECTION = "GET, HEAD, POST, OPTIONS";
const ITEM = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS";

const inputsOf = (header: string, values: readonly string[]): Input[] => values.map((value) => ({ is: `${header}: ${value.slice(0, 60)}`, headers: { [header]: value } }));

const FORBIDDEN_ORIGINS = [
  "https://evil.example", "null", "https://localhost.evil.example", "http://localhostXcom", "http://127.0.0.1.evil.example", "http://evil.example#localhost", "http://localhost@evil.example", "http://127.0.0.2", "file://", "http://localhost:80:80", "http://localhost:123456", "HTTP://LOCALHOST", "http://localhost/", "*", "http://0.0.0.0", "http://[::2]", "", "http://localhost, http://evil.example",
];

/** 3.14: HTTP itself. What only bytes on a socket can say is in socket-cases.ts. */
export const casesH: readonly HostileCase[] = [
  {
    id: "H01",
    about: "a method that the path does not have",
    request: { ...list },
    each: [
      { is: "POST on a row", method: "POST", path: "/api/posts/1", json: {}, want: { headers: { allow: ITEM } } },
      { is: "DELETE on a list", method: "DELETE", want: { headers: { allow: COLLECTION } } },
      { is: "PUT on a list", method: "PUT", json: {}, want: { headers: { allow: COLLECTION } } },
      { is: "TRACE", method: "TRACE", want: { headers: { allow: COLLECTION } } },
      { is: "PROPFIND", method: "PROPFIND", want: { headers: { allow: COLLECTION } } },
      { is: "QUERY", method: "SEARCH", want: { headers: { allow: COLLECTION } } },
      { is: "PURGE on a row", method: "PURGE", path: "/api/posts/1", want: { headers: { allow: ITEM } } },
      { is: "LINK on a nested list", method: "LINK", path: "/api/posts/1/comments", want: { headers: { allow: COLLECTION } } },
      { is: "POST on health", method: "POST", path: "/health/live", want: { headers: { allow: "GET, HEAD, OPTIONS" } } },
    ],
    want: { status: 405, code: "method_not_allowed" },
  },
  { id: "H01", about: "what is no method", request: list, each: ["FOO BAR", "get", "Get", "GET\r\nX: y", "", "G".repeat(21), "GET1", "G3T"].map((method) => ({ is: JSON.stringify(method), method })), want: { status: [400, 405] }, door: { only: "inside", why: "Node's parser refuses these itself: sockets.test.ts" } },
  {
    id: "H02",
    about: "another method in a header or a parameter is no method",
    request: { path: "/api/posts/1" },
    each: [...inputsOf("x-http-method-override", ["DELETE"]), ...inputsOf("x-http-method", ["DELETE"]), ...inputsOf("x-method-override", ["PATCH"]), ...inputsOf("x-original-url", ["/api/vault"]), ...inputsOf("x-rewrite-url", ["/api/vault"]), ...inputsOf("x-user-id", ["1"]), ...inputsOf("x-forwarded-user", ["admin"])],
    want: { status: 200, body: { id: 1 } },
  },
  { id: "H02", about: "_method", request: { path: "/api/posts/1", query: "_method=DELETE" }, want: { status: 400, code: "unknown_parameter" } },
  { id: "H02", about: "a POST that says it is a DELETE", request: { ...create, headers: { "x-http-method-override": "DELETE" } }, want: CREATED },
  {
    id: "H04",
    about: "OPTIONS",
    request: { method: "OPTIONS" },
    each: [
      { is: "a list", path: "/api/posts", want: { headers: { allow: COLLECTION } } },
      { is: "a row", path: "/api/posts/1", want: { headers: { allow: ITEM } } },
      { is: "a row that is not there", path: "/api/posts/999", want: { headers: { allow: ITEM } } },
      { is: "no key", path: "/api/posts/abc", want: { headers: { allow: ITEM } } },
      { is: "a nested list", path: "/api/users/1/posts", want: { headers: { allow: COLLECTION } } },
      { is: "health", path: "/health/ready", want: { headers: { allow: "GET, HEAD, OPTIONS" } } },
      { is: "with a wrong query", path: "/api/posts", query: "nope=1", want: { headers: { allow: COLLECTION } } },
      { is: "with a body", path: "/api/posts", body: "{", headers: { "content-type": "application/json" }, want: { headers: { allow: COLLECTION } } },
    ],
    want: { status: 204, asksDatabase: false, maxSql: 0 },
  },
  { id: "H04", about: "OPTIONS of what is not there", request: { method: "OPTIONS" }, each: [{ is: "a table", path: "/api/nope" }, { is: "the server", path: "/" }], want: { status: 404, code: "no_route", asksDatabase: false } },
  { id: "H05", about: "a GET with a body", request: { path: "/api/posts/1", headers: { "content-type": "application/json" } }, each: [{ is: "JSON", body: "{}" }, { is: "not JSON", body: "{" }, { is: "a request", body: "DELETE /api/posts/1 HTTP/1.1\r\nHost: a\r\n\r\n" }], want: { status: [200, 400] } },
  { id: "H05", about: "a DELETE with a body", request: { method: "DELETE", path: "/api/posts/999", json: { all: true } }, want: { status: [400, 404] } },
  { id: "H06", about: "what cannot be answered", request: list, each: inputsOf("accept", ["text/html", "application/xml", "*/*;q=0", "application/json;q=0", "application/json;q=0, */*", "text/*", "image/*, text/*", "application/json;q=0.0", "application/vnd.api+json", "*/*;q=0.000"]), want: { status: 406, code: "not_acceptable" } },
  { id: "H06", about: "what can be answered", request: { path: "/api/posts/1" }, each: inputsOf("accept", ["*/*", "application/*", "application/json", "APPLICATION/JSON", "text/html, */*;q=0.1", "application/json;q=0.001", "application/json; charset=utf-8", "text/html;q=1, application/json;q=0.5"]), want: { status: 200, body: { id: 1 } } },
  { id: "H07", about: "an Accept header of rubbish", request: list, each: [...inputsOf("accept", ["garbage", "a/b/c", "/", "application/", "*", ";;;", "application/json;q=x", "application/json;q=2", "application/json;q=-1", ",".repeat(10_000), `${"a/b,".repeat(2_500)}`, `application/json${";a=b".repeat(2_000)};q=0`])], want: { status: [200, 406], maxMs: 1_000 } },
  { id: "H08", about: "a body without a type", request: { method: "POST", path: "/api/posts", body: '{"title":"x"}' }, want: { status: 415, code: "unsupported_media_type" } },
  {
    id: "H09",
    about: "a body of another type",
    request: { method: "POST", path: "/api/posts", body: '{"title":"x"}' },
    each: inputsOf("content-type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/json", "application/xml", "application/octet-stream", "*/*", "application/*", "application/jsonp", "application/x-json", "application/json-patch+json", "text/plain; application/json", "application/vnd.api+json", "application/csp-report"]),
    want: { status: 415, code: "unsupported_media_type" },
  },
  { id: "H10", about: "codings that are wanted or not", request: { path: "/api/posts/1" }, each: inputsOf("accept-encoding", ["identity;q=0", "gzip", "*;q=0", "br;q=1.0, gzip", "x".repeat(1_000)]), want: { status: [200, 406], headers: { "content-encoding": null } } },
  { id: "H11", about: "a type that nearly is JSON", request: { method: "POST", path: "/api/posts", body: '{"title":"x"}' }, each: inputsOf("content-type", ["application/json\ta", "application/json garbage", "application/json, text/plain", "application/json; charset=utf-8; charset=utf-16", "application/json;charset=utf-8,", "application/json; boundary=x", "application/json;", "application/json;;", "application / json", "application/json\\", 'application/json; charset="utf-8']), want: { status: 415, code: "unsupported_media_type" } },
  { id: "H11", about: "a type that is JSON, and fully checked", request: create, each: inputsOf("content-type", ["APPLICATION/JSON ;charset=utf8", "application/json; charset=UTF-8", 'application/json;charset="utf-8"', "application/merge-patch+json", "application/json"]), want: CREATED },
  { id: "H11", about: "and with a body that does not fit", request: { ...create, json: { title: 1 } }, each: inputsOf("content-type", ["APPLICATION/JSON ;charset=utf8", "application/merge-patch+json"]), want: { status: 400, code: "invalid_data", pointer: "/title" } },
  {
    id: "H17",
    about: "where the request came from says nothing about where the answer points",
    request: create,
    each: [...inputsOf("host", ["evil.example", "evil.example:80", "a@evil.example", "evil", "127.0.0.1:99999"]), ...inputsOf("x-forwarded-host", ["evil.example"]), ...inputsOf("forwarded", ["host=evil.example;proto=https"]), ...inputsOf("x-forwarded-proto", ["javascript"]), ...inputsOf("x-forwarded-prefix", ["//evil.example"])],
    want: { ...CREATED, headers: { location: /^\/api\/posts\/\d+$/ }, absent: ["evil"] },
  },
  { id: "H20", about: "a page that may not read", request: { path: "/api/posts/1" }, each: inputsOf("origin", FORBIDDEN_ORIGINS), want: { status: 200, headers: { "access-control-allow-origin": null, "access-control-allow-credentials": null, vary: /\bOrigin\b/ } } },
  { id: "H20", about: "a page of this machine", request: { path: "/api/posts/1", headers: { origin: "http://localhost:5173" } }, want: { status: 200, headers: { "access-control-allow-origin": "http://localhost:5173", "access-control-allow-credentials": null, vary: /\bOrigin\b/ } } },
  { id: "H20", about: "an error that a page may read, and one it may not", request: { path: "/api/posts/999" }, each: [{ is: "may", headers: { origin: "http://localhost:1" }, want: { headers: { "access-control-allow-origin": "http://localhost:1", vary: /\bOrigin\b/ } } }, { is: "may not", headers: { origin: "http://evil.example" }, want: { headers: { "access-control-allow-origin": null, vary: /\bOrigin\b/ } } }], want: { status: 404 } },
  {
    id: "H21",
    about: "a preflight",
    request: { method: "OPTIONS", path: "/api/posts", headers: { origin: "http://localhost:5173", "access-control-request-method": "POST" } },
    each: [
      { is: "a method that is there", want: { headers: { "access-control-allow-methods": COLLECTION, "access-control-allow-origin": "http://localhost:5173" } } },
      { is: "one that is not", headers: { "access-control-request-method": "DELETE" }, want: { headers: { "access-control-allow-methods": COLLECTION } } },
      { is: "a header that is not", headers: { "access-control-request-headers": "x-evil, x-user-id" }, want: { headers: { "access-control-allow-headers": /^(?!.*evil)(?!.*user-id)(?!.*\*)/ } } },
      { is: "of a page that may not", headers: { origin: "https://evil.example" }, want: { headers: { "access-control-allow-origin": null } } },
      { is: "with credentials", headers: { cookie: "a=b" }, want: { headers: { "access-control-allow-credentials": null } } },
    ],
    want: { status: 204, maxSql: 0 },
  },
  { id: "H31", about: "headers of every answer", request: {}, each: [{ is: "a list", path: "/api/posts" }, { is: "a row", path: "/api/posts/1" }, { is: "health", path: "/health/live" }, { is: "the OpenAPI document", path: "/openapi.json" }], want: { status: 200, headers: { "content-type": "application/json; charset=utf-8", "x-content-type-options": "nosniff", "x-request-id": /^[\w-]+$/ } } },
  { id: "H32", about: "a path that nothing has answers like every error", request: {}, each: ["/nope", "/favicon.ico", "/.env", "/.git/config", "/wp-login.php", "/admin", "/api/nope/1/2/3", "/robots.txt", "/cgi-bin/x", "/*"].map((path) => ({ is: path, path })), want: { status: 404, code: "no_route", asksDatabase: false } },
  { id: "H34", about: "cookies mean nothing here", request: { path: "/api/posts/1" }, each: [...inputsOf("cookie", ["session=a; session=b", "\u00a0session=x", "__Host-session=x", "a=b; ".repeat(1_000), "=;=;=", "session"])], want: { status: 200, body: { id: 1 }, headers: { "set-cookie": null } } },
  { id: "H34", about: "credentials are refused, never ignored", request: { path: "/api/posts/1" }, each: [...inputsOf("authorization", ["Bearer", "Bearer ", "bearer x", "Bearer  x", "Bearer x garbage", "Basic YTpi", "", "null", "x".repeat(8_000), "Bearer eyJhbGciOiJub25lIn0.e30."])], want: { status: 401, code: "invalid_token", headers: { "www-authenticate": /^Bearer/ } } },
  { id: "H35", about: "an upgrade of a plain route", request: { path: "/api/posts/1" }, each: [{ is: "WebSocket", headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" } }, { is: "h2c", headers: { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" } }], want: { status: [200, 400, 426] } },
];
