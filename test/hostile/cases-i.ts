import { type HostileCase, type HostileRequest, pathInputs } from "./case.ts";
import { CANARY, DEVICE } from "./declaration.ts";

const get: HostileRequest = { method: "GET" };
const NOT_FOUND = { status: 404, code: "not_found" } as const;
const NO_ROUTE = { status: 404, code: "no_route", asksDatabase: false } as const;

/** Segments that are no spelling of a generated key. */
const NO_KEYS = [
  "abc", "0x1", "01", "1.0", "1e0", "+1", "1%00", "1;drop", "1%20", "%201", "1%0a", "%EF%BC%91", "1,2", "1%2C2", "-0", "1_0", "NaN", "null", "undefined", "true", "%5B1%5D",
  "%7B%22id%22:1%7D", "1'", "1%27%20OR%201=1", "1--", "*", "1%25", "99999999999999999999", "9223372036854775808", "9007199254740993", "1.", "0", "-1", "1%2F2", "..%2F1", "1%3Ffields=id",
];

/** 3.4: ids and paths. */
export const casesI: readonly HostileCase[] = [
  { id: "I01", about: "a word for a number", request: get, each: pathInputs(["/api/posts/abc", "/api/posts/abc/comments", "/api/users/abc/posts"]), want: { ...NOT_FOUND, asksDatabase: false } },
  { id: "I02", about: "only the spelling that an answer uses is a key", request: get, each: pathInputs(NO_KEYS.map((key) => `/api/posts/${key}`)), want: { status: 404 } },
  ...(["PATCH", "PUT", "DELETE"] as const).map(
    (method): HostileCase => ({
      id: "I02",
      about: `nor for ${method}`,
      request: { method, ...(method === "DELETE" ? {} : { json: { title: "x" } }) },
      each: pathInputs(["01", "1.0", "1e0", "1%00", "1;drop", "+1", "abc"].map((key) => `/api/posts/${key}`)),
      want: NOT_FOUND,
    }),
  ),
  { id: "I02", about: "an escape of the same letters is the same path (RFC 3986 §6.2.2.2)", request: get, each: pathInputs(["/api/posts/%31", "/api/p%6fsts/1", "/api/%70osts/%31"]), want: { status: 200, body: { id: 1 } } },
  {
    id: "I02",
    about: "keys of other forms",
    request: get,
    each: pathInputs([
      `/api/devices/${DEVICE.toUpperCase()}`, `/api/devices/{${DEVICE}}`, `/api/devices/${DEVICE.replaceAll("-", "")}`, `/api/devices/urn:uuid:${DEVICE}`, "/api/devices/1", "/api/devices/", "/api/pages/HOME", "/api/pages/hom%65%00",
      "/api/post_tags/1", "/api/post_tags/1,news,x", "/api/post_tags/1,", "/api/post_tags/,news", "/api/post_tags/01,news", "/api/post_tags/1,NEWS", "/api/post_tags/news,1", "/api/post_tags/1%2Cnews",
    ]),
    want: { status: 404 },
  },
  {
    id: "I02",
    about: "keys of other forms that are there",
    request: get,
    each: [
      { is: "uuid", path: `/api/devices/${DEVICE}`, want: { body: { label: "phone" } } },
      { is: "slug", path: "/api/pages/me", want: { body: { path: "me" } } },
      { is: "a slug that looks like a number", path: "/api/pages/1", want: { body: { path: "1" } } },
      { is: "of two columns", path: "/api/post_tags/1,news", want: { body: { post_id: 1, tag: "news" } } },
      { is: "with a slash", path: "/api/post_tags/1,a%2Fb", want: { body: { tag: "a/b" } } },
    ],
    want: { status: 200 },
  },
  { id: "I03", about: "far beyond every id", request: get, each: pathInputs(["/api/posts/99999999999999999999", "/api/posts/9007199254740992", "/api/posts/9007199254740991", `/api/posts/${"9".repeat(5_000)}`]), want: NOT_FOUND },
  {
    id: "I04",
    about: "other spellings of a path are other paths",
    request: get,
    each: pathInputs([
      "/api/../api/users", "/api/./posts", "/api/%2e%2e/users", "/api/posts/%2e%2e/users", "//api/posts", "/api//posts", "/api/posts//1", "/api/posts/1/", "/api/posts/", "/API/posts", "/api/POSTS", "/api/Posts/1", "/api%2Fposts",
      "/api/posts%2F1", "/api/posts/1//comments", "/api/posts/1/comments/", "/api/posts/1/comments/1", "/api/posts;a=b", "/api/posts%20", "/api/%20posts", "/api/posts%00", "/api/posts%0a", "/api\\posts", "/api/posts.json", "/posts", "/api", "/api/", "/", "/api/p%256fsts",
      "/health/live/", "/Health/live", "/openapi.json/", "/docs/..%2f..%2fetc%2fpasswd",
    ]),
    want: NO_ROUTE,
  },
  { id: "I05", about: "broken escapes", request: get, each: pathInputs(["/api/posts/%", "/api/posts/%f", "/api/posts/%ff", "/api/posts/%zz", "/api/%c0%af", "/%ed%a0%80", "/api/posts/%e2%82", "/api/posts/1/%"]), want: { status: 400, code: "malformed_url" } },
  {
    id: "I06",
    about: "a very long path",
    request: get,
    each: [
      { is: "20 KB", path: `/api/posts/${"a".repeat(20_000)}` },
      { is: "20 KB of slashes", path: "/".repeat(20_000) },
      { is: "a byte more than the limit", path: `/api/posts?q=${"a".repeat(16_384 - 12)}` },
    ],
    want: { status: 414, code: "url_too_long", maxMs: 500 },
  },
  { id: "I06", about: "16 KB of slashes and of escapes", request: get, each: pathInputs([`/api${"/".repeat(16_000)}`, `/api/posts/${"%41".repeat(5_000)}`, `/api/${"%41".repeat(5_000)}`]), want: { status: 404, maxMs: 500 } },
  {
    id: "I07",
    about: "names that JavaScript's objects have",
    request: get,
    each: pathInputs(["/api/__proto__", "/api/constructor", "/api/toString", "/api/hasOwnProperty", "/api/constructor/prototype", "/__proto__", "/constructor", "/api/posts/1/__proto__", "/api/posts/1/constructor", "/api/posts/1/toString"]),
    want: NO_ROUTE,
  },
  { id: "I07", about: "as keys", request: get, each: pathInputs(["/api/posts/..", "/api/posts/%2e%2e", "/api/pages/..", "/api/posts/toString", "/api/posts/__proto__", "/api/posts/constructor", "/api/pages/__proto__", "/api/pages/constructor"]), want: NOT_FOUND },
  {
    id: "I08",
    about: "tables that are not declared",
    request: get,
    each: pathInputs(["/api/sqlite_master", "/api/sqlite_sequence", "/api/sqlite_schema", "/api/pg_catalog.pg_user", "/api/pg_catalog", "/api/information_schema", "/api/information_schema.tables", "/api/_servery", "/api/servery", "/api/main.posts", "/api/%22posts%22", "/api/posts_created_at_id", "/api/dbstat", "/api/json_each"]),
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
      { is: "a wrong parameter", path: "/api/vault", query: "nope=1", want: { sameAs: { path: "/api/vault", masks: [] } } },
      { is: "a filter that is right", path: "/api/vault", query: { "secret[starts]": CANARY.slice(0, 3) }, want: { sameAs: { path: "/api/vault", query: { "secret[starts]": "zzz" }, masks: [] } } },
      { is: "a row by its parent", path: "/api/users/1/vault", want: { sameAs: { path: "/api/users/999/vault", masks: [] } } },
      { is: "children of a row that is there", path: "/api/vault/1/claims", want: { sameAs: { path: "/api/vault/999/claims", masks: [] } } },
      { is: "a new child of a row that is there", method: "POST", path: "/api/vault/1/claims", json: { note: "x" }, want: { status: 400, pointer: "/vault_id", fieldCode: "reference_missing", sameAs: { method: "POST", path: "/api/vault/999/claims", json: { note: "x" }, masks: [] } } },
      { is: "a change", method: "PATCH", path: "/api/vault/1", json: { secret: "x" }, want: { sameAs: { method: "PATCH", path: "/api/vault/999", json: { secret: "x" }, masks: [] } } },
      { is: "a wrong body", method: "POST", path: "/api/vault", json: { nope: 1 }, want: { sameAs: { method: "POST", path: "/api/vault", json: { user_id: 1, secret: "x" }, masks: [] } } },
      { is: "a delete", method: "DELETE", path: "/api/vault/1", want: { sameAs: { method: "DELETE", path: "/api/vault/999", masks: [] } } },
      { is: "HEAD", method: "HEAD", path: "/api/vault/1" },
      { is: "its children's list where only creating is open", path: "/api/users/1/inbox", want: { sameAs: { path: "/api/users/999/inbox", masks: [] } } },
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
      { is: "role:admin", path: "/api/pages", json: { path: "role:admin", title: "x" }, want: { status: 400, pointer: "/path" } },
      { is: "__proto__", path: "/api/pages", json: { path: "__proto__", title: "x" }, want: { status: 400, pointer: "/path" } },
      { is: "..", path: "/api/pages", json: { path: "..", title: "x" }, want: { status: 400, pointer: "/path" } },
      { is: "one that is there", path: "/api/pages", json: { path: "me", title: "x" }, want: { status: 409, code: "unique", pointer: "/path", absent: ['"title":"me"'] } },
      { is: "a uuid that is there", path: "/api/devices", json: { id: DEVICE, label: "x" }, want: { status: 409, code: "unique", pointer: "/id", absent: ["phone"] } },
      { is: "the same in capitals", path: "/api/devices", json: { id: DEVICE.toUpperCase(), label: "x" }, want: { status: 409, code: "unique", pointer: "/id" } },
      { is: "in braces", path: "/api/devices", json: { id: `{${DEVICE}}`, label: "x" }, want: { status: 400, pointer: "/id" } },
      { is: "a pair that is there", path: "/api/post_tags", json: { post_id: 1, tag: "news" }, want: { status: 409, code: "unique" } },
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
      want: { body: { tag }, headers: { location: `/api/post_tags/2,${encodeURIComponent(tag)}`, "set-cookie": null }, diff: { post_tags: { added: [{ tag }] } } },
    })),
    want: { status: 201 },
  },
];
