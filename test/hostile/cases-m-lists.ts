import { columnInputs, type HostileCase, type HostileRequest, type Input } from "./case.ts";

const patch: HostileRequest = { method: "PATCH", path: "/api/posts/3" };

/** A field that is sent beside a row that is right, with its pointer. */
function beside(row: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, unknown>>): Input[] {
  return Object.entries(fields).map(([name, value]) => ({
    is: name,
    json: { ...row, [name]: value },
    want: { pointer: `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` },
  }));
}

/** 3.7: what many rows may be written by. */
export const casesMLists: readonly HostileCase[] = [
  {
    id: "M08",
    about: "a list without a condition",
    request: { path: "/api/posts" },
    each: [
      { is: "PATCH", method: "PATCH", json: { title: "x" } },
      { is: "DELETE", method: "DELETE" },
      ...[
        "filter={}",
        "fields=id",
        'filter={"and":[]}',
        'filter={"not":{"or":[]}}',
        'filter={"or":[{},{"id":1}]}',
        "comments[all]=",
      ].map((query) => ({ is: query, method: "PATCH", query, json: { title: "x" } })),
    ],
    want: { status: 400, code: "filter_required" },
  },
  {
    id: "M08",
    about: "a list that cannot be written so",
    request: { path: "/api/posts" },
    each: [
      { is: "PUT where nothing is unique", method: "PUT", json: { title: "x" } },
      { is: "DELETE of a nested list", method: "DELETE", path: "/api/posts/1/comments" },
    ],
    want: { status: 405, code: "method_not_allowed" },
  },
  {
    id: "M08",
    about: "conditions that are wrong",
    request: { method: "DELETE", path: "/api/posts" },
    each: [
      ["nope=1", "unknown_parameter"],
      ["id=x", "invalid_parameter"],
      ["id[nope]=1", "unknown_operator"],
      ["id=1&id=2", "repeated_parameter"],
      ["id=1&limit=1", "unknown_parameter"],
      ["id=1&sort=id", "unknown_parameter"],
      ["id=1&q=x", "unknown_parameter"],
      ["id=1&aggregate=count", "unknown_parameter"],
      ["author.vault.secret[starts]=C", "unknown_relation"],
      ["author.vault[none]=", "unknown_column"],
    ].map(([query = "", code = ""]) => ({ is: query, query, want: { code } })),
    want: { status: 400 },
  },
  {
    id: "M08",
    about: "exactly the rows that match",
    request: { path: "/api/posts" },
    each: [
      {
        is: "PATCH",
        method: "PATCH",
        query: "id[in]=5&id[in]=6&id[in]=999",
        json: { views: 50 },
        want: {
          headers: { "x-total-count": "2" },
          diff: {
            posts: {
              changed: [
                { id: 5, views: 50 },
                { id: 6, views: 50 },
              ],
            },
          },
        },
      },
      {
        is: "PATCH that breaks a check of one of them",
        method: "PATCH",
        path: "/api/events",
        query: "id[gte]=1",
        json: { ends_at: "2023-01-01T00:00:00Z" },
        want: { status: 400, code: "invalid_data", asksDatabase: true },
      },
      {
        is: "DELETE",
        method: "DELETE",
        path: "/api/comments",
        query: "id[lte]=2",
        want: {
          status: 204,
          headers: { "x-total-count": "2" },
          diff: { comments: { removed: [{ id: 1 }, { id: 2 }] } },
        },
      },
      {
        is: "DELETE of none",
        method: "DELETE",
        query: "title='%20OR%201=1--",
        want: { status: 204, headers: { "x-total-count": "0" }, diff: {} },
      },
      {
        is: "DELETE where one is still referred to",
        method: "DELETE",
        query: "id[lte]=2",
        want: { status: 409, code: "still_referenced" },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "M08",
    about: "tables that are closed, and one that wants If-Match",
    request: { method: "DELETE" },
    each: [
      { is: "nobody", path: "/api/vault", query: "user_id=1", want: { status: 403, code: "forbidden" } },
      {
        is: "nobody, by a wrong column",
        path: "/api/vault",
        query: "sceret=1",
        want: { status: 403, code: "forbidden" },
      },
      { is: "administrators", path: "/api/staff", query: "secret=1", want: { status: 401, code: "sign_in_required" } },
      { is: "not readable", path: "/api/inbox", query: "user_id=1", want: { status: 403, code: "forbidden" } },
      { is: "if_match", path: "/api/settings", query: "id=1", want: { status: 428, code: "precondition_required" } },
      {
        is: "if_match, with one tag for all",
        path: "/api/settings",
        query: "id=1",
        headers: { "if-match": "*" },
        want: { status: 428, code: "precondition_required" },
      },
    ],
    want: { status: 403, absent: ["secret,", "user_id"] },
  },
  {
    id: "M09",
    about: "operators in a body that there are not",
    request: patch,
    each: columnInputs("views", [
      { $inc: "1;--" },
      { $inc: 1 },
      { set: 1 },
      { increment: 1, decrement: 1 },
      { "a'b": 1 },
      { increment: 1, $inc: 2 },
      { INCREMENT: 1 },
      { ["__proto__"]: 1 },
      ["+", 1],
    ]),
    want: { status: 400, code: "invalid_data", pointer: "/views", fieldCode: "type" },
  },
  {
    id: "M09",
    about: "operands that are none",
    request: patch,
    each: columnInputs(
      "views",
      ["1;--", "1", null, true, 1.5, 1e300, 9007199254740992, [], { increment: 1 }].map((increment) => ({ increment })),
    ),
    want: { status: 400, code: "invalid_data", pointer: "/views/increment", fieldCode: "type" },
  },
  {
    id: "M09",
    about: "sums: within the column, beyond it, and of what is no number",
    request: patch,
    each: [
      {
        is: "+1",
        json: { views: { increment: 1 } },
        want: { status: 200, diff: { posts: { changed: [{ id: 3, views: 4 }] } } },
      },
      {
        is: "-1",
        json: { views: { increment: -1 } },
        want: { status: 200, diff: { posts: { changed: [{ id: 3, views: 3 }] } } },
      },
      {
        is: "beyond",
        json: { views: { increment: 2147483647 } },
        want: { pointer: "/views", fieldCode: "out_of_range", asksDatabase: true },
      },
      { is: "a text", json: { title: { increment: 1 } }, want: { pointer: "/title/increment", fieldCode: "type" } },
      {
        is: "a reference",
        json: { author_id: { increment: 1 } },
        want: { pointer: "/author_id/increment", fieldCode: "type" },
      },
      { is: "the key", json: { id: { increment: 1 } }, want: { pointer: "/id", fieldCode: "type" } },
      {
        is: "what the server keeps",
        path: "/api/carts/1",
        json: { total: { increment: "1" } },
        want: { pointer: "/total", fieldCode: "type" },
      },
      {
        is: "in a POST",
        method: "POST",
        path: "/api/posts",
        json: { title: "x", views: { increment: 1 } },
        want: { pointer: "/views", fieldCode: "type" },
      },
      {
        is: "in a PUT",
        method: "PUT",
        json: { title: "x", views: { increment: 1 } },
        want: { pointer: "/views", fieldCode: "type" },
      },
    ],
    want: { status: 400, code: "invalid_data" },
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
    about: "a PUT of a row that is not there creates nothing",
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
    about: "an upsert is a create or a change by what it turns out to be, and is asked that rule",
    request: { method: "PUT", path: "/api/tickets", query: "on_conflict=code" },
    each: [
      {
        is: "not there: may be made",
        json: { code: "new", note: "n" },
        want: { status: 201, diff: { tickets: { added: [{ code: "new", note: "n" }] } } },
      },
      { is: "there: may not be changed", json: { code: "used", note: "stolen" } },
      {
        is: "one of a list is there",
        json: [
          { code: "other", note: "n" },
          { code: "used", note: "stolen" },
        ],
      },
      {
        is: "made by the list itself",
        json: [
          { code: "self", note: "n" },
          { code: "self", note: "stolen" },
        ],
      },
    ],
    want: { status: 403, code: "forbidden", asksDatabase: true, absent: ["first", "stolen"] },
  },
  {
    id: "M12",
    about: "an upsert by something that is not unique, or of a table that is closed",
    request: { method: "PUT", path: "/api/users", json: { email: "alice@example.com", name: "x" } },
    each: [
      { is: "no on_conflict", want: { code: "missing_parameter" } },
      ...["name", "id", "email,nick", "email'--", "", "__proto__"].map((name) => ({
        is: name,
        query: { on_conflict: name },
        want: { code: "invalid_parameter" },
      })),
      { is: "twice", query: "on_conflict=email&on_conflict=email", want: { code: "repeated_parameter" } },
      {
        is: "an id beside it",
        query: "on_conflict=email",
        json: { id: 1, email: "alice@example.com", name: "x" },
        want: { code: "invalid_data", pointer: "/id" },
      },
      {
        is: "nothing unique",
        path: "/api/posts",
        query: "on_conflict=title",
        want: { status: 405, code: "method_not_allowed" },
      },
      { is: "closed", path: "/api/vault", query: "on_conflict=id", want: { status: 405, code: "method_not_allowed" } },
    ],
    want: { status: 400 },
  },
  {
    id: "M12",
    about: "an upsert changes the one row of an address, whatever its case",
    request: { method: "PUT", path: "/api/users", query: "on_conflict=email" },
    each: [
      {
        is: "the same letters in another case",
        json: { email: "BOB@example.com", name: "Bobby" },
        want: { diff: { users: { changed: [{ id: 2, email: "BOB@example.com", name: "Bobby" }] } } },
      },
    ],
    want: { status: 200, headers: { location: null } },
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
