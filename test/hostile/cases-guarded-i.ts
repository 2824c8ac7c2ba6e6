import type { HostileCase, Input } from "./case.ts";
import type { Caller } from "./world.ts";

/** Keys that would mean something where a key and a right are told apart by their letters alone. */
const MEANINGFUL: readonly unknown[] = [
  "role:admin",
  "admin",
  "me",
  "self",
  "owner",
  "users/2",
  "staff:1",
  "*",
  "1",
  "",
];
/** Keys of rows: one's own, another's that is seen, one that is not seen. All fare like a key that nobody has. */
const TAKEN: readonly number[] = [1, 2, 5];
const FREE = 424_242;

/** New rows and changes in which a key of the caller's choice stands. */
const WITH_A_KEY: readonly (Omit<Input, "is" | "json"> & { readonly as: Caller; readonly json: object })[] = [
  { method: "POST", path: "/api/notes", as: "alice", json: { text: "x" } },
  { method: "POST", path: "/api/users", as: "nobody", json: { username: "i14", email: "i14@example.com" } },
  {
    method: "POST",
    path: "/api/auth/sign-up",
    as: "nobody",
    json: { username: "i14", email: "i14@example.com", password: "long enough a password" },
  },
];

/** What a caller sends to a path. */
const to = (path: string, method: string, json?: object): Omit<Input, "is"> => ({
  method,
  path,
  ...(json === undefined ? {} : { json }),
});
const RIGHTS = { roles: ["admin"] };

/** 3.4, where a key names somebody. */
export const casesGuardedI: readonly HostileCase[] = [
  {
    id: "I14",
    about: "a key that the caller has chosen",
    request: {},
    each: WITH_A_KEY.flatMap(({ json, ...request }) => [
      ...MEANINGFUL.map((id) => ({
        is: `${request.path} ${JSON.stringify(id)}`,
        ...request,
        json: { ...json, id },
      })),
      ...TAKEN.map((id) => ({
        is: `${request.path} ${id}, which is taken`,
        ...request,
        json: { ...json, id },
        want: { sameAs: { ...request, json: { ...json, id: FREE }, masks: [String(FREE)] } },
      })),
    ]),
    want: { status: 400, code: "invalid_data", pointer: "/id", asksDatabase: false, absent: ["hidden-", "ghost"] },
  },
  {
    id: "I14",
    about: "a row that takes the key of another",
    request: { method: "PATCH", path: "/api/notes/1", as: "alice" },
    each: [2, 3, "me", "role:admin"].map((id) => ({
      is: JSON.stringify(id),
      json: { id },
      want:
        typeof id === "number"
          ? { sameAs: { ...to("/api/notes/1", "PATCH", { id: FREE }), as: "alice" as const, masks: [] } }
          : {},
    })),
    want: { status: 400, code: "invalid_data", pointer: "/id", asksDatabase: true },
  },
  {
    id: "I14",
    about: "a word in the place of a key",
    request: { as: "alice" },
    each: ["me", "self", "role:admin", "admin", "*", "users:1", "1:admin"].flatMap((key) => [
      { is: `GET ${key}`, ...to(`/api/users/${key}`, "GET") },
      { is: `PATCH ${key}`, ...to(`/api/users/${key}`, "PATCH", { username: "taken over" }) },
      { is: `DELETE ${key}`, ...to(`/api/users/${key}`, "DELETE") },
      { is: `the account ${key}`, ...to(`/api/auth/accounts/${key}`, "PATCH", RIGHTS), as: "admin" as const },
      { is: `the session ${key}`, ...to(`/api/auth/sessions/${key}`, "DELETE") },
      { is: `the API key ${key}`, ...to(`/api/auth/keys/${key}`, "DELETE") },
    ]),
    want: { status: 404, code: "not_found", asksDatabase: true },
  },
  {
    id: "I14",
    about: "the account of anybody is nobody's business but administrators'",
    request: {},
    each: ["1", "2", "5", "999", "me", "role:admin"].map((key) => ({
      is: key,
      ...to(`/api/auth/accounts/${key}`, "PATCH", RIGHTS),
      as: "alice" as const,
      want: {
        sameAs: {
          ...to(`/api/auth/accounts/${FREE}`, "PATCH", RIGHTS),
          as: "alice" as const,
          masks: [`/${key}`, `/${FREE}`],
        },
      },
    })),
    want: { status: 403, code: "forbidden", asksDatabase: false },
  },
];
