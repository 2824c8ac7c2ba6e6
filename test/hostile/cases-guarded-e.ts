import type { HostileCase } from "./case.ts";

const signIn = { method: "POST", path: "/api/auth/sign-in" };
const wrong = { email: "alice@example.com", password: "not the password" };

/** 3.10: who has an account is nobody's business. */
export const casesGuardedE: readonly HostileCase[] = [
  {
    id: "E01",
    about: "no account and a wrong password are one answer",
    request: signIn,
    each: [
      { is: "a wrong password", json: wrong },
      { is: "another case", json: { ...wrong, email: "ALICE@EXAMPLE.COM" } },
      { is: "an account without a password", json: { email: "mallory@example.com", password: "x" } },
      { is: "no address at all", json: { email: "x", password: "x" } },
      { is: "NUL", json: { email: "alice@example.com\u0000", password: "x" } },
      {
        is: "a lone surrogate",
        body: '{"email":"\\ud800","password":"x"}',
        headers: { "content-type": "application/json" },
      },
      { is: "SQL", json: { email: "' OR 1=1 --", password: "x" } },
      { is: "the first of a password", json: { email: "alice@example.com", password: "correct horse" } },
    ],
    want: {
      status: 401,
      code: "invalid_credentials",
      asksDatabase: true,
      headers: { "www-authenticate": "Bearer" },
      sameAs: { ...signIn, json: { email: "nobody-at-all@example.com", password: "not the password" }, masks: [] },
    },
  },
  {
    id: "E01",
    about: "members that are no texts",
    request: signIn,
    each: [{}, [], 1, true, null, ["x"], { $ne: null }, { gt: "" }].flatMap((value) =>
      ["email", "password", "accounts", "code"].map((name) => ({
        is: `${name}: ${JSON.stringify(value)}`,
        json: { ...wrong, [name]: value },
        want: { pointer: `/${name}` },
      })),
    ),
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "E01",
    about: "a member too many is refused alike for all, before anybody is looked for",
    request: signIn,
    each: ["alice@example.com", "nobody-at-all@example.com"].map((email) => ({
      is: email,
      json: { ...wrong, email, remember: true },
    })),
    want: { status: 400, code: "invalid_data", pointer: "/remember", asksDatabase: false },
  },
  {
    id: "E13",
    about: "an address that is taken",
    request: { method: "PATCH", path: "/api/users/1", as: "alice" },
    each: [
      { is: "somebody's", json: { email: "bob@example.com" }, want: { pointer: "/email" } },
      { is: "of somebody who is not seen", json: { email: "ghost@example.com" }, want: { pointer: "/email" } },
      { is: "a name of somebody who is not seen", json: { username: "ghost" }, want: { pointer: "/username" } },
    ],
    want: { status: 409, code: "unique", absent: ["canary", "/users/5", '"id"'] },
  },
  {
    id: "E14",
    about: "a row that is not seen is one that is not there",
    request: { as: "alice" },
    each: [
      ["/api/notes", 2],
      ["/api/posts", 4],
      ["/api/users", 5],
      ["/api/papers", 2],
    ].flatMap(([path, key]) =>
      (["GET", "DELETE"] as const).map((method) => ({
        is: `${method} ${path}/${key}`,
        method,
        path: `${path}/${key}`,
        want: { sameAs: { as: "alice" as const, method, path: `${path}/424242`, masks: [String(key), "424242"] } },
      })),
    ),
    want: { status: 404, code: "not_found" },
  },
];
