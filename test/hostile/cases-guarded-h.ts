import { type HostileCase, headerInputs, type Input } from "./case.ts";

const ACCESS = "servery_access=«alice.access_token»";
const OTHERS = Array.from({ length: 100 }, (_, at) => `other${at}=x`).join("; ");

/** Names that are not the session's, however much they look it: each is a cookie that another host may have set. */
const NOT_THE_NAME: readonly string[] = [
  "\u00a0servery_access",
  "\u00a0\u00a0servery_access",
  "servery_access\u00a0",
  "\u0085servery_access",
  "Servery_access",
  "SERVERY_ACCESS",
  "servery_acces",
  "servery_access2",
  "xservery_access",
  "servery%5Faccess",
  '"servery_access"',
  "$servery_access",
  "__Host-servery_access",
  "__Secure-servery_access",
  "x servery_access",
  "x=servery_access",
];

const cookies = (values: readonly string[]): Input[] => headerInputs("cookie", values);

/** What a browser or anybody on the way may keep is no answer to somebody who is known. */
const kept = { headers: { "cache-control": "no-store", vary: /\bAuthorization\b/ } };

/** 3.14, where somebody is signed in. */
export const casesGuardedH: readonly HostileCase[] = [
  {
    id: "H31",
    about: "an answer to whoever is signed in is kept by nobody",
    request: { as: "alice" },
    each: [
      { is: "a public list", path: "/api/posts" },
      { is: "a public row", path: "/api/posts/1" },
      { is: "an own list", path: "/api/notes" },
      { is: "HEAD", method: "HEAD", path: "/api/notes/1" },
      { is: "oneself", path: "/api/auth/me" },
      { is: "one's keys", path: "/api/auth/keys" },
      { is: "an export", path: "/api/notes", headers: { accept: "text/csv" } },
      { is: "lines", path: "/api/notes", headers: { accept: "application/x-ndjson" } },
      { is: "a session in a cookie", as: "nobody", path: "/api/notes", headers: { cookie: ACCESS } },
      { is: "a row that is not there", path: "/api/posts/999", want: { status: 404 } },
      { is: "a row that is not seen", path: "/api/notes/2", want: { status: 404 } },
      { is: "a table of administrators", path: "/api/ledger", want: { status: 403 } },
      { is: "a wrong question", path: "/api/notes?nosuch=1", want: { status: 400 } },
      {
        is: "a new row",
        method: "POST",
        path: "/api/notes",
        json: { text: "h31" },
        want: { status: 201, diff: { notes: { added: [{ text: "h31" }] } } },
      },
      { is: "a new row that is wrong", method: "POST", path: "/api/notes", json: {}, want: { status: 400 } },
    ],
    want: { status: 200, ...kept },
  },
  {
    id: "H31",
    about: "an answer to nobody in particular may be kept",
    request: {},
    each: [
      { is: "a public list", path: "/api/posts" },
      { is: "a public row", path: "/api/posts/1" },
    ],
    want: { status: 200, headers: { "cache-control": null } },
  },
  {
    id: "H34",
    about: "a session's cookie among others",
    request: { path: "/api/notes" },
    each: cookies([
      `${OTHERS}; ${ACCESS}`,
      `${ACCESS}; ${OTHERS}`,
      `${ACCESS}; servery_access2=«bob.access_token»`,
      ...NOT_THE_NAME.map((name) => `${name}=«bob.access_token»; ${ACCESS}`),
    ]),
    want: { status: 200, rows: [{ user_id: 1 }, { user_id: 1 }, { user_id: 1 }], absent: ["hidden-note"] },
  },
  {
    id: "H34",
    about: "a name that is not exactly the session's is none",
    request: { path: "/api/notes" },
    each: cookies([...NOT_THE_NAME.map((name) => `${name}=«alice.access_token»`), OTHERS]),
    want: { status: 401, code: "sign_in_required", asksDatabase: false },
  },
  {
    id: "H34",
    about: "of two cookies of a session nobody knows which is the server's own",
    request: { path: "/api/posts" },
    each: cookies([
      `${ACCESS}; ${ACCESS}`,
      `${ACCESS}; servery_access=«bob.access_token»`,
      `servery_access=«bob.access_token»; ${OTHERS}; ${ACCESS}`,
      `servery_access=; ${ACCESS}`,
      `servery_access; ${ACCESS}`,
      `${ACCESS}; ${ACCESS}; ${ACCESS}`,
    ]),
    want: { status: 401, code: "invalid_token", headers: { "www-authenticate": /^Bearer/ }, asksDatabase: false },
  },
];
