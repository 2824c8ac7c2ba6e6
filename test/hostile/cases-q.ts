import { type HostileCase, type HostileRequest, type Input, queryInputs } from "./case.ts";
import { ODD_TEXTS } from "./declaration.ts";

const posts: HostileRequest = { path: "/api/posts" };
const samples: HostileRequest = { path: "/api/samples" };
const users: HostileRequest = { path: "/api/users" };
const tree = (filter: unknown): { query: Record<string, string> } => ({ query: { filter: JSON.stringify(filter) } });

/** Names that must fare like a name that nothing has. */
const FOREIGN = [
  "author.password_hash",
  "t1.password",
  "users.password",
  '"posts"."secret"',
  "posts.title",
  "main.posts.title",
  "author.vault.secret",
  "rowid",
  "_rowid_",
  "oid",
  "ROWID",
  "TITLE",
  "Title",
  "title ",
  "*",
  "1",
  "''",
  "meta.key",
  "secret.key",
];

export const IDENTIFIERS = [
  "title;select pg_sleep(5)",
  "(case when 1=1 then id end)",
  'title" as x',
  "`title`",
  '"title"',
  "[title]",
  "title desc",
  "title--",
  "title/*",
  "id,(select 1)",
  "title collate nocase",
  "1 desc",
  "title\n",
  "count(*)",
  "title as x",
  "random()",
  "'title'",
  "title\\",
  "title::text",
  "$1",
  "?",
  "@x",
  ":x",
];

/** Eight ways of asking for one text. */
function literally(text: string, at: number): Input[] {
  const row = { body: [{ id: at + 1 }] };
  const like = text.replaceAll(/[\\%_]/g, "\\$&");
  return [
    { is: `equals ${text}`, query: { long: text }, want: row },
    { is: `in ${text}`, query: { "long[in]": text }, want: row },
    { is: `contains ${text}`, query: { "long[contains]": text }, want: row },
    { is: `icontains ${text}`, query: { "long[icontains]": text }, want: row },
    { is: `starts ${text}`, query: { "long[starts]": text }, want: row },
    { is: `ends ${text}`, query: { "long[ends]": text }, want: row },
    { is: `like ${text}`, query: { "long[like]": like }, want: row },
    { is: `ilike ${text}`, query: { "long[ilike]": like }, want: row },
    { is: `tree ${text}`, ...tree({ long: text }), want: row },
    { is: `tree in ${text}`, ...tree({ long: { in: [text] } }), want: row },
  ];
}

