import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  real,
  ref,
  servery,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
  view,
} from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, columnOf, nextOf, problemOf, rowOf, rowsOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const DAY = "2024-10-28T10:30:00.000Z";

const blog = servery({
  tables: {
    // Declared before what it reads: views are made after the tables.
    author_stats: view(
      { user_id: ref("users"), username: text(30), posts: integer(), likes: integer().optional() },
      `SELECT users.id AS user_id, username, count(posts.id) AS posts, sum(posts.likes) AS likes
       FROM users LEFT JOIN posts ON posts.user_id = users.id GROUP BY users.id;`,
    )
      .primaryKey("user_id")
      .allow({ read: everyone }),
    users: table({ username: text(30) }).allow(OPEN),
    posts: table({
      user_id: ref("users", { onDelete: "cascade" }),
      title: text(50),
      likes: integer().default(0),
      price: decimal(10, 2).default("1.50"),
      data: json().optional(),
    }).allow(OPEN),
    // A view of a view, with a reference to one, a key of two columns, and a path of its own.
    popular: view(
      {
        author_id: ref("author_stats", { as: "author" }),
        title: text(50),
        price: decimal(10, 2),
        created_at: timestamp(),
        data: json(),
      },
      {
        sqlite: `SELECT posts.user_id AS author_id, title, price, created_at, data FROM posts
                 JOIN author_stats ON author_stats.user_id = posts.user_id WHERE author_stats.likes > 10 -- many`,
      },
      { path: "hits" },
    )
      .primaryKey("author_id", "title")
      .allow({ read: everyone }),
    hidden: view({ n: integer() }, "SELECT 1 AS n").primaryKey("n"),
  },
  seed: () => [
    { table: "users", rows: ["alice", "bob", "carol"].map((username) => ({ username, created_at: DAY })) },
    {
      table: "posts",
      rows: [
        { user_id: 1, title: "Bread", likes: 3, price: "0.05", created_at: DAY, data: { a: [1] } },
        { user_id: 1, title: "Soup", likes: 12, price: "-12.30", created_at: "2024-10-29T00:00:00.000Z" },
        { user_id: 2, title: "Rain", likes: 7, created_at: DAY },
      ],
    },
  ],
});

const ALICE = { user_id: 1, username: "alice", posts: 2, likes: 15 };
const BOB = { user_id: 2, username: "bob", posts: 1, likes: 7 };
const CAROL = { user_id: 3, username: "carol", posts: 0, likes: null };

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(blog);
});
afterAll(() => closeSound(engine));

