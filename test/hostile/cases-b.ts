import type { HostileCase, HostileRequest } from "./case.ts";

const batch: HostileRequest = { method: "POST", path: "/api/batch" };
const post = (path: string, body: unknown): object => ({ method: "POST", path, body });

/** What the answer of a batch that must fail may not have left: a row that comes first, and is right. */
const first = post("/api/posts", { title: "first of a batch" });

/** 3.11: several operations in one request. */
export const casesB: readonly HostileCase[] = [
  {
    id: "B22",
    about: "what an earlier result names",
    request: batch,
    each: [
      {
        is: "a column that there is not",
        json: [first, { method: "PATCH", path: "/api/posts/{0.id}", body: { body: { ref: "0.secret" } } }],
        want: { status: 400, code: "invalid_reference" },
      },
      {
        is: "a column through a relation",
        json: [first, { method: "PATCH", path: "/api/posts/{0.id}", body: { body: { ref: "0.author.email" } } }],
        want: { status: 400, code: "invalid_reference" },
      },
      {
        is: "a row of a table that nobody may refer to",
        json: [first, post("/api/claims", { vault_id: { ref: "0.id" }, note: "n" })],
        want: {
          status: 400,
          code: "invalid_data",
          pointer: "/1/body/vault_id",
          fieldCode: "reference_missing",
          // Whether the row is one that the caller may read is asked in the transaction, which is undone.
          asksDatabase: true,
        },
      },
      {
        is: "a table that is closed, by its path",
        json: [first, { method: "PATCH", path: "/api/vault/{0.id}", body: { secret: "x" } }],
        want: { status: 403, code: "forbidden" },
      },
      {
        is: "a value of another kind",
        json: [first, post("/api/comments", { post_id: { ref: "0.title" }, body: "x" })],
        want: { status: 400, code: "invalid_reference" },
      },
      {
        is: "SQL",
        json: [first, post("/api/comments", { post_id: { ref: "0.id; DROP TABLE posts" }, body: "x" })],
        want: { status: 400, code: "invalid_reference" },
      },
    ],
    want: { status: 400, asksDatabase: false, absent: ["first of a batch"] },
  },
  {
    id: "B23",
    about: "too many operations, and what is no operation",
    request: batch,
    each: [
      {
        is: "101",
        json: Array.from({ length: 101 }, () => first),
        want: { code: "limit_exceeded" },
      },
      {
        is: "1,001 rows",
        json: [
          first,
          post(
            "/api/posts",
            Array.from({ length: 1_000 }, () => ({ title: "x" })),
          ),
        ],
        want: { code: "limit_exceeded" },
      },
      {
        is: "11 filters",
        json: Array.from({ length: 11 }, () => ({ method: "DELETE", path: "/api/posts?id=999" })),
        want: { code: "limit_exceeded" },
      },
      { is: "a batch", json: [first, post("/api/batch", [first])], want: { pointer: "/1/path" } },
      { is: "a read", json: [first, { method: "GET", path: "/api/posts" }], want: { pointer: "/1/method" } },
      { is: "the health", json: [first, post("/health/live", {})], want: { pointer: "/1/method" } },
      {
        is: "auth",
        json: [first, post("/api/auth/sign-in", { email: "a", password: "b" })],
        want: { pointer: "/1/path" },
      },
      { is: "another server", json: [first, post("http://example.com/api/posts", {})], want: { pointer: "/1/path" } },
      {
        is: "a way out of the API",
        json: [first, post("/api/../api/posts", { title: "x" })],
        want: { pointer: "/1/path" },
      },
      {
        is: "a method with a line end",
        json: [{ method: "POST\r\nX: y", path: "/api/posts" }],
        want: { pointer: "/0/method" },
      },
      {
        is: "a header of the connection",
        json: [{ ...first, headers: { authorization: "Bearer x" } }],
        want: { pointer: "/0/headers" },
      },
      { is: "an object", json: { 0: first, length: 1 }, want: { pointer: "" } },
      { is: "nothing", json: [], want: { pointer: "" } },
      {
        is: "__proto__",
        body: '[{"__proto__":{"method":"POST","path":"/api/posts"}}]',
        headers: { "content-type": "application/json" },
        want: { pointer: "/0/__proto__" },
      },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "B24",
    about: "the last operation fails: nothing of the others is there",
    request: batch,
    each: [
      {
        is: "a row that is not there",
        json: [first, post("/api/comments", { post_id: 1, body: "x" }), { method: "DELETE", path: "/api/posts/999" }],
        want: { status: 404, code: "not_found" },
      },
      {
        is: "a clash",
        json: [first, post("/api/users", { email: "ALICE@example.com", name: "x" })],
        want: { status: 409, code: "unique", pointer: "/1/body/email" },
      },
      {
        is: "a row that others refer to",
        json: [first, { method: "DELETE", path: "/api/users/1" }],
        want: { status: 409, code: "still_referenced" },
      },
      {
        is: "a tag that does not match",
        json: [first, { method: "PATCH", path: "/api/posts/1", body: { views: 1 }, headers: { "if-match": '"x"' } }],
        want: { status: 412, code: "precondition_failed" },
      },
      {
        is: "a sum that is out of range, with a key",
        headers: { "idempotency-key": "b24" },
        json: [
          post("/api/cart_items", { cart_id: 1, quantity: 1, unit_price: "1.00" }),
          { method: "PATCH", path: "/api/posts/1", body: { views: { increment: 2147483647 } } },
        ],
        want: { status: 400, code: "invalid_data", pointer: "/1/body/views", fieldCode: "out_of_range" },
      },
      {
        is: "the whole of a cascade",
        json: [
          { method: "DELETE", path: "/api/comments?post_id=1" },
          { method: "DELETE", path: "/api/posts/1" },
        ],
        want: { status: 409, code: "still_referenced" },
      },
    ],
    want: { status: 400, asksDatabase: true },
  },
];
