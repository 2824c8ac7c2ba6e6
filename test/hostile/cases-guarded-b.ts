import type { HostileCase, HostileRequest, Input } from "./case.ts";
import { CANARY } from "./declaration.ts";
import type { Caller } from "./world.ts";

/** Rows that a caller may not see, in tables of which it may see others. */
const HIDDEN: readonly { readonly as: Caller; readonly path: string; readonly key: string; readonly json: object }[] = [
  { as: "alice", path: "/api/notes", key: "2", json: { text: "taken over" } },
  { as: "alice", path: "/api/posts", key: "4", json: { title: "taken over" } },
  { as: "alice", path: "/api/users", key: "5", json: { username: "taken", email: "taken@example.com" } },
  { as: "alice", path: "/api/papers", key: "2", json: { team_id: 1, title: "taken over" } },
  { as: "alice", path: "/api/comments", key: "3", json: { post_id: 1, body: "taken over" } },
  { as: "eve", path: "/api/teams", key: "2", json: { name: "taken over" } },
  { as: "bob", path: "/api/posts", key: "2", json: { title: "taken over" } },
];

const VERBS: readonly (readonly [id: string, method: string, query?: string])[] = [
  ["B01", "GET"],
  ["B02", "HEAD"],
  ["B03", "PATCH"],
  ["B04", "PUT"],
  ["B05", "DELETE"],
  ["B08", "GET", "fields=id"],
];

/** Nothing of these may be told to who does not see them. */
const ABSENT = ["hidden-", "hiddenword", "canary"];

function byKey([id, method, query]: (typeof VERBS)[number]): HostileCase {
  const has = method === "PATCH" || method === "PUT";
  const each = HIDDEN.filter(({ path }) => method !== "DELETE" || path !== "/api/teams").map(
    ({ as, path, key, json }): Input => {
      const asked = { method, as, ...(has ? { json } : {}), ...(query === undefined ? {} : { query }) };
      return {
        is: `${path}/${key} as ${as}`,
        ...asked,
        path: `${path}/${key}`,
        want: {
          sameAs: {
            ...asked,
            path: `${path}/999`,
            masks: [`${path}/${key}`, `${path}/999`, ` ${key}`, " 999", `"${key}"`, '"999"'],
          },
        },
      };
    },
  );
  const code = method === "HEAD" ? {} : { code: "not_found" };
  return {
    id,
    about: `${method} ${query ?? ""} of a row that is not seen is that of none`,
    request: {},
    each,
    want: { status: 404, ...code, absent: ABSENT },
  };
}

const UNSEEN_LISTS: readonly HostileRequest[] = [
  { path: "/api/notes" },
  { path: "/api/notes", query: { sort: "-amount,text" } },
  { path: "/api/notes", query: { "amount[gte]": "0", limit: "1000" } },
  { path: "/api/notes", query: { filter: JSON.stringify({ or: [{ user_id: 2 }, { user_id: 1 }] }) } },
  { path: "/api/notes", query: { filter: JSON.stringify({ not: { user_id: 1 } }) } },
  { path: "/api/notes", query: { "text[contains]": "hidden" } },
  { path: "/api/notes", query: { "user.username": "bob" } },
  { path: "/api/notes", headers: { accept: "text/csv" } },
  { path: "/api/notes", headers: { accept: "application/x-ndjson" } },
  { path: "/api/notes", query: { offset: "1" } },
  { path: "/api/notes", query: { include: "user.posts.comments" } },
  { path: "/api/posts", query: { "title[starts]": "hidden-draft-2" } },
  { path: "/api/posts", query: { status: "draft", include: "author,comments", sort: "title" } },
  { path: "/api/posts", query: { q: "hiddenword", "author_id[ne]": "1" } },
  { path: "/api/papers" },
  { path: "/api/papers", query: { "team.name": "hidden-team" } },
  { path: "/api/teams", query: { include: "members,papers" } },
  { path: "/api/users", query: { include: "posts,notes,comments", "id[ne]": "1" } },
  { path: "/api/users", query: { "notes.text": "hidden-note" } },
  { path: "/api/users", query: { sort: "username", include: "notes" } },
];

