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
        "author.name": "x",
        users: [],
        vault: [],
        staff: [{ secret: "x" }],
      },
    ),
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "M04",
    about: "rows of a relation that are none, or bring more than they may",
    request: { method: "POST", path: "/api/posts" },
    each: [
      {
        is: "an order to create",
        json: { title: "x", post_tags: { create: { tag: "x" } } },
        want: { pointer: "/post_tags" },
      },
      { is: "ids", json: { title: "x", comments: [1, 2] }, want: { pointer: "/comments/0" } },
      {
        is: "a rank",
        json: { title: "x", comments: [{ body: "x", role: "admin" }] },
        want: { pointer: "/comments/0/role" },
      },
      { is: "an id", json: { title: "x", comments: [{ body: "x", id: 1 }] }, want: { pointer: "/comments/0/id" } },
      {
        is: "another parent",
        json: { title: "x", comments: [{ body: "x", post_id: 2 }] },
        want: { pointer: "/comments/0/post_id", fieldCode: "read_only" },
      },
      {
        is: "a time",
        json: { title: "x", comments: [{ body: "x", created_at: "2024-01-01T00:00:00Z" }] },
        want: { pointer: "/comments/0/created_at" },
      },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "M04",
    about: "rows below the row, in one transaction",
    request: { method: "POST", path: "/api/posts" },
    each: [
      {
        is: "all right",
        json: { title: "with comments", comments: [{ body: "one" }, { body: "two" }] },
        want: {
          status: 201,
          body: { title: "with comments", comments: [{ body: "one" }, { body: "two" }] },
          diff: {
            posts: { added: [{ title: "with comments" }] },
            comments: { added: [{ body: "one" }, { body: "two" }] },
          },
        },
      },
      {
        is: "the last one clashes",
        json: { title: "x", comments: [{ body: "x" }], post_tags: [{ tag: "a" }, { tag: "a" }] },
        want: { status: 409, code: "unique", pointer: "/post_tags/1/post_id" },
      },
    ],
    want: { status: 201 },
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
];
