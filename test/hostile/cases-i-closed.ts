import { type HostileCase, type HostileRequest, pathInputs } from "./case.ts";
import { CANARY, DEVICE } from "./declaration.ts";

const get: HostileRequest = { method: "GET" };
const NO_ROUTE = { status: 404, code: "no_route", asksDatabase: false } as const;

/** 3.4, second half: tables that are closed or not declared, and keys that callers send. */
export const casesIClosed: readonly HostileCase[] = [
  {
    id: "I08",
    about: "tables that are not declared",
    request: get,
    each: pathInputs([
      "/api/sqlite_master",
      "/api/sqlite_sequence",
      "/api/sqlite_schema",
      "/api/pg_catalog.pg_user",
      "/api/pg_catalog",
      "/api/information_schema",
      "/api/information_schema.tables",
      "/api/_servery",
      "/api/servery",
      "/api/main.posts",
      "/api/%22posts%22",
      "/api/posts_created_at_id",
      "/api/dbstat",
      "/api/json_each",
    ]),
    want: NO_ROUTE,
  },
  {
    id: "I08",
    about: "a table that is closed answers alike whatever is asked of it",
    request: get,
    each: [
      { is: "the list", path: "/api/vault", want: { code: "forbidden" } },
      { is: "a row that is there", path: "/api/vault/1", want: { sameAs: { path: "/api/vault/999", masks: [] } } },
      { is: "no key", path: "/api/vault/abc", want: { sameAs: { path: "/api/vault/1", masks: [] } } },
      {
        is: "a wrong parameter",
        path: "/api/vault",
        query: "nope=1",
        want: { sameAs: { path: "/api/vault", masks: [] } },
      },
      {
        is: "a filter that is right",
        path: "/api/vault",
        query: { "secret[starts]": CANARY.slice(0, 3) },
        want: { sameAs: { path: "/api/vault", query: { "secret[starts]": "zzz" }, masks: [] } },
      },
      {
        is: "a row by its parent",
        path: "/api/users/1/vault",
        want: { sameAs: { path: "/api/users/999/vault", masks: [] } },
      },
      {
        is: "children of a row that is there",
        path: "/api/vault/1/claims",
        want: { sameAs: { path: "/api/vault/999/claims", masks: [] } },
      },
      {
        is: "a new child of a row that is there",
        method: "POST",
        path: "/api/vault/1/claims",
        json: { note: "x" },
        want: {
          status: 403,
          sameAs: { method: "POST", path: "/api/vault/999/claims", json: { note: "x" }, masks: [] },
        },
      },
      {
        is: "a change",
        method: "PATCH",
        path: "/api/vault/1",
        json: { secret: "x" },
        want: { sameAs: { method: "PATCH", path: "/api/vault/999", json: { secret: "x" }, masks: [] } },
      },
      {
        is: "a wrong body",
        method: "POST",
        path: "/api/vault",
        json: { nope: 1 },
        want: { sameAs: { method: "POST", path: "/api/vault", json: { user_id: 1, secret: "x" }, masks: [] } },
      },
      {
        is: "a delete",
        method: "DELETE",
        path: "/api/vault/1",
        want: { sameAs: { method: "DELETE", path: "/api/vault/999", masks: [] } },
      },
      { is: "HEAD", method: "HEAD", path: "/api/vault/1" },
      {
        is: "its children's list where only creating is open",
        path: "/api/users/1/inbox",
        want: { sameAs: { path: "/api/users/999/inbox", masks: [] } },
      },
    ],
    want: { status: 403, asksDatabase: false },
  },
  {
    id: "I08",
    about: "a table without a rule asks to sign in",
    request: get,
    each: [
      { is: "the list", path: "/api/staff" },
      { is: "a row", path: "/api/staff/1" },
      { is: "a new row", method: "POST", path: "/api/staff", json: { secret: "x" } },
      { is: "a change", method: "PATCH", path: "/api/staff/1", json: { secret: "x" } },
      { is: "a delete", method: "DELETE", path: "/api/staff/1" },
    ],
    want: { status: 401, code: "sign_in_required", headers: { "www-authenticate": /^Bearer/ }, asksDatabase: false },
  },
  {
    id: "I08",
    about: "a table that only takes rows gives none back",
    request: { method: "POST", path: "/api/inbox", json: { user_id: 1, message: "hello" } },
    want: { status: 201, diff: { inbox: { added: [{ message: "hello" }] } } },
  },
  {
    id: "I14",
    about: "keys that callers send",
    request: { method: "POST" },
    each: [
      {
        is: "role:admin",
        path: "/api/pages",
        json: { path: "role:admin", title: "x" },
        want: { status: 400, pointer: "/path" },
      },
      {
        is: "__proto__",
        path: "/api/pages",
        json: { path: "__proto__", title: "x" },
        want: { status: 400, pointer: "/path" },
      },
      { is: "..", path: "/api/pages", json: { path: "..", title: "x" }, want: { status: 400, pointer: "/path" } },
      {
        is: "one that is there",
        path: "/api/pages",
        json: { path: "me", title: "x" },
        want: { status: 409, code: "unique", pointer: "/path", absent: ['"title":"me"'] },
      },
      {
        is: "a uuid that is there",
        path: "/api/devices",
        json: { id: DEVICE, label: "x" },
        want: { status: 409, code: "unique", pointer: "/id", absent: ["phone"] },
      },
      {
        is: "the same in capitals",
        path: "/api/devices",
        json: { id: DEVICE.toUpperCase(), label: "x" },
        want: { status: 409, code: "unique", pointer: "/id" },
      },
      {
        is: "in braces",
        path: "/api/devices",
        json: { id: `{${DEVICE}}`, label: "x" },
        want: { status: 400, pointer: "/id" },
      },
      {
        is: "a pair that is there",
        path: "/api/post_tags",
        json: { post_id: 1, tag: "news" },
        want: { status: 409, code: "unique" },
      },
      { is: "a generated one", path: "/api/posts", json: { id: 1, title: "x" }, want: { status: 400, pointer: "/id" } },
    ],
    want: { status: 400 },
  },
  {
    id: "H33",
    about: "a key cannot write headers: Location is escaped",
    request: { method: "POST", path: "/api/post_tags" },
    each: ["a\r\nSet-Cookie: x=1", "☃/é", "../../x", "a?b#c", '"><script>', "%0d%0a", ",", " "].map((tag) => ({
      is: JSON.stringify(tag),
      json: { post_id: 2, tag },
      want: {
        body: { tag },
        headers: { location: `/api/post_tags/2,${encodeURIComponent(tag)}`, "set-cookie": null },
        diff: { post_tags: { added: [{ tag }] } },
      },
    })),
    want: { status: 201 },
  },
];