function rowsOf(json: readonly unknown[]): { rows: readonly unknown[] } {
  return { rows: json };
}

/** A question about a private column, and the same about one that there is not. */
function likeNone(request: HostileRequest, column: string, none: string): Input {
  const swap = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(column, none)) as T;
  return {
    is: `${request.path} ${column}: ${JSON.stringify(request.query)} as ${request.as ?? "nobody"}`,
    ...request,
    want: { sameAs: { ...swap(request), masks: [column, none] } },
  };
}

const AGGREGATES = ["min", "max", "sum", "avg", "count"];

/** 3.11, where rows and columns have owners. */
export const casesGuardedB: readonly HostileCase[] = [
  ...VERBS.map(byKey),
  {
    id: "B09",
    about: "no list holds what is not seen",
    request: { as: "alice" },
    each: UNSEEN_LISTS.map((request) => ({ is: JSON.stringify(request), ...request })),
    want: {
      status: 200,
      absent: [
        "hidden-draft-2",
        "hidden-note",
        "hidden-code",
        "hidden-paper",
        "hidden-team",
        "hidden-comment",
        "ghost@",
        CANARY,
        "secretword",
      ],
    },
  },
  {
    id: "B10",
    about: "rows below a row",
    request: { as: "alice" },
    each: [
      { is: "another's notes", path: "/api/users/2/notes", want: rowsOf([]) },
      { is: "another's posts", path: "/api/users/2/posts", want: rowsOf([{ id: 3 }]) },
      { is: "one's own", path: "/api/users/1/notes", want: rowsOf([{ id: 3 }, { id: 1 }]) },
      {
        is: "below a row that is not seen",
        path: "/api/users/5/posts",
        want: {
          status: 404,
          code: "not_found",
          sameAs: { as: "alice", path: "/api/users/999/posts", masks: ["/5/", "/999/", " 5", " 999"] },
        },
      },
      { is: "below another's draft", path: "/api/posts/4/comments", want: { status: 404, code: "not_found" } },
      {
        is: "of a table of administrators",
        path: "/api/users/1/ledger",
        want: { status: [403, 404], asksDatabase: false },
      },
    ],
    want: { status: 200, absent: ["hidden-", "canary"] },
  },
  {
    id: "B11",
    about: "there are no rows below rows by key",
    request: { as: "alice", path: "/api/users/1/posts/4" },
    want: { status: 404, code: "no_route", asksDatabase: false },
  },
  {
    id: "B12",
    about: "a row below one that is not seen",
    request: { method: "POST", as: "alice" },
    each: [
      {
        is: "by the parent",
        path: "/api/posts/4/comments",
        json: { body: "x" },
        want: { status: 404, code: "not_found" },
      },
      {
        is: "by the reference",
        path: "/api/comments",
        json: { post_id: 4, body: "x" },
        want: {
          pointer: "/post_id",
          fieldCode: "reference_missing",
          sameAs: { method: "POST", as: "alice", path: "/api/comments", json: { post_id: 999, body: "x" }, masks: [] },
        },
      },
      {
        is: "a paper of another team",
        path: "/api/papers",
        json: { team_id: 2, title: "x" },
        want: { pointer: "/team_id", fieldCode: "reference_missing" },
      },
      {
        is: "in a list of rows",
        path: "/api/comments",
        json: [
          { post_id: 1, body: "x" },
          { post_id: 4, body: "x" },
        ],
        want: { pointer: "/1/post_id", fieldCode: "reference_missing" },
      },
      {
        is: "nobody",
        as: "nobody",
        path: "/api/comments",
        json: { post_id: 1, body: "x" },
        want: { status: 401, code: "sign_in_required", asksDatabase: false },
      },
    ],
    want: { status: 400, code: "invalid_data", asksDatabase: true },
  },
  {
    id: "B13",
    about: "a row moved below one that is not seen",
    request: { method: "PATCH", as: "alice" },
    each: [
      { is: "a comment", path: "/api/comments/2", json: { post_id: 4 }, want: { pointer: "/post_id" } },
      { is: "a paper", path: "/api/papers/1", json: { team_id: 2 }, want: { pointer: "/team_id" } },
      { is: "in a list", path: "/api/comments?id=2", json: { post_id: 4 }, want: { pointer: "/post_id" } },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "reference_missing", asksDatabase: true },
  },
  {
    id: "B14",
    about: "the author of a post, whom nobody sees",
    request: { path: "/api/posts/9", query: { include: "author" } },
    each: [{ is: "nobody" }, { is: "alice", as: "alice" }, { is: "eve", as: "eve" }],
    want: { status: 200, body: { id: 9, author: null }, absent: ["ghost", "canary"] },
  },
  {
    id: "B15",
    about: "what is included obeys its own table",
    request: { as: "alice", path: "/api/users" },
    each: [
      {
        is: "posts",
        query: { include: "posts", "id[in]": ["1", "2"], sort: "id" },
        want: rowsOf([
          { id: 1, posts: [{ id: 2 }, { id: 1 }] },
          { id: 2, posts: [{ id: 3 }] },
        ]),
      },
      {
        is: "counted",
        query: { include: "posts.count,notes.count", "id[in]": ["1", "2"], sort: "id" },
        want: rowsOf([
          { id: 1, posts_count: 2, notes_count: 2 },
          { id: 2, posts_count: 1, notes_count: 0 },
        ]),
      },
      { is: "notes", query: { include: "notes", id: "2" }, want: rowsOf([{ id: 2, notes: [] }]) },
      {
        is: "there and back",
        path: "/api/posts/3",
        query: { include: "author.posts.author" },
        want: { body: { id: 3, author: { id: 2, posts: [{ id: 3 }] } } },
      },
    ],
    want: { status: 200, absent: ["hidden-draft-2", "hidden-note", CANARY] },
  },
  {
    id: "B16",
    about: "rows to many obey theirs",
    request: { as: "alice", path: "/api/users/2", query: { include: "comments" } },
    want: { status: 200, body: { id: 2, comments: [{ id: 1 }] }, absent: ["hidden-comment"] },
  },
  {
    id: "B17",
    about: "sums over what is seen",
    request: {
      as: "alice",
      path: "/api/notes",
      query: { aggregate: "count,sum(amount),avg(amount),min(amount),max(amount)" },
    },
    each: [
      { is: "notes", want: { body: [{ count: 2, sum_amount: 30, avg_amount: 15, min_amount: 10, max_amount: 20 }] } },
      { is: "notes of others", query: { aggregate: "count", user_id: "2" }, want: { body: [{ count: 0 }] } },
      {
        is: "posts in groups",
        path: "/api/posts",
        query: { aggregate: "count", group_by: "status" },
        as: "bob",
        want: {
          absent: ["hidden-"],
          rows: [
            { status: "draft", count: 1 },
            { status: "published", count: 5 },
          ],
        },
      },
      {
        is: "nobody's",
        path: "/api/posts",
        query: { aggregate: "count", group_by: "status" },
        as: "nobody",
        want: { rows: [{ status: "published", count: 5 }] },
      },
      {
        is: "the exact count of a list",
        path: "/api/posts",
        query: { count: "exact" },
        as: "nobody",
        want: { headers: { "x-total-count": "5" } },
      },
      {
        is: "a table of one's own",
        path: "/api/notes",
        query: { aggregate: "count" },
        as: "nobody",
        want: { status: 401, code: "sign_in_required", asksDatabase: false },
      },
      {
        is: "a table of administrators",
        path: "/api/ledger",
        query: { aggregate: "max(label)" },
        want: { status: 403, code: "forbidden" },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "B18",
    about: "a private column in an aggregate is none",
    request: { path: "/api/users" },
    each: (["alice", "nobody", "eve", "admin"] as const).flatMap((as) => [
      ...AGGREGATES.map((name) =>
        likeNone({ as, path: "/api/users", query: { aggregate: `${name}(score)` } }, "score", "scorn"),
      ),
      likeNone({ as, path: "/api/users", query: { aggregate: "count", group_by: "secret" } }, "secret", "sacred"),
      likeNone({ as, path: "/api/users", query: { aggregate: "max(pin)" } }, "pin", "pen"),
      likeNone({ as, path: "/api/posts", query: { aggregate: "count", group_by: "secret" } }, "secret", "sacred"),
    ]),
    want: { status: 400, absent: ["canary"] },
  },
  {
    id: "B22",
    about: "a reference to a private column of an earlier result",
    request: { method: "POST", path: "/api/batch", as: "alice" },
    each: ["secret", "sacred"].map((name) => ({
      is: name,
      json: [
        { method: "POST", path: "/api/posts", body: { title: "first of a batch" } },
        { method: "PATCH", path: "/api/posts/{0.id}", body: { title: { ref: `0.${name}` } } },
      ],
    })),
    want: { status: 400, code: "invalid_reference", asksDatabase: false, absent: ["first of a batch", "canary"] },
  },
  {
    id: "B23",
    about: "no operation of a batch is a route of accounts",
    request: { method: "POST", path: "/api/batch", as: "alice" },
    each: ["sign-in", "sign-up", "sign-out", "refresh", "change-password"].map((route) => ({
      is: route,
      json: [{ method: "POST", path: `/api/auth/${route}`, body: { email: "bob@example.com", password: "x" } }],
    })),
    want: { status: 400, code: "invalid_data", pointer: "/0/path" },
  },
  {
    id: "B24",
    about: "an operation that is refused: nothing of the others is there",
    request: { method: "POST", path: "/api/batch", as: "alice" },
    each: [
      {
        is: "a row that is not seen",
        op: { method: "DELETE", path: "/api/notes/2" },
        want: { status: 404, code: "not_found" },
      },
      {
        is: "a row that is seen",
        op: { method: "DELETE", path: "/api/posts/3" },
        want: { status: 403, code: "forbidden" },
      },
      {
        is: "a table of others",
        op: { method: "POST", path: "/api/ledger", body: { label: "x" } },
        want: { status: 403, code: "forbidden", asksDatabase: false },
      },
      {
        is: "another's owner",
        op: { method: "POST", path: "/api/notes", body: { text: "x", user_id: 2 } },
        want: { status: 400, code: "invalid_data" },
      },
      {
        is: "a reference to what is not seen",
        op: { method: "POST", path: "/api/comments", body: { post_id: 4, body: "x" } },
        want: { status: 400, code: "invalid_data" },
      },
      {
        is: "the row after",
        op: { method: "PATCH", path: "/api/locks/1", body: { open: false } },
        want: { status: 403, code: "forbidden" },
      },
    ].map(({ op, ...input }) => ({
      ...input,
      json: [{ method: "POST", path: "/api/notes", body: { text: "first of a batch" } }, op],
    })),
    want: { status: 400, asksDatabase: true, absent: ["first of a batch"] },
  },
  {
    id: "B26",
    about: "a rule about a column that the request changes",
    request: { method: "PATCH", as: "alice", path: "/api/locks/2", json: { open: true } },
    each: [
      { is: "opened" },
      { is: "opened and changed", json: { open: true, label: "x" } },
      { is: "shut", path: "/api/locks/1", json: { open: false } },
    ],
    want: { status: 403, code: "forbidden", asksDatabase: true },
  },
  {
    id: "B27",
    about: "one's own draft is kept for nobody else",
    request: { path: "/api/posts/2" },
    each: [
      { is: "alice", as: "alice", want: { status: 200, headers: { vary: /Authorization/ } } },
      { is: "nobody", want: { status: 404, code: "not_found", absent: ["hidden-"] } },
      { is: "bob", as: "bob", want: { status: 404, code: "not_found", absent: ["hidden-"] } },
      { is: "alice again", as: "alice", want: { status: 200, body: { title: "hidden-draft-1" } } },
      { is: "nobody, in a list", path: "/api/posts?id=2", want: { status: 200, rows: [] } },
    ],
    want: { status: 200 },
  },
  {
    id: "B28",
    about: "who belongs to a team is not for the caller to say",
    request: { as: "alice", path: "/api/papers" },
    each: [
      { is: "a header", headers: { "x-tenant-id": "2", "x-team-id": "2" }, want: { status: 200, rows: [{ id: 1 }] } },
      { is: "a filter", query: { team_id: "2" }, want: { status: 200, rows: [] } },
      { is: "a parameter", query: { tenant_id: "2" }, want: { status: 400 } },
      {
        is: "a filter through the team",
        query: { filter: JSON.stringify({ team: { tenant: 2 } }) },
        want: { status: 200, rows: [] },
      },
      {
        is: "a body",
        method: "POST",
        json: { team_id: 2, title: "x" },
        want: { status: 400, fieldCode: "reference_missing", asksDatabase: true },
      },
      {
        is: "a member it may not add",
        method: "POST",
        path: "/api/members",
        json: { team_id: 2, user_id: 1 },
        want: { status: 403, code: "forbidden" },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "B29",
    about: "equal keys of two accounts tables",
    request: { as: "anna" },
    each: [
      { is: "one's own row", path: "/api/staff/1", want: { status: 200, body: { login: "anna" } } },
      { is: "one's own tasks", path: "/api/tasks", want: { status: 200, rows: [{ id: 1 }] } },
      { is: "the notes of the user with the key", path: "/api/notes", want: { status: 403, code: "forbidden" } },
      { is: "the drafts of the user with the key", path: "/api/posts/2", want: { status: 404 } },
      {
        is: "the diary of the user with the key",
        path: "/api/users/1",
        want: { status: 200, absent: ["canary", "alice@example.com", "diary"] },
      },
      {
        is: "the row of the user with the key",
        method: "PATCH",
        path: "/api/users/1",
        json: { username: "x" },
        want: { status: 403, code: "forbidden" },
      },
      {
        is: "the worker with the key",
        as: "alice",
        path: "/api/staff/1",
        want: { status: 403, code: "forbidden", absent: ["staff-memo"] },
      },
      {
        is: "the tasks of the worker with the key",
        as: "alice",
        path: "/api/tasks",
        want: { status: 403, code: "forbidden", absent: ["staff-task"] },
      },
      {
        is: "a team of the user with the key",
        path: "/api/teams",
        want: { status: 403, code: "forbidden", asksDatabase: false },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "B30",
    about: "a table of administrators is named to nobody else",
    request: { as: "alice" },
    each: [
      { is: "a relation that nearly is it", path: "/api/users?include=ledgr", want: { status: 400 } },
      { is: "a filter that nearly is it", path: "/api/users?ledgr.label=x", want: { status: 400 } },
      {
        is: "a tree that nearly is it",
        path: "/api/users",
        query: { filter: JSON.stringify({ ledgr: { label: "x" } }) },
        want: { status: 400 },
      },
      { is: "a sort that nearly is it", path: "/api/users?sort=ledgr.label", want: { status: 400 } },
      { is: "a path that nearly is it", path: "/api/ledgr", want: { status: 404, code: "no_route" } },
      { is: "a path below a row that nearly is it", path: "/api/users/1/ledgr", want: { status: 404 } },
      {
        is: "the same path without an account",
        as: "nobody",
        path: "/api/ledgr",
        want: { status: 404, code: "no_route" },
      },
      {
        is: "a batch",
        method: "POST",
        path: "/api/batch",
        json: [{ method: "POST", path: "/api/ledgr", body: {} }],
        want: { status: 400 },
      },
    ],
    want: { status: 400, absent: ["ledger"], asksDatabase: false },
  },
];