describe("a view is read like a table", () => {
  test("its rows, by their key downwards, and one by its key", async () => {
    expect(rowsOf(await engine.get("/api/author_stats"))).toEqual([CAROL, BOB, ALICE]);
    expect(rowOf(await engine.get("/api/author_stats/1"))).toEqual(ALICE);
    problemOf(await engine.get("/api/author_stats/9"), 404, "not_found");
    problemOf(await engine.get("/api/author_stats/x"), 404, "not_found");
  });

  test("newest first where it declares created_at", async () => {
    expect(columnOf(await engine.get("/api/hits"), "title")).toEqual(["Soup", "Bread"]);
  });

  test.each([
    ["user_id=2", [2]],
    ["posts[gte]=1", [2, 1]],
    ["username[starts]=ca", [3]],
    ["likes[null]=true", [3]],
    ["likes[ne]=7", [3, 1]],
    ["user_id[in]=1&user_id[in]=3", [3, 1]],
    ["user.username=alice", [1]],
    ["user.posts.title=Rain", [2]],
    [`filter=${encodeURIComponent('{"or":[{"posts":0},{"likes":{"gt":10}}]}')}`, [3, 1]],
    ["sort=-likes", [1, 2, 3]],
    ["sort=likes", [3, 2, 1]],
    ["sort=-user.username&limit=2", [3, 2]],
    ["limit=1&offset=1", [2]],
  ])("?%s", async (query, ids) => {
    expect(columnOf(await engine.get(`/api/author_stats?${query}`), "user_id")).toEqual(ids);
  });

  test("page by page, also where the sort's column is missing", async () => {
    for (const sort of ["user_id", "-likes", "likes", "username"]) {
      const whole = rowsOf(await engine.get(`/api/author_stats?sort=${sort}`));
      const seen: unknown[] = [];
      for (let next: string | undefined = `/api/author_stats?sort=${sort}&limit=1`; next !== undefined; ) {
        const page = await engine.get(next);
        seen.push(...rowsOf(page));
        next = nextOf(page);
      }
      expect([sort, seen]).toEqual([sort, whole]);
    }
  });

  test("counted, exactly and by estimate", async () => {
    expect((await engine.get("/api/author_stats?count=exact&limit=1")).headers["x-total-count"]).toBe("3");
    expect((await engine.get("/api/author_stats?count=estimated&posts=1")).headers["x-total-count"]).toBe("1");
  });

  test("fields, and include on both sides", async () => {
    expect(rowOf(await engine.get("/api/author_stats/1?fields=posts&include=user&user.fields=username"))).toEqual({
      posts: 2,
      user: { username: "alice" },
    });
    expect(
      rowsOf(await engine.get("/api/users?fields=id&include=author_stats,author_stats.count&sort=id&limit=2")),
    ).toEqual([
      { id: 1, author_stats: [ALICE], author_stats_count: 1 },
      { id: 2, author_stats: [BOB], author_stats_count: 1 },
    ]);
    expect(
      rowsOf(
        await engine.get(
          "/api/hits?fields=title,price,data&include=author.user&author.fields=posts&author.user.fields=id",
        ),
      ),
    ).toEqual([
      { title: "Soup", price: "-12.30", data: null, author: { posts: 2, user: { id: 1 } } },
      { title: "Bread", price: "0.05", data: { a: [1] }, author: { posts: 2, user: { id: 1 } } },
    ]);
    expect(rowsOf(await engine.get("/api/users?author_stats.posts[gt]=1&fields=username"))).toEqual([
      { username: "alice" },
    ]);
  });

  test("nested below the row it refers to, which may itself be of a view", async () => {
    expect(rowsOf(await engine.get("/api/users/1/author_stats"))).toEqual([ALICE]);
    problemOf(await engine.get("/api/users/9/author_stats"), 404, "not_found");
    expect(columnOf(await engine.get("/api/author_stats/1/popular"), "title")).toEqual(["Soup", "Bread"]);
    expect(rowOf(await engine.get("/api/hits/1,Soup"))).toMatchObject({ author_id: 1, price: "-12.30" });
  });

  test("with an ETag that changes with what the view reads", async () => {
    const before = await engine.get("/api/author_stats/2");
    const etag = before.headers["etag"] ?? "";
    expect((await engine.get("/api/author_stats/2", { "if-none-match": etag })).status).toBe(304);
    const post = rowOf(await engine.post("/api/posts", { user_id: 2, title: "Snow" }));
    const after = await engine.get("/api/author_stats/2", { "if-none-match": etag });
    expect(rowOf(after)).toEqual({ ...BOB, posts: 2 });
    expect((await engine.delete(`/api/posts/${String(post["id"])}`)).status).toBe(204);
    expect((await engine.get("/api/author_stats/2")).headers["etag"]).toBe(etag);
  });

  test("by those who may", async () => {
    problemOf(await engine.get("/api/hidden"), 401, "sign_in_required");
    problemOf(await engine.get("/api/author_stats?nope=1"), 400, "unknown_parameter");
    expect(problemOf(await engine.get("/api/author_stat"), 404, "no_route").detail).toContain("author_stats");
  });
});

