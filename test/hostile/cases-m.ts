import { columnInputs, type HostileCase, type HostileRequest, type Input } from "./case.ts";

const user = { email: "new@example.com", name: "New" };
const create: HostileRequest = { method: "POST", path: "/api/users" };
const patch: HostileRequest = { method: "PATCH", path: "/api/posts/3" };

/** A field that is sent beside a row that is right, with its pointer. */
function beside(row: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, unknown>>): Input[] {
  return Object.entries(fields).map(([name, value]) => ({
    is: name,
    json: { ...row, [name]: value },
    want: { pointer: `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` },
  }));
}

const RANKS = {
  role: "admin",
  isAdmin: true,
  is_admin: 1,
  verified: true,
  tenant_id: 1,
  email_verified_at: "2024-01-01T00:00:00Z",
  password_hash: "x",
  permissions: ["*"],
  _role: "admin",
  $role: "admin",
  "user.role": "admin",
  "role[]": "admin",
};

/** 3.7: mass assignment and what may be written. */
export const casesM: readonly HostileCase[] = [
  {
    id: "M01",
    about: "rights in a new user",
    request: create,
    each: beside(user, RANKS),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M01",
    about: "there is no sign-up yet",
    request: { method: "POST" },
    each: ["/api/auth/sign-up", "/api/auth/sign-in", "/api/auth/me", "/api/auth"].map((path) => ({
      is: path,
      path,
      json: { ...user, role: "admin" },
    })),
    want: { status: 404, code: "no_route", asksDatabase: false },
  },
  {
    id: "M02",
    about: "rights in a changed user",
    request: { method: "PATCH", path: "/api/users/1" },
    each: beside({}, RANKS),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M03",
    about: "a row handed to a user who is not there",
    request: patch,
    each: columnInputs("author_id", [999, 0]),
    want: { status: 400, pointer: "/author_id", fieldCode: "reference_missing", asksDatabase: true },
  },
  {
    id: "M04",
    about: "rows inside a row",
    request: { method: "POST", path: "/api/posts" },
    each: beside(
      { title: "x" },
      {
        author: { id: 1, role: "admin" },
        comments: [{ body: "x" }],
        "author.name": "x",
        post_tags: { create: { tag: "x" } },
        users: [],
      },
    ),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M05",
    about: "a PUT without what the server fills keeps it",
    request: { method: "PUT" },
    each: [
      {
        is: "id and times",
        path: "/api/posts/4",
        json: { title: "put" },
        want: {
          diff: {
            posts: {
              changed: [
                {
                  id: 4,
                  title: "put",
                  body: null,
                  views: 0,
                  price: null,
                  author_id: null,
                  created_at: "2024-02-04T00:00:00.000Z",
                },
              ],
            },
          },
        },
      },
      {
        is: "a sum",
        path: "/api/carts/1",
        json: { note: "put" },
        want: { body: { total: "0.00" }, diff: { carts: { changed: [{ id: 1, note: "put", total: 0 }] } } },
      },
      {
        is: "equal to what is stored",
        path: "/api/posts/5",
        json: { id: 5, title: "put", created_at: "2024-02-05T00:00:00.000Z" },
        want: { diff: { posts: { changed: [{ id: 5, title: "put", created_at: "2024-02-05T00:00:00.000Z" }] } } },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "M05",
    about: "a PUT with another value for it",
    request: { method: "PUT", path: "/api/posts/6" },
    each: [
      { is: "id", json: { id: 7, title: "x" }, want: { pointer: "/id" } },
      { is: "created_at", json: { title: "x", created_at: "2020-01-01T00:00:00Z" }, want: { pointer: "/created_at" } },
      { is: "updated_at", json: { title: "x", updated_at: "2020-01-01T00:00:00Z" }, want: { pointer: "/updated_at" } },
      { is: "a sum", path: "/api/carts/1", json: { note: "x", total: "5.00" }, want: { pointer: "/total" } },
      { is: "a key of its own", path: "/api/pages/me", json: { path: "you", title: "x" }, want: { pointer: "/path" } },
      {
        is: "half of a key",
        path: "/api/post_tags/1,news",
        json: { post_id: 2, tag: "news" },
        want: { pointer: "/post_id" },
      },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "read_only", asksDatabase: true },
  },
  {
    id: "M05",
    about: "a PUT without what is required",
    request: { method: "PUT", path: "/api/posts/6", json: { views: 1 } },
    want: { status: 400, code: "invalid_data", pointer: "/title", fieldCode: "required" },
  },
  {
    id: "M06",
    about: "null for what cannot change or cannot be empty",
    request: patch,
    each: [
      { is: "id", json: { id: null }, want: { pointer: "/id" } },
      { is: "created_at", json: { created_at: null }, want: { pointer: "/created_at" } },
      { is: "updated_at", json: { updated_at: null }, want: { pointer: "/updated_at" } },
      { is: "title", json: { title: null }, want: { pointer: "/title" } },
      { is: "a default", json: { views: null }, want: { pointer: "/views" } },
      { is: "a boolean", json: { published: null }, want: { pointer: "/published" } },
      { is: "a sum", path: "/api/carts/1", json: { total: null }, want: { pointer: "/total" } },
      { is: "a required reference", path: "/api/comments/1", json: { post_id: null }, want: { pointer: "/post_id" } },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "M07",
    about: "names that nearly are a column's",
    request: patch,
    each: beside(
      {},
      {
        Title: "x",
        "title ": "x",
        " title": "x",
        TITLE: "x",
        "tit\u217ce": "x",
        "ti\u0074\u0302le": "x",
        "title\u0000": "x",
        "title\u200b": "x",
        titlе: "x",
      },
    ),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M08",
    about: "lists cannot be changed or deleted yet",
    request: { path: "/api/posts" },
    each: [
      { is: "PATCH", method: "PATCH", json: { title: "x" } },
      { is: "DELETE", method: "DELETE" },
      { is: "DELETE with a filter", method: "DELETE", query: "id=1" },
      { is: "PATCH with a filter", method: "PATCH", query: "id[gt]=0", json: { title: "x" } },
      { is: "PUT", method: "PUT", json: { title: "x" } },
      { is: "PUT with on_conflict", method: "PUT", query: "on_conflict=title", json: { title: "x" } },
      { is: "DELETE of a nested list", method: "DELETE", path: "/api/posts/1/comments" },
    ],
    want: { status: 405, code: "method_not_allowed", headers: { allow: "GET, HEAD, POST, OPTIONS" } },
  },
  {
    id: "M09",
    about: "operators in a body are not there yet",
    request: patch,
    each: columnInputs("views", [
      { $inc: "1;--" },
      { $inc: 1 },
      { increment: 1 },
      { increment: "1;--" },
      { set: 1 },
      { "a'b": 1 },
      { ["__proto__"]: 1 },
      ["+", 1],
    ]),
    want: { status: 400, code: "invalid_data", pointer: "/views", fieldCode: "type" },
  },
  {
    id: "M09",
    about: "keys with quotes",
    request: patch,
    each: beside(
      {},
      { "a'b": 1, 'a"b': 1, "a`b": 1, "views+1": 1, "views=views+1": 1, "title/*": 1, "--": 1, $inc: { views: 1 } },
    ),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M11",
    about: "columns that other servers keep",
    request: patch,
    each: beside(
      {},
      { deleted_at: null, deleted: true, version: 2, _version: 2, __v: 1, _rev: "x", rowid: 5, _rowid_: 5, oid: 5 },
    ),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M12",
    about: "a PUT creates nothing",
    request: { method: "PUT", json: { title: "x" } },
    each: ["/api/posts/999", "/api/posts/0", "/api/pages/nope"].map((path) => ({
      is: path,
      path,
      ...(path.includes("pages") ? { json: { path: "nope", title: "x" } } : {}),
    })),
    want: { status: 404, code: "not_found" },
  },
  {
    id: "M12",
    about: "parameters of a write that there are not",
    request: { method: "POST", path: "/api/posts", json: { title: "x" } },
    each: [
      "on_conflict=title",
      "include=author",
      "id=1",
      "limit=1",
      "_method=DELETE",
      "fields=id&fields=id",
      "fields=nope",
      "filter={}",
    ].map((query) => ({ is: query, query })),
    want: { status: 400 },
  },
];
