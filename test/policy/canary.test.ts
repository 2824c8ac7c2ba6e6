import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Observation } from "servery";
import type { HostileRequest } from "../hostile/case.ts";
import { CANARY } from "../hostile/declaration.ts";
import { type Door, type DoorAnswer, openInside, PASSWORD } from "../hostile/doors.ts";
import {
  ADMIN_CANARY,
  ALICE_CANARY,
  guardedWorld,
  guardedWorldWith,
  secretsOfTheWorld,
} from "../hostile/guarded-declaration.ts";
import type { Caller } from "../hostile/world.ts";

const CALLERS: readonly Caller[] = ["nobody", "alice", "bob", "eve", "admin", "anna"];

/** Columns that do not exist for these callers: the path of their table, and ways there through relations. */
interface Closed {
  readonly table: string;
  readonly column: string;
  readonly through: readonly (readonly [path: string, relation: string])[];
  readonly callers: readonly Caller[];
}

const TO_USERS = [
  ["/api/posts", "author"],
  ["/api/comments", "user"],
  ["/api/comments", "post.author"],
] as const;

const closed: readonly Closed[] = [
  ...["secret", "pin", "vault", "score"].map((column) => ({
    table: "/api/users",
    column,
    through: TO_USERS,
    callers: CALLERS,
  })),
  { table: "/api/users", column: "phone", through: TO_USERS, callers: CALLERS.filter((caller) => caller !== "admin") },
  { table: "/api/users", column: "diary", through: TO_USERS, callers: ["nobody", "anna"] },
  { table: "/api/users", column: "email", through: TO_USERS, callers: ["nobody", "anna"] },
  {
    table: "/api/posts",
    column: "secret",
    through: [
      ["/api/comments", "post"],
      ["/api/users", "posts"],
    ],
    callers: CALLERS,
  },
  { table: "/api/notes", column: "secret", through: [["/api/users", "notes"]], callers: ["alice", "bob", "admin"] },
];

const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "nin",
  "like",
  "ilike",
  "contains",
  "icontains",
  "starts",
  "ends",
  "null",
];
const FUNCTIONS = ["count", "min", "max", "sum", "avg"];
const TYPES = ["application/json", "text/csv", "application/x-ndjson"];

/** Everything in a query that can name a column. */
function queries(name: string): string[] {
  const value = "x1";
  const trees = [
    { [name]: value },
    { [name]: { contains: value } },
    { or: [{ [name]: { gt: 1 } }] },
    { not: { [name]: null } },
  ];
  return [
    `${name}=${value}`,
    ...OPERATORS.map((operator) => `${name}[${operator}]=${operator === "null" ? "true" : value}`),
    ...trees.map((tree) => `filter=${encodeURIComponent(JSON.stringify(tree))}`),
    ...[name, `-${name}`, `id,${name}`].map((sort) => `sort=${sort}`),
    `aggregate=count&group_by=${name}`,
    `aggregate=count&group_by=day(${name})`,
    ...FUNCTIONS.map((word) => `aggregate=${word}(${name})`),
    `aggregate=count&having.max_${name}[gt]=1`,
  ];
}

function requestsOf({ table, column, through }: Closed): HostileRequest[] {
  const own = [
    ...queries(column),
    `fields=${column}`,
    `fields=id,${column}`,
    `include=${column}`,
    `q=x&sort=${column}`,
  ];
  const hops = through.flatMap(([path, relation]) => [
    ...queries(`${relation}.${column}`).map((query) => ({ path, query })),
    { path, query: `include=${relation}&${relation}.fields=${column}` },
    { path, query: `include=${relation}.${column}` },
    { path, query: `include=${relation}&${relation}.sort=${column}` },
    { path, query: `filter=${encodeURIComponent(JSON.stringify(nested(relation, { [column]: "x" })))}` },
  ]);
  const one = ["fields", "include"].map((word) => ({ path: `${table}/1`, query: `${word}=${column}` }));
  return [
    ...own.flatMap((query) => TYPES.map((accept) => ({ path: table, query, headers: { accept } }))),
    ...hops,
    ...one,
    { path: `${table}/1`, query: `fields=${column}`, headers: { "if-none-match": '"x"' } },
  ];
}

