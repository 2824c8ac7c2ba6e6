import { type HostileCase, type HostileRequest, headerInputs } from "./case.ts";

const create: HostileRequest = { method: "POST", path: "/api/posts", json: { title: "h" } };
const CREATED = { status: 201, diff: { posts: { added: [{ title: "h" }] } } } as const;
const COLLECTION = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";

const FORBIDDEN_ORIGINS = [
  "https://evil.example",
  "null",
  "https://localhost.evil.example",
  "http://localhostXcom",
  "http://127.0.0.1.evil.example",
  "http://evil.example#localhost",
  "http://localhost@evil.example",
  "http://127.0.0.2",
  "file://",
  "http://localhost:80:80",
  "http://localhost:123456",
  "HTTP://LOCALHOST",
  "http://localhost/",
  "*",
  "http://0.0.0.0",
  "http://[::2]",
  "",
  "http://localhost, http://evil.example",
];

/** 3.14, second half: origins, hosts, cookies, and what every answer carries. */
export const casesHHeaders: readonly HostileCase[] = [
  {
    id: "H17",
    about: "where the request came from says nothing about where the answer points",
    request: create,
    each: [
      ...headerInputs("host", ["evil.example", "evil.example:80", "a@evil.example", "evil-host", "127.0.0.1:99999"]),
      ...headerInputs("x-forwarded-host", ["evil.example"]),
      ...headerInputs("forwarded", ["host=evil.example;proto=https"]),
      ...headerInputs("x-forwarded-proto", ["javascript"]),
      ...headerInputs("x-forwarded-prefix", ["//evil.example"]),
    ],
    want: { ...CREATED, headers: { location: /^\/api\/posts\/\d+$/ }, absent: ["evil.example", "evil-host"] },
  },
  {
    id: "H20",
    about: "a page that may not read",
    request: { path: "/api/posts/1" },
    each: headerInputs("origin", FORBIDDEN_ORIGINS),
    want: {
      status: 200,
      headers: { "access-control-allow-origin": null, "access-control-allow-credentials": null, vary: /\bOrigin\b/ },
    },
  },
  {
    id: "H20",
    about: "a page of this machine",
    request: { path: "/api/posts/1", headers: { origin: "http://localhost:5173" } },
    want: {
      status: 200,
      headers: {
        "access-control-allow-origin": "http://localhost:5173",
        "access-control-allow-credentials": null,
        vary: /\bOrigin\b/,
      },
    },
  },
  {
    id: "H20",
    about: "an error that a page may read, and one it may not",
    request: { path: "/api/posts/999" },
    each: [
      {
        is: "may",
        headers: { origin: "http://localhost:1" },
        want: { headers: { "access-control-allow-origin": "http://localhost:1", vary: /\bOrigin\b/ } },
      },
      {
        is: "may not",
        headers: { origin: "http://evil.example" },
        want: { headers: { "access-control-allow-origin": null, vary: /\bOrigin\b/ } },
      },
    ],
    want: { status: 404 },
  },
  {
    id: "H21",
    about: "a preflight",
    request: {
      method: "OPTIONS",
      path: "/api/posts",
      headers: { origin: "http://localhost:5173", "access-control-request-method": "POST" },
    },
    each: [
      {
        is: "a method that is there",
        want: {
          headers: {
            "access-control-allow-methods": COLLECTION,
            "access-control-allow-origin": "http://localhost:5173",
          },
        },
      },
      {
        is: "one that is not",
        headers: { "access-control-request-method": "PUT" },
        want: { headers: { "access-control-allow-methods": COLLECTION } },
      },
      {
        is: "a header that is not",
        headers: { "access-control-request-headers": "x-evil, x-user-id" },
        want: { headers: { "access-control-allow-headers": /^(?!.*evil)(?!.*user-id)(?!.*\*)/ } },
      },
      {
        is: "of a page that may not",
        headers: { origin: "https://evil.example" },
        want: { headers: { "access-control-allow-origin": null } },
      },
      {
        is: "with credentials",
        headers: { cookie: "a=b" },
        want: { headers: { "access-control-allow-credentials": null } },
      },
    ],
    want: { status: 204, maxSql: 0 },
  },
  {
    id: "H31",
    about: "headers of every answer",
    request: {},
    each: [
      { is: "a list", path: "/api/posts" },
      { is: "a row", path: "/api/posts/1" },
      { is: "health", path: "/health/live" },
      { is: "the OpenAPI document", path: "/openapi.json" },
    ],
    want: {
      status: 200,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "x-content-type-options": "nosniff",
        "x-request-id": /^[\w-]+$/,
      },
    },
  },
  {
    id: "H32",
    about: "a path that nothing has answers like every error",
    request: {},
    each: [
      "/nope",
      "/favicon.ico",
      "/.env",
      "/.git/config",
      "/wp-login.php",
      "/admin",
      "/api/nope/1/2/3",
      "/robots.txt",
      "/cgi-bin/x",
      "/*",
    ].map((path) => ({ is: path, path })),
    want: { status: 404, code: "no_route", asksDatabase: false },
  },
  {
    id: "H34",
    about: "cookies mean nothing here",
    request: { path: "/api/posts/1" },
    each: [
      ...headerInputs("cookie", [
        "session=a; session=b",
        "\u00a0session=x",
        "__Host-session=x",
        "a=b; ".repeat(1_000),
        "=;=;=",
        "session",
      ]),
    ],
    want: { status: 200, body: { id: 1 }, headers: { "set-cookie": null } },
  },
  {
    id: "H34",
    about: "credentials are refused, never ignored",
    request: { path: "/api/posts/1" },
    each: [
      ...headerInputs("authorization", [
        "Bearer",
        "Bearer ",
        "bearer x",
        "Bearer  x",
        "Bearer x garbage",
        "Basic YTpi",
        "",
        "null",
        "x".repeat(8_000),
        "Bearer eyJhbGciOiJub25lIn0.e30.",
      ]),
    ],
    want: { status: 401, code: "invalid_token", headers: { "www-authenticate": /^Bearer/ } },
  },
  {
    id: "H35",
    about: "an upgrade of a plain route",
    request: { path: "/api/posts/1" },
    each: [
      {
        is: "WebSocket",
        headers: {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          "sec-websocket-version": "13",
        },
      },
      {
        is: "h2c",
        headers: { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" },
      },
    ],
    want: { status: [200, 400, 426] },
  },
];
