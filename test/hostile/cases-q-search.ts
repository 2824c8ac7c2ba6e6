import { type HostileCase, type HostileRequest, type Input, queryInputs } from "./case.ts";
import { IDENTIFIERS } from "./cases-q.ts";

const posts: HostileRequest = { path: "/api/posts" };
const samples: HostileRequest = { path: "/api/samples" };

/** A search of `samples.long`, and the ids of what it must find; the columns beside it are never searched. */
function finds(texts: readonly (readonly [text: string, ...ids: number[]])[]): Input[] {
  return texts.map(([text, ...ids]) => ({
    is: JSON.stringify(text),
    query: { q: text, fields: "id", sort: "id" },
    want: { body: ids.map((id) => ({ id })) },
  }));
}

/** 3.5: searching and grouping. */
export const casesQSearch: readonly HostileCase[] = [
  {
    id: "Q07",
    about: "the language of a search index has no meaning in q",
    request: samples,
    each: finds([
      ["plain", 10],
      ["PLAIN", 10],
      ["pl", 10],
      ['"pl"'],
      ["lain"],
      ["plain*", 10],
      ["^plain", 10],
      ["-plain", 10],
      ["+plain", 10],
      ['"plain', 10],
      ['plain"', 10],
      ['"plain" "', 10],
      ['"" plain', 10],
      ["plain''", 10],
      ["plain;--", 10],
      ["(plain", 10],
      ["plain)", 10],
      ["{plain", 10],
      ["plain\\", 10],
      ["long:plain"],
      ["long : plain"],
      ["{long}:plain"],
      ["label:odd"],
      ["odd"],
      ["plain AND plain"],
      ["NOT nothing"],
      ["plain OR nothing"],
      ["plain NEAR drop"],
      ["NEAR(plain)"],
      ["NEAR(drop posts, 5)"],
      ["rank:1"],
      ["rank MATCH 'bm25(10)'"],
      ["OR 1", 4],
      ["' OR 1=1--", 4],
      ['"; DROP TABLE posts', 5],
      ['"drop table"', 5],
      ['"table drop"'],
      ["7*7", 8],
      ["a_b", 2],
      ["delete"],
      ["integrity-check"],
      ["rebuild"],
    ]),
    want: { status: 200 },
  },
  {
    id: "Q07",
    about: "a text without a word is no search",
    request: samples,
    each: queryInputs("q", ["", " ", "*", "'", '"', '""', "^", "-", "_", "%", "()", "\u200b", "\u0301"]),
    want: { status: 400, code: "invalid_parameter" },
  },
  {
    id: "Q07",
    about: "a search that is too long",
    request: samples,
    each: queryInputs("q", [
      "a".repeat(201),
      "𠜎".repeat(201),
      "a ".repeat(11),
      `"${"a ".repeat(11)}"`,
      '"a'.repeat(101),
    ]),
    want: { status: 400, code: "limit_exceeded" },
  },
  {
    id: "Q07",
    about: "as long as it may be",
    request: samples,
    each: queryInputs("q", ["zq".repeat(100), "𠜎".repeat(200), "zq ".repeat(10), `"${"zq ".repeat(10)}"`]),
    want: { status: 200, body: [] },
  },
  {
    id: "Q07",
    about: "no table but the one that is marked for it",
    request: { path: "/api/comments" },
    each: queryInputs("q", ["canary", "a", ""]),
    want: { status: 400, code: "invalid_parameter" },
  },
  {
    id: "Q07",
    about: "no text, or two",
    request: posts,
    each: [
      { is: "NUL", query: "q=a%00b", want: { code: "malformed_url" } },
      { is: "half a letter", query: "q=%c3", want: { code: "malformed_url" } },
      { is: "twice", query: "q=a&q=b", want: { code: "repeated_parameter" } },
      { is: "in", query: "q[in]=a", want: { code: "unknown_parameter" } },
      { is: "on one row", path: "/api/posts/1", query: "q=a", want: { code: "unknown_parameter" } },
      { is: "in a tree", query: { filter: '{"q":"a"}' }, want: { code: "unknown_column" } },
      { is: "the index as a column", query: { _servery_search_posts_: "a" }, want: { code: "unknown_parameter" } },
      { is: "the index as a table", path: "/api/_servery_search_posts_", want: { status: 404, code: "no_route" } },
    ],
    want: { status: 400 },
  },
  {
    id: "Q15",
    about: "identifiers that are SQL, in what an aggregate names",
    request: posts,
    each: IDENTIFIERS.flatMap((name): Input[] => [
      { is: `sum(${name})`, query: { aggregate: `sum(${name})` } },
      { is: `${name}()`, query: { aggregate: `${name}()` } },
      { is: `aggregate ${name}`, query: { aggregate: name } },
      { is: `group_by ${name}`, query: { aggregate: "count", group_by: name } },
      { is: `group_by day(${name})`, query: { aggregate: "count", group_by: `day(${name})` } },
      { is: `group_by ${name}(at)`, query: { aggregate: "count", group_by: `${name}(at)` } },
      { is: `having ${name}`, query: { aggregate: "count", [`having.${name}`]: "1" } },
      { is: `having count[${name}]`, query: { aggregate: "count", [`having.count[${name}]`]: "1" } },
      { is: `sort ${name}`, query: { aggregate: "count", group_by: "status", sort: name } },
    ]),
    want: { status: 400 },
  },
  {
    id: "Q15",
    about: "values that are SQL, in what an aggregate compares",
    request: posts,
    each: ["1;--", "1 OR 1=1", "", "1e3", "0x1", "count", "NULL", "-0", "+1"].map((value) => ({
      is: value,
      query: { aggregate: "count", group_by: "status", "having.count": value },
    })),
    want: { status: 400, code: "invalid_parameter" },
  },
  {
    id: "Q08",
    about: "a group through a relation to a closed table fares like one that does not exist",
    request: { path: "/api/claims" },
    each: ["vault.secret", "vault.id", "vault.user_id", "vault.user.email", "day(vault.created_at)"].map((name) => ({
      is: name,
      query: { aggregate: "count", group_by: name },
      want: {
        sameAs: {
          path: "/api/claims",
          query: { aggregate: "count", group_by: name.replace("vault", "voult") },
          masks: ["vault", "voult"],
        },
      },
    })),
    want: { status: 400, code: "unknown_relation" },
  },
];