function nested(relation: string, inner: object): object {
  return relation.split(".").reduceRight((tree, name) => ({ [name]: tree }), inner);
}

/** Another name of the same length that no table knows, and that is near to none. */
function none(column: string): string {
  // Three letters are near to many names: one of them differs.
  return column === "pin" ? "jin" : "qjzxwvkqjz".slice(0, column.length);
}

function swapped(request: HostileRequest, column: string): HostileRequest {
  return { ...request, query: String(request.query as string).replaceAll(column, none(column)) };
}

function masked({ status, headers, text }: DoorAnswer, column: string): unknown {
  const plain = text
    .replace(/"request_id":"[^"]*"/, "")
    .replaceAll(column, "…")
    .replaceAll(none(column), "…");
  const { "x-request-id": id = "", "content-length": length, ...plainHeaders } = headers;
  const others = { ...plainHeaders, length: Number(length) - id.length };
  return { status, headers: JSON.stringify(others).replaceAll(column, "…").replaceAll(none(column), "…"), text: plain };
}

/** What a caller may see of what stands in closed columns. */
function forbidden(caller: Caller): readonly string[] {
  const always = [CANARY, String(secretsOfTheWorld.score).slice(0, -2), "$argon2", PASSWORD, "secretword"];
  const others = caller === "admin" ? [] : [ADMIN_CANARY];
  return [...always, ...others, ...(caller === "admin" || caller === "alice" ? [] : [ALICE_CANARY])];
}

let door: Door;
const observed: Observation[] = [];
beforeAll(async () => {
  door = await openInside(guardedWorld, (observation) => observed.push(observation));
});
afterAll(() => door.close());

describe("a column that a caller may not read is one that is not there", () => {
  test.each(closed.map((one) => [`${one.table} ${one.column}`, one] as const))("%s", async (_name, one) => {
    const told: unknown[] = [];
    for (const as of one.callers) {
      for (const request of requestsOf(one)) {
        const answer = await door.send({ ...request, as });
        const other = await door.send({ ...swapped(request, one.column), as });
        const found = [masked(answer, one.column), masked(other, one.column)];
        const fine =
          JSON.stringify(found[0]) === JSON.stringify(found[1]) && answer.sql.length === 0 && answer.status >= 400;
        if (!fine) told.push({ as, request, sql: answer.sql, found });
      }
    }
    expect(told.slice(0, 3)).toEqual([]);
    expect(requestsOf(one).length).toBeGreaterThan(80);
  });

  test("in a body that creates, changes or replaces, and as the conflict of an upsert", async () => {
    const writes = closed.filter(({ column }) => !["diary", "email", "pin"].includes(column));
    for (const { table, column, callers } of writes) {
      for (const as of callers.filter((caller) => caller !== "nobody" && caller !== "anna")) {
        for (const [method, path, query] of [
          ["POST", table, ""],
          ["PATCH", `${table}/1`, ""],
          ["PUT", `${table}/1`, ""],
          ["PATCH", table, "id=1"],
          ["PUT", table, `on_conflict=${column}`],
        ] as const) {
          const request = (name: string): HostileRequest => ({
            method,
            path,
            query: query.replaceAll(column, name),
            json: { [name]: 1 },
            as,
          });
          const answer = await door.send(request(column));
          const other = await door.send(request(none(column)));
          expect(masked(answer, column), `${method} ${path} ${column} as ${as}`).toEqual(masked(other, column));
          expect(answer.sql).toEqual([]);
          // Rows of a table without anything unique cannot be found by an upsert.
          expect(answer.status).toBe(method === "PUT" && path === "/api/posts" ? 405 : 400);
        }
      }
    }
  });

  test("suggestions name what the caller may read, and never a closed relation", async () => {
    const near = [
      "secre",
      "sekret",
      "pinn",
      "vaul",
      "vault_",
      "scor",
      "fone",
      "phon",
      "phones",
      "diry",
      "ledgr",
      "ledge",
      "emal",
    ];
    for (const as of CALLERS.filter((caller) => caller !== "admin")) {
      for (const name of near) {
        for (const query of [...queries(name), `include=${name}`, `fields=${name}`, `include=posts.${name}`]) {
          const { text } = await door.send({ path: "/api/users", query, as });
          const known =
            as === "nobody" || as === "anna"
              ? /[^a-z](secret|pin|vault|score|phone|ledger|diary|email)[^a-z]/
              : /[^a-z](secret|pin|vault|score|phone|ledger)[^a-z]/;
          expect(text.replaceAll(name, ""), `${query} as ${as}`).not.toMatch(known);
        }
      }
    }
  });
});