describe("nobody writes a view", () => {
  test.each([
    ["POST", "/api/author_stats", "GET, HEAD, OPTIONS"],
    ["POST", "/api/users/1/author_stats", "GET, HEAD, OPTIONS"],
    ["PUT", "/api/author_stats/1", "GET, HEAD, OPTIONS"],
    ["PATCH", "/api/author_stats/1", "GET, HEAD, OPTIONS"],
    ["DELETE", "/api/author_stats/1", "GET, HEAD, OPTIONS"],
  ])("%s %s answers 405", async (method, url_, allow) => {
    const answer = await engine.send({ method, url: url_, json: { user_id: 1, username: "x", posts: 1 } });
    problemOf(answer, 405, "method_not_allowed");
    expect(answer.headers["allow"]).toBe(allow);
    expect(answer.sql).toEqual([]);
    expect((await engine.send({ method: "OPTIONS", url: url_ })).headers["allow"]).toBe(allow);
  });

  test("the document has its reads alone", async () => {
    const { paths, components } = (await engine.get("/openapi.json")).json as {
      paths: Record<string, object>;
      components: { schemas: Record<string, unknown> };
    };
    expect(Object.keys(paths["/api/author_stats"] ?? {})).toEqual(["get"]);
    expect(Object.keys(paths["/api/author_stats/{user_id}"] ?? {})).toEqual(["parameters", "get"]);
    expect(Object.keys(paths["/api/users/{id}/author_stats"] ?? {})).toEqual(["parameters", "get"]);
    expect(
      Object.keys(components.schemas).filter((name) =>
        /^(?:author_stats|hits|hidden)(?:\.create|\.update|\.replace|\.upsert|\.written)?$/.test(name),
      ),
    ).toEqual(["author_stats", "hits"]);
  });

  test("a view holds back no delete, and a cascade goes past it", async () => {
    const user = rowOf(await engine.post("/api/users", { username: "dave" }));
    const at = String(user["id"]);
    await engine.post("/api/posts", { user_id: user["id"], title: "Wind", likes: 11 });
    expect(rowsOf(await engine.get(`/api/users/${at}/author_stats`))).toHaveLength(1);
    const gone = await engine.delete(`/api/users/${at}`);
    expect(gone.status).toBe(204);
    expect(gone.sql.join("\n")).not.toMatch(/author_stats|popular/);
    problemOf(await engine.get(`/api/author_stats/${at}`), 404, "not_found");
  });
});

describe("values that are not of their kind", () => {
  const KINDS = {
    t: text(5),
    lt: longText(),
    em: email(),
    u: url(),
    sl: slug(),
    i: integer(),
    bi: bigint(),
    d: decimal(10, 2),
    d0: decimal(5, 0),
    r: real(),
    bo: boolean(),
    da: date(),
    ti: timestamp(),
    id: uuid(),
    en: enumeration("a"),
    j: json(),
  };
  const names = Object.keys(KINDS);
  const same = (value: string): string => names.map((name) => `${value} AS ${name}`).join(", ");
  const values = [
    "NULL",
    "'x'",
    "'{'",
    "x'ff00'",
    "1",
    "1.5",
    "9e999",
    "-9223372036854775808",
    "'2'",
    "char(0)",
    "x'7b7d'",
  ];
  const every = servery({
    tables: {
      odd: view(
        { k: integer(), ...KINDS },
        values.map((value, at) => `SELECT ${at} AS k, ${same(value)}`).join(" UNION ALL "),
      )
        .primaryKey("k")
        .allow({ read: everyone }),
    },
  });

  test("are null where they are stored as something else; nothing fails", async () => {
    const odd = await openEngine(every);
    const rows = new Map(
      rowsOf(await odd.get("/api/odd?fields=k,t,i,bi,d,d0,r,bo,j")).map(({ k, ...row }) => [values[k as number], row]),
    );
    const nothing = { t: null, i: null, bi: null, d: null, d0: null, r: null, bo: null, j: null };
    expect(rows.get("NULL")).toEqual(nothing);
    expect(rows.get("x'ff00'")).toEqual(nothing);
    expect(rows.get("'x'")).toEqual({ ...nothing, t: "x" });
    expect(rows.get("'2'")).toEqual({ ...nothing, t: "2", j: 2 });
    expect(rows.get("1")).toEqual({ ...nothing, i: 1, bi: "1", d: "0.01", d0: "1", r: 1, bo: true });
    expect(rows.get("1.5")).toEqual({ ...nothing, r: 1.5 });
    expect(rows.get("9e999")).toEqual(nothing);
    expect(odd.faults).toEqual([]);
    await odd.close();
  });

  test("every column can be sorted by, paged and filtered all the same", async () => {
    const odd = await openEngine(every);
    const statuses = new Set<number>();
    for (const name of names.filter((candidate) => candidate !== "j")) {
      for (const sort of [name, `-${name}`]) {
        let next: string | undefined = `/api/odd?sort=${sort}&limit=2&fields=k`;
        for (let pages = 0; next !== undefined && pages < 12; pages++) {
          const page = await odd.get(next);
          statuses.add(page.status);
          next = nextOf(page);
        }
      }
      for (const operator of ["null", "ne", "gt", "icontains", "ilike", "ends"])
        statuses.add((await odd.get(`/api/odd?fields=k&${name}[${operator}]=true`)).status);
    }
    expect(statuses).toEqual(new Set([200, 400]));
    expect(odd.faults).toEqual([]);
    await odd.close();
  });
});
