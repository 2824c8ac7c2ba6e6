import type { Diff, HostileCase, HostileRequest, Input } from "./case.ts";

const asJson = { "content-type": "application/json" };
const post: HostileRequest = { method: "POST", path: "/api/posts" };
const keyed = (key: string): Readonly<Record<string, string>> => ({ ...asJson, "idempotency-key": key });

/** What a write changes that keeps its answer: one more row of the server's own. */
const kept = (diff: Diff): Diff => ({ ...diff, _servery_kept_answers: { added: [{}] } });

/** The same request twice: the second writes nothing, and says so. */
function twice(is: string, request: HostileRequest, first: NonNullable<Input["want"]>): Input[] {
  return [
    { is: `${is}, first`, ...request, want: { ...first, headers: { ...first.headers, "idempotency-replayed": null } } },
    {
      is: `${is}, again`,
      ...request,
      want: { ...first, headers: { ...first.headers, "idempotency-replayed": "true" }, diff: {} },
    },
  ];
}

/** 3.13: keys that make a write safe to send again. */
export const casesK: readonly HostileCase[] = [
  {
    id: "K01",
    about: "the same key and body twice: one row",
    request: post,
    each: [
      ...twice(
        "POST",
        { json: { title: "k01" }, headers: keyed("k01") },
        {
          headers: { location: /^\/api\/posts\/\d+$/ },
          body: { title: "k01" },
          diff: kept({ posts: { added: [{ title: "k01" }] } }),
        },
      ),
      ...twice(
        "a list",
        { json: [{ title: "k01 a" }, { title: "k01 b" }], headers: keyed("k01-list") },
        {
          body: [{ title: "k01 a" }, { title: "k01 b" }],
          diff: kept({ posts: { added: [{ title: "k01 a" }, { title: "k01 b" }] } }),
        },
      ),
      ...twice(
        "PATCH that adds",
        { method: "PATCH", path: "/api/posts/2", json: { views: { increment: 5 } }, headers: keyed("k01-add") },
        { status: 200, body: { id: 2, views: 7 }, diff: kept({ posts: { changed: [{ id: 2, views: 7 }] } }) },
      ),
      ...twice(
        "DELETE",
        { method: "DELETE", path: "/api/comments/3", headers: { "idempotency-key": "k01-delete" } },
        { status: 204, diff: kept({ comments: { removed: [{ id: 3 }] } }) },
      ),
      ...twice(
        "DELETE by a filter",
        { method: "DELETE", path: "/api/comments", query: "id[lte]=2", headers: { "idempotency-key": "k01-filter" } },
        {
          status: 204,
          headers: { "x-total-count": "2" },
          diff: kept({ comments: { removed: [{ id: 1 }, { id: 2 }] } }),
        },
      ),
      ...twice(
        "a batch",
        {
          path: "/api/batch",
          json: [
            { method: "POST", path: "/api/posts", body: { title: "k01 batch" } },
            { method: "POST", path: "/api/comments", body: { post_id: { ref: "0.id" }, body: "in a batch" } },
          ],
          headers: keyed("k01-batch"),
        },
        {
          status: 200,
          diff: kept({ posts: { added: [{ title: "k01 batch" }] }, comments: { added: [{ body: "in a batch" }] } }),
        },
      ),
    ],
    want: { status: 201 },
  },
  {
    id: "K02",
    about: "the same key with another request",
    request: { ...post, headers: keyed("k01") },
    each: [
      { is: "another body", json: { title: "other" } },
      { is: "the same row with a space", body: '{"title": "k01"}' },
      { is: "another order of its members", body: '{"views":0,"title":"k01"}' },
      { is: "another query", json: { title: "k01" }, query: "fields=id" },
    ],
    want: { status: 400, code: "idempotency_mismatch", asksDatabase: true, absent: ["k01"] },
  },
  {
    id: "K05",
    about: "the same key on another route is another key",
    request: { method: "POST", headers: keyed("k05") },
    each: [
      {
        is: "posts",
        path: "/api/posts",
        json: { title: "k05" },
        want: { diff: kept({ posts: { added: [{ title: "k05" }] } }) },
      },
      {
        is: "below a user",
        path: "/api/users/1/posts",
        json: { title: "k05" },
        want: { diff: kept({ posts: { added: [{ title: "k05" }] } }) },
      },
      {
        is: "folders",
        path: "/api/folders",
        json: { name: "k05" },
        want: { diff: kept({ folders: { added: [{ name: "k05" }] } }) },
      },
      {
        is: "another method",
        method: "PATCH",
        path: "/api/folders/1",
        json: { name: "k05" },
        want: { status: 200, diff: kept({ folders: { changed: [{ id: 1, name: "k05" }] } }) },
      },
    ],
    want: { status: 201, headers: { "idempotency-replayed": null } },
  },
  {
    id: "K06",
    about: "no route demands a key: without one each request is its own",
    request: { ...post, json: { title: "k06" } },
    each: [{ is: "first" }, { is: "again" }],
    want: { status: 201, headers: { "idempotency-replayed": null }, diff: { posts: { added: [{ title: "k06" }] } } },
  },
  {
    id: "K07",
    about: "what is no key",
    request: { ...post, json: { title: "k07" } },
    each: ["x".repeat(256), "x".repeat(5_000), "a b", "a, b", "ä", "\u00a0", "a\tb"].map((key) => ({
      is: key.length > 20 ? `${key.length} letters` : JSON.stringify(key),
      headers: { "idempotency-key": key },
    })),
    want: { status: 400, code: "invalid_idempotency_key" },
  },
  {
    id: "K07",
    about: "what no header can hold",
    request: { ...post, json: { title: "k07" } },
    each: ["", "a\r\nX: y", "a\0b", "\u{1F600}"].map((key) => ({
      is: JSON.stringify(key),
      headers: { "idempotency-key": key },
    })),
    want: { status: 400, code: "invalid_idempotency_key" },
    door: { only: "inside", why: "such bytes are no header: sockets.test.ts sends them as they are" },
  },
  {
    id: "K07",
    about: "a key that could be something else",
    request: post,
    each: ["__proto__", "constructor", "' OR 1=1--", "../../etc", "%00", '"quoted"', "{0.id}"]
      .map((key) => key.replaceAll(" ", "_"))
      .map((key) => ({
        is: key,
        headers: keyed(key),
        json: { title: key },
        want: { diff: kept({ posts: { added: [{ title: key }] } }) },
      })),
    want: { status: 201 },
  },
  {
    id: "K08",
    about: "a refusal is not kept: the corrected request runs",
    request: { ...post, headers: keyed("k08") },
    each: [
      { is: "a missing title", json: {}, want: { status: 400, code: "invalid_data" } },
      {
        is: "a missing author",
        json: { title: "k08", author_id: 999 },
        want: { status: 400, code: "invalid_data", asksDatabase: true },
      },
      { is: "broken JSON", body: "{", want: { status: 400, code: "malformed_json" } },
      {
        is: "another route",
        path: "/api/nope",
        json: {},
        want: { status: 404, code: "no_route", asksDatabase: false },
      },
      { is: "corrected", json: { title: "k08" }, want: { diff: kept({ posts: { added: [{ title: "k08" }] } }) } },
      { is: "sent again", json: { title: "k08" }, want: { headers: { "idempotency-replayed": "true" }, diff: {} } },
      { is: "the first one again", json: {}, want: { status: 400, code: "invalid_data" } },
    ],
    want: { status: 201 },
  },
];
