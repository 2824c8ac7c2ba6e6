import { type HostileCase, type HostileRequest, queryInputs } from "./case.ts";

const posts: HostileRequest = { path: "/api/posts" };
const NO_NUMBERS = ["-1", "1.5", "abc", "1e3", "", "0x10", " 1", "1 ", "+1", "01", "１", "NaN", "Infinity", "1;--", "1,2", "null", "99999999999999999999", "9223372036854775808"];
const SIGNATURE = "A".repeat(22);

/** 3.6: pages. Walks over many pages, and cursors that were given out, are in paging.test.ts. */
export const casesP: readonly HostileCase[] = [
  { id: "P01", about: "a limit that is no number", request: posts, each: [...queryInputs("limit", [...NO_NUMBERS, "0"]), ...queryInputs("comments.limit", NO_NUMBERS)], want: { status: 400 } },
  { id: "P01", about: "an include's limit that is no number", request: posts, each: NO_NUMBERS.map((value) => ({ is: value, query: { include: "comments", "comments.limit": value } })), want: { status: 400 } },
  { id: "P02", about: "a limit beyond the largest", request: posts, each: queryInputs("limit", ["1001", "1000000", "9007199254740991"]), want: { status: 400, code: "limit_exceeded" } },
  { id: "P02", about: "the largest limit", request: { ...posts, query: "limit=1000&id=1" }, want: { status: 200, body: [{ id: 1 }] } },
  { id: "P03", about: "an offset that is no number", request: posts, each: queryInputs("offset", NO_NUMBERS), want: { status: 400 } },
  { id: "P03", about: "an offset beyond the largest", request: posts, each: queryInputs("offset", ["1000000001", "9007199254740991"]), want: { status: 400, code: "limit_exceeded" } },
  { id: "P04", about: "an offset far behind the last row", request: posts, each: queryInputs("offset", ["1000000000", "1000000", "13"]), want: { status: 200, body: [], maxMs: 2_500, headers: { link: null } } },
  {
    id: "P05",
    about: "a cursor that nobody gave out",
    request: posts,
    each: queryInputs("cursor", ["abc", ".", "a.", ".a", "null", "undefined", "W10", `W10.${SIGNATURE}`, `${btoa('["2024-01-01T00:00:00.000Z",1]').replaceAll("=", "")}.${SIGNATURE}`, `.${SIGNATURE}`, `e30.${SIGNATURE}`, `${"A".repeat(10_000)}.${SIGNATURE}`, "eyJpZCI6MX0=", "1", "..", "__proto__", "💣", "%00", `W10.${SIGNATURE}=`, `W10.${SIGNATURE}.${SIGNATURE}`]),
    want: { status: 400, code: "invalid_cursor" },
  },
  { id: "P05", about: "a cursor and an offset", request: { ...posts, query: "cursor=&offset=1" }, want: { status: 400, code: "invalid_parameter" } },
  { id: "P05", about: "pages of one row", request: { path: "/api/posts/1" }, each: ["cursor=", "limit=1", "offset=0", "sort=id", "count=exact", "filter={}", "id=1", "title=x"].map((query) => ({ is: query, query })), want: { status: 400, code: "unknown_parameter" } },
  { id: "P05", about: "a count that there is not", request: posts, each: queryInputs("count", ["", "true", "planned", "EXACT", "1"]), want: { status: 400, code: "invalid_parameter" } },
  { id: "H33", about: "the Link header repeats the query, and nothing in it ends the header or its brackets", request: posts, each: ["limit=1&title[ne]=%0d%0aX-Injected:1", 'limit=1&title[ne]=">;rel="prev"', "limit=1&title[ne]=<a>,<b>", "limit=1&title[ne]=%C3%A9", "limit=1&title[ne]=`{|}^\\"].map((query) => ({ is: query, query })), want: { status: 200, headers: { link: /^<[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+>; rel="next"$/, "x-injected": null } } },
];