/** Everything that can be asked and answers rows, and refusals that speak of them. */
function fullRun(): HostileRequest[] {
  const tables = [
    "users",
    "posts",
    "comments",
    "notes",
    "locks",
    "teams",
    "members",
    "papers",
    "ledger",
    "staff",
    "tasks",
  ];
  const lists = [
    "",
    "limit=1",
    "count=exact",
    "sort=id",
    "q=secretword",
    "q=canary",
    "aggregate=count",
    "aggregate=count,min(id),max(created_at)",
    "offset=1",
    "cursor=eyJhIjoxfQ.x",
  ].flatMap((query) =>
    tables.flatMap((table) => TYPES.map((accept) => ({ path: `/api/${table}`, query, headers: { accept } }))),
  );
  const includes = ["posts,notes,comments", "posts.comments.user", "notes,posts.author", "posts.count"].map(
    (include) => ({
      path: "/api/users",
      query: { include, sort: "id" },
    }),
  );
  const more: HostileRequest[] = [
    ...["author", "author.posts,comments.user", "comments.count"].map((include) => ({
      path: "/api/posts",
      query: { include },
    })),
    ...["diary", "email", "username"].flatMap((column) => [
      { path: "/api/users", query: { sort: column } },
      { path: "/api/users", query: { aggregate: "count", group_by: column } },
      { path: "/api/users", query: { aggregate: `min(${column}),max(${column}),count(${column})` } },
      { path: "/api/users", query: { [`${column}[null]`]: "true" } },
      { path: "/api/users", query: { [`${column}[starts]`]: "canary" } },
      { path: "/api/users", query: { [`${column}[gte]`]: "canary-alice" } },
      { path: "/api/users", query: { sort: column, limit: "2", cursor: "" } },
      { path: "/api/posts", query: { [`author.${column}[starts]`]: "c" } },
      { path: "/api/posts", query: { sort: `-author.${column}` } },
      { path: "/api/posts", query: { aggregate: "count", group_by: `author.${column}` } },
    ]),
    ...[1, 2, 5, 999].flatMap((id) => tables.map((table) => ({ path: `/api/${table}/${id}` }))),
    ...[1, 2].flatMap((id) => tables.map((table) => ({ path: `/api/${table}/${id}`, method: "HEAD" }))),
    { path: "/api/users/1/posts" },
    { path: "/api/users/2/notes" },
    { path: "/api/auth/me" },
    { path: "/openapi.json" },
    { path: "/docs/errors" },
    { path: "/.well-known/jwks.json" },
    { path: "/health/ready" },
    { path: "/api/nosuch" },
    { method: "POST", path: "/api/users", json: { username: "bob", email: "bob@example.com" } },
    { method: "POST", path: "/api/users", json: { username: 5, secret: "x", pin: {} } },
    { method: "POST", path: "/api/users", body: '{"username":', headers: { "content-type": "application/json" } },
    {
      method: "POST",
      path: "/api/auth/sign-up",
      json: { username: "bob", email: "bob@example.com", password: "long enough a one" },
    },
    { method: "POST", path: "/api/auth/sign-in", json: { email: "bob@example.com", password: "wrong" } },
    { method: "POST", path: "/api/notes", json: { text: "x", code: "hidden-code" } },
    { method: "POST", path: "/api/notes", json: { text: "x", amount: 100_000 } },
    { method: "PUT", path: "/api/notes", query: { on_conflict: "code" }, json: { text: "x", code: "hidden-code" } },
    { method: "PATCH", path: "/api/users/1", json: { username: "bob" } },
    { method: "PATCH", path: "/api/users/1", json: { username: "x" }, headers: { "if-match": '"AAAAAAAAAAAAAAAA"' } },
    { method: "DELETE", path: "/api/users/1", headers: { "if-match": '"AAAAAAAAAAAAAAAA"' } },
    { method: "DELETE", path: "/api/users/2" },
    { method: "POST", path: "/api/comments", json: { post_id: 4, body: "x" } },
    { method: "POST", path: "/api/batch", json: [{ method: "PATCH", path: "/api/users/1", body: { secret: "x" } }] },
    {
      method: "POST",
      path: "/api/batch",
      json: [{ method: "POST", path: "/api/notes", body: { text: "x", code: "hidden-code" } }],
    },
    { method: "POST", path: "/api/posts", headers: { "content-type": "text/csv" }, body: "title,secret\nx,y\n" },
  ];
  return [...lists, ...includes, ...more];
}

