import type { HostileCase, HostileRequest } from "./case.ts";

const patch: HostileRequest = { method: "PATCH", path: "/api/posts/1", json: { views: 9 } };
const PAGE = { path: "/api/pages/me" };
const STALE = '"AAAAAAAAAAAAAAAAAAAAAA"';

/** 3.12: conditions of a request. Races, and tags that were given out, are in races.test.ts and tags.test.ts. */
export const casesC: readonly HostileCase[] = [
  {
    id: "C01",
    about: "a tag of another time",
    request: patch,
    each: [
      { is: "PATCH", headers: { "if-match": STALE } },
      { is: "PUT", method: "PUT", json: { title: "x" }, headers: { "if-match": STALE } },
      { is: "DELETE", method: "DELETE", headers: { "if-match": STALE } },
      { is: "several", headers: { "if-match": `${STALE}, "x", "y"` } },
      { is: "an empty one", headers: { "if-match": '""' } },
      { is: "with the tag of nothing", headers: { "if-match": '"."' } },
      { is: "and a body that changes nothing", json: {}, headers: { "if-match": STALE } },
    ],
    want: { status: 412, code: "precondition_failed" },
  },
  {
    id: "C02",
    about: "any tag, on a row that is not there",
    request: { ...patch, path: "/api/posts/999", headers: { "if-match": "*" } },
    each: [{ is: "PATCH" }, { is: "PUT", method: "PUT", json: { title: "x" } }, { is: "DELETE", method: "DELETE" }],
    want: { status: [404, 412] },
  },
  {
    id: "C03",
    about: "a weak tag matches nothing",
    request: patch,
    each: ['W/"x"', `W/${STALE}`, 'W/"", W/"y"'].map((tag) => ({ is: tag, headers: { "if-match": tag } })),
    want: { status: 412, code: "precondition_failed" },
  },
  {
    id: "C04",
    about: "what is no tag",
    request: patch,
    each: [
      "x",
      "",
      "'x'",
      '"',
      '"x',
      'x"',
      '"x" "y"',
      '"x",',
      ",",
      '*, "x"',
      "**",
      'w/"x"',
      '"a b"',
      '"x";q=1',
      "W/x",
      "null",
      "0",
      Array.from({ length: 51 }, () => '"x"').join(","),
    ].flatMap((tag) => [
      { is: `If-Match: ${tag.slice(0, 20)}`, headers: { "if-match": tag } },
      { is: `If-None-Match: ${tag.slice(0, 20)}`, headers: { "if-none-match": tag } },
    ]),
    want: { status: 400, code: ["invalid_precondition", "limit_exceeded"] },
  },
  {
    id: "C04",
    about: "what is no tag, on a read",
    request: { path: "/api/posts/1" },
    each: ["x", '"', "'x'", '"x",'].map((tag) => ({ is: tag, headers: { "if-none-match": tag } })),
    want: { status: [200, 400], asksDatabase: true },
  },
  {
    id: "C05",
    about: "a create of what is there, only if it is not",
    request: { method: "POST", path: "/api/pages", headers: { "if-none-match": "*" } },
    each: [
      { is: "a page", json: { path: "me", title: "x" } },
      { is: "a pair", path: "/api/post_tags", json: { post_id: 1, tag: "news" } },
    ],
    want: { status: 412, code: "precondition_failed" },
  },
  {
    id: "C05",
    about: "a change, only if the row is not there",
    request: { ...patch, headers: { "if-none-match": "*" } },
    want: { status: 412, code: "precondition_failed" },
  },
  {
    id: "C05",
    about: "a read, only if the row is not there",
    request: { ...PAGE, headers: { "if-none-match": "*" } },
    want: { status: 304 },
  },
  {
    id: "C06",
    about: "a table that demands a tag",
    request: { path: "/api/settings/1" },
    each: [
      { is: "PATCH", method: "PATCH", json: { value: 2 } },
      { is: "PUT", method: "PUT", json: { name: "x", value: 2 } },
      { is: "DELETE", method: "DELETE" },
      { is: "If-None-Match is none", method: "PATCH", json: { value: 2 }, headers: { "if-none-match": '"x"' } },
      { is: "a row that is not there", method: "PATCH", path: "/api/settings/999", json: { value: 2 } },
    ],
    want: { status: 428, code: "precondition_required" },
  },
  {
    id: "C06",
    about: "with any tag",
    request: { method: "PATCH", path: "/api/settings/1", json: { value: 2 }, headers: { "if-match": "*" } },
    want: { status: 200, diff: { settings: { changed: [{ value: 2 }] } } },
  },
  {
    id: "C11",
    about: "a delete",
    request: { method: "DELETE", path: "/api/posts/12" },
    want: { status: 204, diff: { posts: { removed: [{ id: 12 }] } } },
  },
  {
    id: "C11",
    about: "the same once more",
    request: { method: "DELETE", path: "/api/posts/12" },
    want: { status: 404, code: "not_found", sameAs: { method: "DELETE", path: "/api/posts/999", masks: [] } },
  },
  {
    id: "C12",
    about: "and it is gone",
    request: { path: "/api/posts/12" },
    each: [
      { is: "GET" },
      { is: "HEAD", method: "HEAD" },
      { is: "PATCH", method: "PATCH", json: { views: 1 } },
      { is: "its children", path: "/api/posts/12/comments" },
    ],
    want: { status: 404 },
  },
  {
    id: "C12",
    about: "a delete of what others refer to",
    request: { method: "DELETE", path: "/api/users/1" },
    want: { status: 409, code: "still_referenced", absent: ["Post "] },
  },
];
