import type { HostileCase, Input } from "./case.ts";
import { CANARY } from "./declaration.ts";

const member = { username: "newcomer", email: "newcomer@example.com" };

const RANKS = {
  role: "admin",
  roles: ["admin"],
  isAdmin: true,
  verified: true,
  verified_at: "2024-01-01T00:00:00Z",
  email_verified_at: "2024-01-01T00:00:00Z",
  tenant_id: 1,
  password_hash: "x",
  disabled_at: null,
  epoch: 9,
  totp: "x",
  secret: "x",
  vault: {},
  score: 1,
  phone: "x",
  _servery_accounts: { roles: ["admin"] },
  "user.roles": ["admin"],
};

function beside(row: object, fields: object): Input[] {
  return Object.entries(fields).map(([name, value]) => ({
    is: name,
    json: { ...row, [name]: value as unknown },
    want: { pointer: `/${name}` },
  }));
}

const unknown = { status: 400, code: "invalid_data", fieldCode: "unknown_field" };

/** 3.7, where rows and columns have owners. */
export const casesGuardedM: readonly HostileCase[] = [
  {
    id: "M01",
    about: "rights in a sign-up",
    request: { method: "POST", path: "/api/auth/sign-up" },
    each: beside({ ...member, password: "long enough a password" }, { ...RANKS, pin: "x" }),
    want: unknown,
  },
  {
    id: "M01",
    about: "rights in a new user by the table's own route",
    request: { method: "POST", path: "/api/users" },
    each: beside(member, { ...RANKS, pin: "x", password: "long enough a password" }),
    want: unknown,
  },
  {
    id: "M01",
    about: "rights in a new user, by a caller who is signed in",
    request: { method: "POST", path: "/api/users", as: "alice" },
    each: beside(member, RANKS),
    want: unknown,
  },
  {
    id: "M02",
    about: "rights in one's own row",
    request: { method: "PATCH", path: "/api/users/1", as: "alice" },
    each: beside({}, { ...RANKS, password: "x" }),
    want: unknown,
  },
  {
    id: "M02",
    about: "somebody else's row",
    request: { method: "PATCH", path: "/api/users/1", json: { username: "taken over" } },
    each: [
      { is: "another user", as: "bob" },
      { is: "an editor", as: "eve" },
      { is: "the account of another table with the same key", as: "anna" },
      {
        is: "nobody",
        want: { status: 401, code: "sign_in_required", headers: { "www-authenticate": "Bearer" }, asksDatabase: false },
      },
      {
        is: "whoever sends a private column",
        as: "bob",
        json: { secret: "x" },
        want: { status: 400, code: "invalid_data" },
      },
    ],
    want: { status: 403, code: "forbidden", asksDatabase: true },
  },
  {
    id: "M03",
    about: "a row handed to somebody else, or taken",
    request: { method: "PATCH", path: "/api/notes/1", as: "alice" },
    each: [
      { is: "given away", json: { user_id: 2 }, want: { pointer: "/user_id", fieldCode: "read_only" } },
      { is: "given to nobody there", json: { user_id: 999 }, want: { pointer: "/user_id", fieldCode: "read_only" } },
      { is: "given away with a change", json: { text: "x", user_id: 2 }, want: { pointer: "/user_id" } },
      { is: "by a PUT", method: "PUT", json: { text: "x", user_id: 2 }, want: { pointer: "/user_id" } },
      {
        is: "made for another",
        method: "POST",
        path: "/api/notes",
        json: { text: "x", user_id: 2 },
        want: { pointer: "/user_id", fieldCode: "read_only" },
      },
      {
        is: "made for the account of another table with the same key",
        method: "POST",
        path: "/api/tasks",
        as: "bob",
        json: { title: "x", worker_id: 1 },
        want: { pointer: "/worker_id", fieldCode: "read_only" },
      },
      {
        is: "made by an account of another table, which cannot own it",
        method: "POST",
        path: "/api/tasks",
        as: "bob",
        json: { title: "x" },
        want: { status: 403, code: "forbidden" },
      },
      { is: "taken", path: "/api/notes/2", json: { user_id: 1 }, want: { status: 404, code: "not_found" } },
      { is: "in a list", path: "/api/notes?id=1", json: { user_id: 2 }, want: { pointer: "/user_id" } },
    ],
    want: { status: 400, code: "invalid_data", asksDatabase: true },
  },
  {
    id: "M03",
    about: "the rule holds for the row before and after",
    request: { method: "PATCH", as: "alice" },
    each: [
      { is: "before", path: "/api/locks/2", json: { open: true } },
      { is: "after", path: "/api/locks/1", json: { open: false } },
      { is: "after, by a PUT", method: "PUT", path: "/api/locks/1", json: { label: "x", open: false } },
      { is: "another's", path: "/api/locks/3", json: { label: "x" } },
    ],
    want: { status: 403, code: "forbidden", asksDatabase: true },
  },
  {
    id: "M03",
    about: "an owner may be sent as it is",
    request: { method: "PATCH", path: "/api/locks/1", as: "alice", json: { user_id: 1, label: "renamed" } },
    want: { status: 200, diff: { locks: { changed: [{ id: 1, user_id: 1, label: "renamed" }] } } },
  },
  {
    id: "M04",
    about: "rows inside a row",
    request: { method: "POST", path: "/api/posts", as: "alice" },
    each: [
      {
        is: "an author",
        json: { title: "x", author: { id: 2, role: "admin" } },
        want: { pointer: "/author", fieldCode: "unknown_field" },
      },
      {
        is: "a comment of somebody else",
        json: { title: "x", comments: [{ body: "x", user_id: 2 }] },
        want: { pointer: "/comments/0/user_id", fieldCode: "read_only" },
      },
      {
        is: "a private column below",
        json: { title: "x", comments: [{ body: "x", secret: "x" }] },
        want: { pointer: "/comments/0/secret", fieldCode: "unknown_field" },
      },
      {
        is: "a table of administrators",
        path: "/api/users",
        json: { ...member, ledger: [{ label: "x" }] },
        want: { pointer: "/ledger", fieldCode: "unknown_field" },
      },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "M05",
    about: "a PUT keeps what its caller may not write",
    request: { method: "PUT", path: "/api/users/2", as: "bob", json: { username: "bob", email: "bob@example.com" } },
    want: {
      status: 200,
      diff: {
        users: {
          changed: [
            {
              id: 2,
              secret: `${CANARY} secretword2`,
              score: 771_230_002,
              vault: `{"key":"${CANARY}-vault-2"}`,
              diary: null,
            },
          ],
        },
      },
    },
  },
  {
    id: "M06",
    about: "null for what is not the caller's",
    request: { method: "PATCH", path: "/api/notes/1", as: "alice" },
    each: [
      { is: "the owner", json: { user_id: null }, want: { pointer: "/user_id" } },
      { is: "a private column", json: { secret: null }, want: { pointer: "/secret", fieldCode: "unknown_field" } },
      {
        is: "what administrators write",
        path: "/api/users/1",
        json: { phone: null },
        want: { pointer: "/phone", fieldCode: "unknown_field" },
      },
      { is: "the key", json: { id: null }, want: { pointer: "/id" } },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "M07",
    about: "names that nearly are a private column's",
    request: { method: "PATCH", path: "/api/users/1", as: "alice" },
    each: beside({}, { Secret: "x", "secret ": "x", SECRET: "x", secre: "x", ſecret: "x", secrets: "x" }),
    want: { ...unknown, absent: ['"secret"', "Did you mean secret", "phone", "vault"] },
  },
  {
    id: "M08",
    about: "a list changes what the caller may see and change",
    request: { method: "PATCH", path: "/api/notes", as: "alice", json: { amount: 11 } },
    each: [
      {
        is: "everything it sees",
        query: { "id[gte]": "1" },
        want: {
          diff: {
            notes: {
              changed: [
                { id: 1, amount: 11 },
                { id: 3, amount: 11 },
              ],
            },
          },
        },
      },
      { is: "another's by its key", query: { id: "2" }, want: { diff: {} } },
      { is: "another's by its value", query: { code: "hidden-code" }, want: { diff: {} } },
      {
        is: "what it sees and may not change",
        path: "/api/posts",
        query: { "id[in]": ["3", "5", "7"] },
        json: { title: "taken over" },
        want: { diff: {} },
      },
      {
        is: "what the rule leaves, of what it sees",
        path: "/api/locks",
        query: { "id[gte]": "1" },
        json: { label: "mine" },
        want: { diff: { locks: { changed: [{ id: 1, label: "mine" }] } } },
      },
      { is: "deleted: another's", method: "DELETE", query: { id: "2" }, want: { status: 204, diff: {} } },
    ],
    want: { status: 200, asksDatabase: true },
  },
  {
    id: "M08",
    about: "a list without a filter, or by a column that is not the caller's",
    request: { method: "PATCH", path: "/api/users", as: "alice", json: { username: "x" } },
    each: [
      { is: "none", want: { code: "filter_required" } },
      { is: "deleted, none", method: "DELETE", want: { code: "filter_required" } },
      { is: "private", query: { secret: "x" }, want: { code: ["unknown_column", "unknown_parameter"] } },
      {
        is: "deleted by a private one",
        method: "DELETE",
        query: { "pin[starts]": "x" },
        want: { code: ["unknown_column", "unknown_parameter"] },
      },
    ],
    want: { status: 400 },
  },
  {
    id: "M12",
    about: "a PUT that creates or changes",
    request: { method: "PUT", path: "/api/notes", query: { on_conflict: "code" }, as: "alice" },
    each: [
      {
        is: "changes one's own",
        json: { text: "changed by an upsert", code: "alice-code" },
        want: { status: 200, diff: { notes: { changed: [{ id: 1, text: "changed by an upsert", user_id: 1 }] } } },
      },
      {
        is: "creates one's own",
        json: { text: "made by an upsert", code: "new-code" },
        want: {
          status: [200, 201],
          diff: { notes: { added: [{ text: "made by an upsert", user_id: 1, secret: null }] } },
        },
      },
      { is: "clashes with another's", json: { text: "x", code: "hidden-code" }, want: { status: 409, code: "unique" } },
      {
        is: "two, the last clashes",
        json: [
          { text: "x", code: "fresh-code" },
          { text: "x", code: "hidden-code" },
        ],
        want: { status: 409, code: "unique" },
      },
      {
        is: "hands over",
        json: { text: "x", code: "alice-code", user_id: 2 },
        want: { status: 400, code: "invalid_data" },
      },
      {
        is: "changes what it sees and may not change",
        path: "/api/users",
        query: { on_conflict: "username" },
        json: { username: "bob", email: "new-bob@example.com" },
        want: { status: 403, code: "forbidden" },
      },
      {
        is: "nobody",
        as: "nobody",
        json: { text: "x", code: "x" },
        want: { status: 401, code: "sign_in_required", asksDatabase: false },
      },
    ],
    want: { status: 400, asksDatabase: true },
  },
  {
    id: "M12",
    about: "an upsert by a column that is not the caller's",
    request: {
      method: "PUT",
      path: "/api/users",
      query: { on_conflict: "pin" },
      as: "alice",
      json: { ...member, pin: "x" },
    },
    want: {
      status: 400,
      sameAs: {
        method: "PUT",
        path: "/api/users",
        query: { on_conflict: "pix" },
        as: "alice",
        json: { ...member, pin: "x" },
        masks: ["pin", "pix"],
      },
    },
  },
];
