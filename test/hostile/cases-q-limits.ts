import { type HostileCase, type HostileRequest, queryInputs } from "./case.ts";

const posts: HostileRequest = { path: "/api/posts" };
const tree = (filter: unknown): { query: Record<string, string> } => ({ query: { filter: JSON.stringify(filter) } });

const NESTED_AND = (levels: number): string => `${'{"and":['.repeat(levels)}{"id":1}${"]}".repeat(levels)}`;
const NESTED_NOT = (levels: number): string => `${'{"not":'.repeat(levels)}{"id":1}${"}".repeat(levels)}`;
const CONDITIONS = (count: number): unknown => ({ or: Array.from({ length: count }, (_, at) => ({ id: at })) });

/** 24 relations, each of which exists, three levels deep at most. */
const MANY_INCLUDES = [
  "author", "author.posts", "author.posts.author", "author.posts.comments", "author.posts.post_tags", "author.posts.comments.count", "author.posts.count",
  "comments", "comments.post", "comments.post.author", "comments.post.comments", "comments.post.post_tags", "comments.post.comments.count", "comments.count",
  "post_tags", "post_tags.post", "post_tags.post.author", "post_tags.post.comments", "post_tags.post.post_tags", "post_tags.post.comments.count", "post_tags.post.post_tags.count", "post_tags.count",
].join(",");

