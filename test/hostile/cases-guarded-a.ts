import { headerInputs, type HostileCase } from "./case.ts";

const ALICE = "«alice.access_token»";

/** Headers by which a proxy, or somebody who plays one, says who asks. */
const FORGED = [
  "x-user-id",
  "x-forwarded-user",
  "x-remote-user",
  "remote-user",
  "x-auth-user",
  "x-user",
  "x-roles",
  "x-admin",
  "x-original-url",
  "x-rewrite-url",
  "x-http-method-override",
  "x-method-override",
  "x-servery-user",
];

const refused = { status: 401, headers: { "www-authenticate": /^Bearer/ } };

/** 3.8, as far as no token has to be forged for it. */
export const casesGuardedA: readonly HostileCase[] = [
  {
    id: "A01",
    about: "no credentials",
    request: {},
    each: [
      {
        is: "a public table",
        path: "/api/posts",
        want: { status: 200, headers: {}, asksDatabase: true, absent: ["hidden-", "canary"] },
      },
      { is: "a table of owners", path: "/api/notes" },
      { is: "a row of it", path: "/api/notes/1" },
      { is: "a row that is not there", path: "/api/notes/999" },
      { is: "a new row", method: "POST", path: "/api/notes", json: { text: "x" } },
      { is: "a new row that is wrong", method: "POST", path: "/api/notes", json: { text: 5, nosuch: 1 } },
      { is: "a table of administrators", path: "/api/ledger" },
      { is: "oneself", path: "/api/auth/me" },
      { is: "one's sessions", path: "/api/auth/sessions" },
      {
        is: "another password",
        method: "POST",
        path: "/api/auth/change-password",
        json: { current_password: "x", new_password: "long enough" },
      },
    ],
    want: { ...refused, code: "sign_in_required", asksDatabase: false },
  },
  {
    id: "A02",
    about: "an Authorization header that is none",
    request: { path: "/api/posts" },
    each: headerInputs("authorization", [
      "Bearer",
      `bearer  ${ALICE}`,
      `Bearer  ${ALICE}`,
      `Bearer ${ALICE} x`,
      `Bearer ${ALICE},`,
      `Bearer ${ALICE}, Bearer ${ALICE}`,
      `Bearer "${ALICE}"`,
      `Bearer token=${ALICE}`,
      `Token ${ALICE}`,
      `Basic ${ALICE}`,
      "Basic YWxpY2U6c2VjcmV0",
      `Digest username="alice"`,
      ALICE,
      "Bearer null",
      "Bearer undefined",
      "Bearer [object Object]",
      "Bearer a.b.c",
      "Negotiate x",
      "ApiKey x",
    ]),
    want: { ...refused, code: "invalid_token", asksDatabase: false },
  },
  {
    id: "A04",
    about: "tokens in two places, and where none belongs",
    request: { path: "/api/notes" },
    each: [
      {
        is: "two accounts",
        headers: { authorization: `Bearer ${ALICE}`, cookie: "servery_access=«bob.access_token»" },
        want: { status: 400, code: "conflicting_credentials" },
      },
      {
        is: "one account twice",
        headers: { authorization: `Bearer ${ALICE}`, cookie: `servery_access=${ALICE}` },
        want: { status: 200, asksDatabase: true, absent: ["hidden-note"] },
      },
      { is: "a parameter", path: `/api/notes?access_token=${ALICE}`, want: { status: 401, code: "sign_in_required" } },
      { is: "a parameter of a public table", path: "/api/posts?access_token=x", want: { status: 400 } },
      { is: "a parameter beside somebody else's header", as: "bob", path: "/api/notes?token=x", want: { status: 400 } },
      {
        is: "a body",
        method: "POST",
        json: { text: "x", access_token: ALICE },
        want: { status: 401, code: "sign_in_required" },
      },
    ],
    want: { status: 401, asksDatabase: false },
  },
  {
    id: "A14",
    about: "a token of another kind",
    request: { path: "/api/posts" },
    each: [
      {
        is: "a refresh token as an access token",
        headers: { authorization: "Bearer «alice.refresh_token»" },
        want: { asksDatabase: false },
      },
      {
        is: "a refresh token in the cookie of access tokens",
        headers: { cookie: "servery_access=«alice.refresh_token»" },
        want: { asksDatabase: false },
      },
      {
        is: "an access token as a refresh token",
        method: "POST",
        path: "/api/auth/refresh",
        json: { refresh_token: ALICE },
      },
      { is: "a cursor", headers: { authorization: "Bearer eyJhIjoxfQ.c2ln" }, want: { asksDatabase: false } },
      {
        is: "a session's id",
        headers: { authorization: "Bearer AAAAAAAAAAAAAAAAAAAAAA" },
        want: { asksDatabase: false },
      },
    ],
    want: { ...refused, code: "invalid_token" },
  },
  {
    id: "A18",
    about: "a token longer than any",
    request: { path: "/api/posts" },
    each: [5_000, 12_000, 100_000].map((length) => ({
      is: `${length} characters`,
      headers: { authorization: `Bearer ${"a".repeat(length)}` },
    })),
    want: { status: [401, 431], asksDatabase: false },
    door: { only: "inside", why: "the socket refuses long headers before there is a request" },
  },
  {
    id: "A21",
    about: "a token that is none, where nobody needs one",
    request: { headers: { authorization: "Bearer not.a.token" } },
    each: [
      { is: "a public list", path: "/api/posts" },
      { is: "a public row", path: "/api/posts/1" },
      { is: "a row that is not there", path: "/api/posts/999" },
      { is: "HEAD", method: "HEAD", path: "/api/posts" },
      { is: "a new user", method: "POST", path: "/api/users", json: { username: "x", email: "x@example.com" } },
      { is: "an unknown parameter", path: "/api/posts?nosuch=1" },
      {
        is: "a sign-up",
        method: "POST",
        path: "/api/auth/sign-up",
        json: { username: "x", email: "x@example.com", password: "long enough a one" },
      },
      { is: "a batch", method: "POST", path: "/api/batch", json: [] },
    ],
    want: { ...refused, asksDatabase: false },
  },
  {
    id: "A28",
    about: "headers that say who asks, or what is asked",
    request: { path: "/api/notes" },
    each: FORGED.flatMap((header) => [
      { is: `${header}: nobody stays nobody`, headers: { [header]: "1" } },
      {
        is: `${header}: alice stays alice`,
        as: "alice" as const,
        headers: { [header]: "2" },
        want: { status: 200, asksDatabase: true, absent: ["hidden-note"] },
      },
      {
        is: `${header}: a read stays one`,
        as: "alice" as const,
        path: "/api/notes/1",
        headers: { [header]: "DELETE" },
        want: { status: 200, asksDatabase: true },
      },
    ]),
    want: { status: 401, code: "sign_in_required", asksDatabase: false },
  },
];