/** 3.5: filters, sort, fields and what they must not reach. */
export const casesQ: readonly HostileCase[] = [
  {
    id: "Q01",
    about: "a filter by what is no column",
    request: posts,
    each: [
      ...queryInputs("secret[starts]", ["a"]),
      ...FOREIGN.map((name) => ({ is: name, query: { [name]: "a" } })),
      ...FOREIGN.map((name) => ({ is: `${name}[starts]`, query: { [`${name}[starts]`]: "$2" } })),
    ],
    want: { status: 400, code: ["unknown_parameter", "unknown_column", "unknown_relation"] },
  },
  {
    id: "Q01",
    about: "a tree with what is no column",
    request: posts,
    each: FOREIGN.map((name) => ({ is: name, ...tree({ [name]: "a" }) })),
    want: { status: 400, code: ["unknown_column", "unknown_relation"] },
  },
  {
    id: "Q02",
    about: "a sort by what is no column",
    request: posts,
    each: [...queryInputs("sort", ["-secret", "secret", "", "-", "--id", ",", "id,", "-title,-secret", ...FOREIGN])],
    want: { status: 400, code: ["unknown_column", "unknown_relation"] },
  },
  {
    id: "Q02",
    about: "a sort by what has no order, twice, or too much",
    request: posts,
    each: queryInputs("sort", [
      "meta",
      "id,id",
      "id,-id",
      "comments.id",
      "title,views,price,published,at,status,author_id,created_at,updated_at",
    ]),
    want: { status: 400 },
  },
  {
    id: "Q03",
    about: "fields that are no columns",
    request: posts,
    each: queryInputs("fields", ["secret", "", ",", "id,", "id,id", "-id", "comments", ...FOREIGN]),
    want: { status: 400, code: ["unknown_column", "repeated_parameter"] },
  },
  {
    id: "Q04",
    about: "an include of what is no relation",
    request: posts,
    each: queryInputs("include", [
      "author.password_hash",
      "password_hash",
      "",
      ",",
      "author,",
      "author.",
      ".author",
      "author_id",
      "title",
      "__proto__",
      "constructor",
      "author.email",
      "AUTHOR",
      "author.count",
    ]),
    want: { status: 400 },
  },
  {
    id: "Q05",
    about: "the same names on one row",
    request: { path: "/api/posts/1" },
    each: [
      ...queryInputs("fields", FOREIGN),
      ...queryInputs("include", FOREIGN),
      ...FOREIGN.map((name) => ({ is: `${name}=`, query: { [name]: "a" } })),
    ],
    want: { status: 400 },
  },
  {
    id: "Q06",
    about: "keys inside a json column",
    request: posts,
    each: [
      ...queryInputs("meta.key", ["a"]),
      ...queryInputs("sort", ["meta.key", "meta"]),
      ...queryInputs("meta[eq]", ["a"]),
      ...queryInputs("meta[contains]", ["a"]),
      ...queryInputs("meta", ["a"]),
    ],
    want: { status: 400 },
  },
  {
    id: "Q08",
    about: "a relation to a closed table fares like one that does not exist",
    request: users,
    each: [
      ...(["filter", "include", "sort"] as const).map((name) => {
        const value = (relation: string): string =>
          name === "filter"
            ? JSON.stringify({ [relation]: { secret: "x" } })
            : name === "sort"
              ? `${relation}.secret`
              : relation;
        return {
          is: name,
          query: { [name]: value("vault") },
          want: { sameAs: { ...users, query: { [name]: value("nopes") }, masks: ["vault", "nopes"] } },
        };
      }),
      {
        is: "a parameter",
        query: "vault.secret[starts]=c",
        want: { sameAs: { ...users, query: "nopes.secret[starts]=c", masks: ["vault", "nopes"] } },
      },
      {
        is: "no rows of it",
        query: "vault[none]=",
        want: { sameAs: { ...users, query: "nopes[none]=", masks: ["vault", "nopes"] } },
      },
      {
        is: "a count of it",
        query: "include=vault.count",
        want: { sameAs: { ...users, query: "include=nopes.count", masks: ["vault", "nopes"] } },
      },
      {
        is: "to one",
        path: "/api/claims",
        query: "vault.secret[starts]=c",
        want: { sameAs: { path: "/api/claims", query: "nopes.secret[starts]=c", masks: ["vault", "nopes"] } },
      },
      {
        is: "a sort to one",
        path: "/api/claims",
        query: "sort=vault.secret",
        want: { sameAs: { path: "/api/claims", query: "sort=nopes.secret", masks: ["vault", "nopes"] } },
      },
      {
        is: "behind another",
        path: "/api/posts",
        query: "author.vault.secret=c",
        want: { sameAs: { path: "/api/posts", query: "author.nopes.secret=c", masks: ["vault", "nopes"] } },
      },
    ],
    want: { status: 400 },
  },
  {
    id: "Q08",
    about: "nothing tells a closed table's columns",
    request: users,
    each: [
      { is: "a parameter", query: "vault.secre=c" },
      { is: "a tree", ...tree({ vault: { secre: "x" } }) },
      { is: "fields of an include", query: "include=vault&vault.fields=secre" },
      { is: "sort of an include", query: "include=vault&vault.sort=secre" },
      { is: "a sort to one", path: "/api/claims", query: "sort=vault.secre" },
      { is: "an operator that its kind does not take", query: "vault.user_id[contains]=1" },
      { is: "a value that its kind does not take", query: "vault.user_id=abc" },
      { is: "a relation of its own", query: "vault.clai.note=1" },
      { is: "a misspelt relation", query: "vaul.secret=x" },
      { is: "a misspelt include", query: "include=vaul" },
    ],
    want: {
      status: 400,
      absent: ['secret"', "secret?", "user_id is", "whole number", "claims?", "Did you mean vault"],
    },
  },
  {
    id: "Q09",
    about: "conditions on rows to many",
    request: posts,
    each: [
      { is: "some", query: { "comments.body": "Comment 1", fields: "id" }, want: { body: [{ id: 1 }] } },
      { is: "some, which is not there", query: { "comments.body": "Comment 9" }, want: { body: [] } },
      {
        is: "through two",
        query: { "author.posts.comments.body": "Comment 1", "id[lt]": "5", fields: "id", sort: "id" },
        want: { body: [{ id: 1 }, { id: 4 }] },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "Q14",
    about: "values are letters and nothing else",
    request: { ...samples, query: {} },
    each: ODD_TEXTS.flatMap(literally),
    want: { status: 200 },
  },
  {
    id: "Q15",
    about: "identifiers that are SQL, in sort",
    request: posts,
    each: queryInputs("sort", IDENTIFIERS),
    want: { status: 400 },
  },
  {
    id: "Q15",
    about: "identifiers that are SQL, in fields",
    request: posts,
    each: queryInputs("fields", IDENTIFIERS),
    want: { status: 400 },
  },
  {
    id: "Q15",
    about: "identifiers that are SQL, as parameters",
    request: posts,
    each: IDENTIFIERS.map((name) => ({ is: name, query: { [name]: "1" } })),
    want: { status: 400 },
  },
  {
    id: "Q15",
    about: "identifiers that are SQL, in a tree and as operators",
    request: posts,
    each: [
      ...IDENTIFIERS.map((name) => ({ is: name, ...tree({ [name]: 1 }) })),
      ...IDENTIFIERS.map((name) => ({ is: `title[${name}]`, ...tree({ title: { [name]: "1" } }) })),
    ],
    want: { status: 400 },
  },
  {
    id: "Q16",
    about: "paths into json",
    request: posts,
    each: ["meta.a'||x", "meta.**", "meta[*]", "meta.$", "meta->>'a'", "meta[0]", "meta.a.b.c", "meta[a][b]"].map(
      (name) => ({ is: name, query: { [name]: "1" } }),
    ),
    want: { status: 400 },
  },
  {
    id: "Q17",
    about: "signs of patterns in contains are letters",
    request: samples,
    each: [
      { is: "%", query: { "long[contains]": "%", fields: "id", sort: "id" }, want: { body: [{ id: 1 }, { id: 7 }] } },
      { is: "_", query: { "long[contains]": "_", fields: "id" }, want: { body: [{ id: 2 }] } },
      { is: "\\", query: { "long[contains]": "\\", fields: "id" }, want: { body: [{ id: 3 }] } },
      { is: "a last \\ in like", query: { "long[like]": "back\\", fields: "id" }, want: { body: [{ id: 3 }] } },
      {
        is: "* in like",
        query: { "long[like]": "%*%", fields: "id", sort: "id" },
        want: { body: [{ id: 6 }, { id: 8 }, { id: 9 }] },
      },
      { is: "[ in like", query: { "long[like]": "[%", fields: "id" }, want: { body: [{ id: 9 }] } },
      { is: "? in like", query: { "long[like]": "%?", fields: "id" }, want: { body: [{ id: 9 }] } },
      {
        is: "an empty contains is in every text",
        query: { "long[contains]": "", limit: "1", fields: "id", sort: "id" },
        want: { body: [{ id: 1 }] },
      },
    ],
    want: { status: 200 },
  },
  {
    id: "Q18",
    about: "there are no regular expressions",
    request: posts,
    each: ["regex", "iregex", "~", "similar", "match", "regexp"].map((operator) => ({
      is: operator,
      query: { [`title[${operator}]`]: "(a+)+$" },
    })),
    want: { status: 400, code: "unknown_operator" },
  },
  {
    id: "Q18",
    about: "a text for a pattern to choke on",
    request: { method: "POST", path: "/api/samples", json: { label: "long a", long: `${"a".repeat(20_000)}` } },
    want: { status: 201, diff: { samples: { added: [{ label: "long a" }] } } },
  },
  {
    id: "Q18",
    about: "a pattern that goes back and forth",
    request: samples,
    each: [
      { is: "like", query: { "long[like]": `${"%a".repeat(40)}%b` } },
      { is: "ilike", query: { "long[ilike]": `${"%A".repeat(40)}%B` } },
      { is: "5,000 wildcards", query: { "long[like]": `${"%_".repeat(1_200)}b` } },
    ],
    want: { status: [200, 503], body: [], maxWaitMs: 8_000 },
  },
];