/** 3.5, second half: shapes and sizes of queries. */
export const casesQLimits: readonly HostileCase[] = [
  {
    id: "Q19",
    about: "trees that are too deep, or too wide",
    request: posts,
    each: [
      { is: "1,000 levels of and", query: { filter: NESTED_AND(1_000) }, want: { status: [400, 414] } },
      { is: "700 levels of and", query: { filter: NESTED_AND(450) } },
      { is: "9 levels of not", query: { filter: NESTED_NOT(9) } },
      { is: "700 levels of not", query: { filter: NESTED_NOT(700) } },
      { is: "relations of relations", ...tree({ author: { posts: { author: { posts: { author: { posts: { author: { posts: { id: 1 } } } } } } } } }) },
      { is: "51 conditions", ...tree(CONDITIONS(51)) },
      { is: "51 in one and", ...tree({ and: Array.from({ length: 51 }, () => ({ id: { gt: 0 } })) }) },
      { is: "501 values", ...tree({ id: { in: Array.from({ length: 501 }, (_, at) => at) } }) },
      { is: "51 parameters", query: Array.from({ length: 51 }, (_, at) => `author${".posts.author".repeat(at)}.id=1`).join("&"), want: { status: [400, 414] } },
    ],
    want: { status: 400, code: ["limit_exceeded", "url_too_long"], maxMs: 500 },
  },
  { id: "Q19", about: "100,000 levels do not fit into a URL", request: { ...posts, query: `filter=${NESTED_AND(100_000)}` }, want: { status: 414 }, door: { only: "inside", why: "the headers of a socket end at 32 KB: sockets.test.ts" } },
  {
    id: "Q19",
    about: "as much as is allowed",
    request: posts,
    each: [
      { is: "7 levels of not", query: { filter: NESTED_NOT(7), fields: "id", limit: "1" } },
      { is: "3 levels of and", query: { filter: NESTED_AND(3), fields: "id" } },
      { is: "50 conditions", query: { filter: JSON.stringify(CONDITIONS(50)), fields: "id" } },
      { is: "500 values", query: { filter: JSON.stringify({ id: { in: Array.from({ length: 500 }, (_, at) => at) } }), fields: "id" } },
    ],
    want: { status: 200 },
  },
  {
    id: "Q19",
    about: "trees of another form",
    request: posts,
    each: [
      ...queryInputs("filter", ["", "a", "1", "null", "[]", '"x"', "{", '{"id":1}}', '{"and":{}}', '{"and":[1]}', '{"and":[null]}', '{"or":"x"}', '{"not":[]}', '{"not":1}', '{"id":[1]}', '{"id":{"gt":null}}', '{"id":{"gt":[1]}}', '{"id":{"in":1}}', '{"id":{"in":[[1]]}}', '{"id":{"in":[null]}}', '{"id":{"in":[{}]}}', '{"id":{"null":1}}', '{"id":{"null":"x"}}', '{"author":1}', '{"author":null}', '{"author":[]}', '{"id":"1"}x', '{"id":1.5}', '{"id":"abc"}', '{"id":true}', '{"id":1e400}', '{"published":1}', '{"meta":"x"}', '{"meta":{"eq":{}}}', '{"comments":{"most":{}}}', '{"comments":{"some":1}}', '{"author":{"all":{"id":1}}}']),
    ],
    want: { status: 400 },
  },
  { id: "Q19", about: "trees without a condition", request: posts, each: queryInputs("filter", ["{}", '{"and":[]}', '{"not":{"or":[]}}']), want: { status: 200 } },
  { id: "Q19", about: "an empty choice has no rows", request: posts, each: queryInputs("filter", ['{"or":[]}', '{"id":{"in":[]}}', '{"not":{}}']), want: { status: 200, body: [] } },
  {
    id: "Q20",
    about: "parameters that become objects in other parsers",
    request: posts,
    each: [
      ...["filter[__proto__][x]=1", "__proto__=1", "__proto__[x]=1", "constructor=1", "constructor[prototype][x]=1", "filter[0]=a", "filter=a&filter[b]=c", "filter[filter]=a", "title[__proto__]=1", "title[constructor]=1", "title[toString]=1", "[title]=1", "title[]=1", "title[eq][eq]=1", "title[eq=1", "title]=1", "=1", "[]=1", ".=1", "title.=1", ".title=1", "toString=1", "hasOwnProperty=1"].map((query) => ({ is: query, query })),
      { is: "a[]= 5,000 times", query: Array.from({ length: 5_000 }, () => "a[]").join("&"), want: { status: [400, 414] } },
      { is: "filter[0] to filter[300]", query: Array.from({ length: 300 }, (_, at) => `filter[${at}]=a`).join("&") },
      { is: "201 parameters", query: Array.from({ length: 201 }, () => "id[in]=1").join("&") },
      { is: "__proto__ in a tree", query: { filter: '{"__proto__":{"id":1}}' } },
      { is: "constructor in a tree", query: { filter: '{"constructor":1}' } },
      { is: "an operator of the prototype", query: { filter: '{"title":{"__proto__":1}}' } },
      { is: "toString as an operator", query: { filter: '{"title":{"toString":1}}' } },
    ],
    want: { status: 400 },
  },
  {
    id: "Q20",
    about: "a plain parameter twice",
    request: posts,
    each: ["id=1&id=2", "id[eq]=1&id[eq]=1", "id=1&id[eq]=2&id=1", "limit=1&limit=2", "sort=id&sort=title", "fields=id&fields=title", "include=author&include=comments", "filter={}&filter={}", "cursor=&cursor=", "offset=1&offset=1", "count=exact&count=exact", "limit=1&%6Cimit=2", "title=a&titl%65=b"].map((query) => ({ is: query, query })),
    want: { status: 400, code: "repeated_parameter" },
  },
  {
    id: "Q25",
    about: "text compares by its letters; the i-operators fold ASCII alone",
    request: posts,
    each: [
      { is: "equals", query: "title=post%201", want: { body: [] } },
      { is: "like", query: "title[like]=post%20%25", want: { body: [] } },
      { is: "starts", query: "title[starts]=post", want: { body: [] } },
      { is: "ilike", query: "title[ilike]=POST+1&fields=id", want: { body: [{ id: 1 }] } },
      { is: "icontains", query: "title[icontains]=OST%2012&fields=id", want: { body: [{ id: 12 }] } },
    ],
    want: { status: 200 },
  },
  { id: "Q26", about: "0 equals no text", request: { path: "/api/users" }, each: ["email=0", "name=0", "nick=0", "email[in]=0", "name[lte]=0"].map((query) => ({ is: query, query })), want: { status: 200, body: [] } },
  { id: "Q27", about: "an object for a value", request: posts, each: ["id[id]=1", "filter[id][id]=1", "id[gt][gt]=1"].map((query) => ({ is: query, query })), want: { status: 400 } },
  { id: "Q27", about: "an object for a value in a tree", request: posts, each: [tree({ id: { id: 1 } }), tree({ id: { eq: { id: 1 } } }), tree({ id: { in: [{ id: 1 }] } }), tree({ title: { like: ["a"] } })].map((query) => ({ is: JSON.stringify(query), ...query })), want: { status: 400 } },
  { id: "Q28", about: "a name that is no column is not SQLite's string", request: posts, each: ["nosuchcol=nosuchcol", "sort=nosuchcol", "fields=nosuchcol", "nosuchcol[eq]=nosuchcol"].map((query) => ({ is: query, query })), want: { status: 400 } },
  {
    id: "Q28",
    about: "values that are not of the column's kind",
    request: posts,
    each: ["id=abc", "id=1.0", "id=01", "id=%2B1", "id=1e0", "id=%201", "id=", "views[gt]=1.5", "published=1", "published=TRUE", "published=", "price=1,5", "price=0.005", "price=1e2", "at=now", "at=2024-02-30", "at=10000-01-01", "id[in]=1&id[in]=x", "id[null]=1", "id[null]=", "at[null]=TRUE", "author_id=1;2", "id[between]=1"].map((query) => ({ is: query, query })),
    want: { status: 400 },
  },
  { id: "Q29", about: "17 KB of query", request: { ...posts, query: `title=${"a".repeat(17_000)}` }, want: { status: 414, code: "url_too_long" } },
  { id: "Q29", about: "15 KB of query", request: { ...posts, query: `title=${"a".repeat(15_000)}` }, want: { status: 200, body: [] } },
  {
    id: "Q31",
    about: "names that are refused ask the database nothing, and take no time",
    request: { ...posts, query: "include=author" },
    each: ["filter", "sort", "fields", "include"].flatMap((name) => queryInputs(name, [name === "filter" ? '{"author.vault":{"secret":"x"}}' : "author.vault.secret", name === "filter" ? '{"password":"x"}' : "password"])),
    want: { status: 400, maxSql: 0, asksDatabase: false, maxMs: 250 },
  },
  {
    id: "Q33",
    about: "includes that are too deep, too many, or unclear",
    request: posts,
    each: [
      ...queryInputs("include", ["author.posts.author.posts", "comments.post.comments.post", "author.posts.comments.post", MANY_INCLUDES]),
      ...["include=author&author.limit=1", "include=author&author.sort=id", "include=comments&comments.limit=101", "include=comments&comments.limit=-1", "include=comments&comments.limit=1.5", "include=comments&comments.fields=nope", "include=comments&comments.sort=nope", "comments.limit=1", "include=comments&comments.comments.limit=1", "include=comments.count&comments.limit=1", "include=comments&comments.offset=1", "include=comments&comments.where=1"].map((query) => ({ is: query, query })),
    ],
    want: { status: 400 },
  },
  { id: "Q33", about: "a cycle as deep as is allowed", request: { ...posts, query: "include=author.posts.author&id=1&fields=id" }, want: { status: 200, body: [{ id: 1, author: { id: 2, posts: [{ id: 10, author: { id: 2 } }, { id: 7 }, { id: 4 }, { id: 1 }] } }] } },
  { id: "Q34", about: "one relation a hundred times is one relation", request: { ...posts, query: `include=${Array.from({ length: 100 }, () => "author").join(",")}&id=1` }, want: { status: 200, body: [{ author: { id: 2 } }], maxSql: 1 } },
];