describe("a full run", () => {
  test.each(CALLERS)("shows nothing closed to %s: in no answer, header or observation", async (as) => {
    const from = observed.length;
    const shown: unknown[] = [];
    for (const request of fullRun()) {
      // The document does not tell of the tables of administrators, so its check knows no answer of theirs.
      if (as === "admin" && request.path?.startsWith("/api/ledger") === true) continue;
      const answer = await door.send({ ...request, as });
      const whole = `${JSON.stringify(answer.headers)}${answer.text}`;
      const sent = `${JSON.stringify(request)}`;
      const found = forbidden(as).filter((text) => whole.includes(text) && !sent.includes(text));
      if (found.length > 0) shown.push({ request, found, text: answer.text.slice(0, 300) });
      expect(answer.status).toBeLessThan(500);
    }
    expect(shown).toEqual([]);
    const told = JSON.stringify(observed.slice(from));
    for (const text of [CANARY, ADMIN_CANARY, ALICE_CANARY, PASSWORD, "$argon2", ...tokens()])
      expect(told).not.toContain(text);
    expect(door.engine.faults).toEqual([]);
  });

  test("is the same in a world with other secrets: nobody can tell which of both it is", async () => {
    const other = await openInside(
      guardedWorldWith({ nobodys: "entirely different", admins: "others", alices: "zzz", score: -5 }),
    );
    try {
      // A door is a world of its own, with the same rows and the same secret of the server.
      const first = await openInside(guardedWorld);
      const told: unknown[] = [];
      for (const as of CALLERS.filter((caller) => caller !== "admin" && caller !== "alice")) {
        for (const request of fullRun()) {
          const [one, two] = [await first.send({ ...request, as }), await other.send({ ...request, as })];
          // The tag of a row that was just written is that of its clock.
          const written = one.status < 300 && request.method !== undefined && request.method !== "HEAD";
          if (!written && JSON.stringify(alike(one)) !== JSON.stringify(alike(two)))
            told.push({ as, request, one: alike(one), two: alike(two) });
        }
      }
      await first.close();
      expect(told.slice(0, 3)).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

function tokens(): string[] {
  return [...door.signedIn.values()].flatMap(({ access_token: access, refresh_token: refresh }) => [access, refresh]);
}

/** An answer without what no two servers have alike: ids, clocks and keys. ETags and the links with cursors stay. */
function alike({ status, headers, text }: DoorAnswer): unknown {
  const { "x-request-id": id = "", "content-length": length, ...plainHeaders } = headers;
  const others = { ...plainHeaders, length: status < 400 ? Number(length) : Number(length) - id.length };
  const plain = text
    .replace(/"request_id":"[^"]*"/, "")
    .replaceAll(/"(created_at|updated_at)":"2026[^"]*"/g, "")
    .replaceAll(/"(kid|x|y)":"[^"]*"/g, "");
  return { status, headers: others, text: plain };
}
