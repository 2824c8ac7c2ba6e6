import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  boolean,
  decimal,
  everyone,
  integer,
  json,
  longText,
  real,
  type Observation,
  ref,
  servery,
  table,
  text,
  timestamp,
  view,
} from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, findingsOf, problemOf, rowOf, rowsOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const DAY = "2024-10-28T10:30:00.000Z";

/** What the functions saw, in order. */
const saw: unknown[] = [];

const blog = servery({
  tables: {
    users: table({ username: text(30) })
      .computed("initial", text(1), ["username"], (row) => row.username.slice(0, 1))
      .allow(OPEN),
    posts: table({
      user_id: ref("users"),
      title: text(50),
      content: longText().optional(),
      price: decimal(10, 2).default("1.50"),
    })
      .computed("words", integer(), ["content"], (row) => {
        saw.push(row);
        return row.content === null ? 0 : row.content.split(" ").length;
      })
      .computed("label", text(100).optional(), ["title", "id"], (row) =>
        row.title === "none" ? null : `${row.id}: ${row.title}`,
      )
      .allow(OPEN),
    plain: table({ user_id: ref("users"), name: text(10) }).allow(OPEN),
    totals: view(
      { user_id: ref("users"), posts: integer() },
      "SELECT user_id, count(*) AS posts FROM posts GROUP BY user_id",
    )
      .primaryKey("user_id")
      .computed("many", boolean(), ["posts"], (row) => row.posts > 1)
      .allow({ read: everyone }),
  },
  seed: () => [
    { table: "users", rows: ["alice", "bob"].map((username) => ({ username, created_at: DAY, updated_at: DAY })) },
    {
      table: "posts",
      rows: [
        { user_id: 1, title: "Bread", content: "a b c", created_at: DAY, updated_at: DAY },
        { user_id: 1, title: "none", created_at: DAY, updated_at: DAY },
      ],
    },
    { table: "plain", rows: [{ user_id: 1, name: "p", created_at: DAY, updated_at: DAY }] },
  ],
});

const BREAD = {
  id: 1,
  user_id: 1,
  title: "Bread",
  content: "a b c",
  price: "1.50",
  created_at: DAY,
  updated_at: DAY,
  words: 3,
  label: "1: Bread",
};

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(blog);
});
afterAll(() => closeSound(engine));
beforeEach(() => {
  saw.length = 0;
});

describe("a computed column stands in every answer", () => {
  test("of one row and of a list, behind the stored columns", async () => {
    const one = await engine.get("/api/posts/1");
    expect(one.json).toEqual(BREAD);
    expect(Object.keys(rowOf(one))).toEqual(Object.keys(BREAD));
    expect(rowsOf(await engine.get("/api/posts?sort=id"))).toEqual([
      BREAD,
      { ...BREAD, id: 2, title: "none", content: null, words: 0, label: null },
    ]);
    expect(rowsOf(await engine.get("/api/posts?title=nothing"))).toEqual([]);
  });

  test("of a view and of a nested list", async () => {
    expect(rowsOf(await engine.get("/api/totals"))).toEqual([{ user_id: 1, posts: 2, many: true }]);
    expect(rowsOf(await engine.get("/api/users/1/posts?fields=words&sort=id"))).toEqual([{ words: 3 }, { words: 0 }]);
  });

  test("of included rows at every level, whether or not the rows above have one", async () => {
    expect(
      rowsOf(
        await engine.get(
          "/api/plain?include=user.posts,user.posts.count&user.fields=initial&user.posts.fields=label,words&user.posts.sort=id",
        ),
      ),
    ).toEqual([
      {
        id: 1,
        user_id: 1,
        name: "p",
        created_at: DAY,
        updated_at: DAY,
        user: {
          initial: "a",
          posts: [
            { label: "1: Bread", words: 3 },
            { label: null, words: 0 },
          ],
          posts_count: 2,
        },
      },
    ]);
    expect(rowOf(await engine.get("/api/posts/1?fields=title&include=user"))).toMatchObject({
      title: "Bread",
      user: { initial: "a" },
    });
    expect(rowsOf(await engine.get("/api/users?fields=id&include=posts&sort=-id&limit=1"))).toEqual([
      { id: 2, posts: [] },
    ]);
  });

  test("of writes: POST, PUT, PATCH, also one that changes nothing", async () => {
    const created = await engine.post("/api/posts?fields=words,title", {
      user_id: 2,
      title: "New",
      content: "one two",
    });
    expect([created.status, created.json]).toEqual([201, { words: 2, title: "New" }]);
    const url = created.headers["location"] ?? "";
    expect(rowOf(await engine.get(url))).toMatchObject({ words: 2 });
    expect(rowOf(await engine.put(url, { user_id: 2, title: "none" }))).toMatchObject({
      words: 0,
      label: null,
      title: "none",
    });
    const patched = await engine.patch(url, { content: "x y z w" });
    expect(patched.json).toEqual((await engine.get(url)).json);
    expect(rowOf(patched)).toMatchObject({ words: 4 });
    expect(rowOf(await engine.patch(url, {}))).toMatchObject({ words: 4 });
    expect(rowOf(await engine.post("/api/users/2/posts", { title: "Below" }))).toMatchObject({
      words: 0,
      label: expect.stringMatching(/Below$/),
    });
    expect((await engine.delete(url)).status).toBe(204);
  });

  test("is left out by fields, and what only it needs is read and dropped", async () => {
    const without = await engine.get("/api/posts?id=1&fields=title");
    expect(without.text).toBe('[{"title":"Bread"}]');
    expect(without.sql.join()).not.toContain('"content"');
    expect(saw).toEqual([]);
    const alone = await engine.get("/api/posts/1?fields=words");
    expect(alone.text).toBe('{"words":3}');
    expect(saw).toEqual([{ content: "a b c" }]);
    expect((await engine.get("/api/posts/1?fields=words,id,label,content")).text).toBe(
      '{"words":3,"id":1,"label":"1: Bread","content":"a b c"}',
    );
  });

  test("rows without one go out as the database wrote them, others are made anew", async () => {
    // A database writes 1.0 where JavaScript writes 1.
    const rated = servery({
      tables: {
        things: table({ rate: real() })
          .computed("double", real(), ["rate"], (row) => row.rate * 2)
          .allow(OPEN),
        notes: table({ thing_id: ref("things"), rate: real() }).allow(OPEN),
      },
    });
    const other = await openEngine(rated);
    await other.post("/api/things", { rate: 1 });
    await other.post("/api/notes", { thing_id: 1, rate: 1 });
    const texts = async (url: string): Promise<string> => (await other.get(url)).text;
    expect(await texts("/api/things?fields=rate")).toBe('[{"rate":1.0}]');
    expect(await texts("/api/things/1?fields=rate&include=notes&notes.fields=rate")).toBe(
      '{"rate":1.0,"notes":[{"rate":1.0}]}',
    );
    expect(await texts("/api/notes?fields=rate&include=thing&thing.fields=rate")).toBe(
      '[{"rate":1.0,"thing":{"rate":1.0}}]',
    );
    expect(await texts("/api/things?fields=rate,double")).toBe('[{"rate":1,"double":2}]');
    expect(await texts("/api/notes?fields=rate&include=thing&thing.fields=double")).toBe(
      '[{"rate":1,"thing":{"double":2}}]',
    );
    await other.close();
  });
});

describe("its tag is that of what is stored", () => {
  test("a row has the tag that it would have without the column", async () => {
    const bare = servery({ tables: { posts: table({ title: text(10) }).allow(OPEN) } });
    const rich = servery({
      tables: {
        posts: table({ title: text(10) })
          .computed("n", integer(), ["title"], (row) => row.title.length)
          .allow(OPEN),
      },
    });
    const tags: unknown[] = [];
    for (const declaration of [bare, rich]) {
      const each = await openEngine({
        ...declaration,
        seed: () => [{ table: "posts", rows: [{ title: "x", created_at: DAY, updated_at: DAY }] }],
      });
      tags.push((await each.get("/api/posts/1")).headers["etag"]);
      await each.close();
    }
    expect(tags[0]).toMatch(/^"[\w-]{22}"$/);
    expect(tags[1]).toBe(tags[0]);
  });

  test("304 for the same representation, 200 for another; If-Match takes any of them", async () => {
    const [plain, words, title] = await Promise.all(
      ["", "?fields=words", "?fields=title,words"].map((query) => engine.get(`/api/posts/1${query}`)),
    );
    const tags = [plain, words, title].map((answer) => answer?.headers["etag"] ?? "");
    expect(new Set(tags).size).toBe(3);
    expect(new Set(tags.map((tag) => tag.slice(1, 23))).size).toBe(1);
    expect((await engine.get("/api/posts/1?fields=words", { "if-none-match": tags[1] ?? "" })).status).toBe(304);
    expect((await engine.get("/api/posts/1?fields=words", { "if-none-match": tags[2] ?? "" })).status).toBe(200);
    expect((await engine.get("/api/posts/1", { "if-none-match": tags[0] ?? "" })).status).toBe(304);
    const patched = await engine.patch("/api/posts/1?fields=words", { price: "1.50" }, { "if-match": tags[1] ?? "" });
    expect(patched.status).toBe(200);
    expect(patched.headers["etag"]).toBe((await engine.get("/api/posts/1?fields=words")).headers["etag"]);
    problemOf(
      await engine.patch("/api/posts/1", { title: "Lost" }, { "if-match": tags[0] ?? "" }),
      412,
      "precondition_failed",
    );
    expect(rowOf(await engine.get("/api/posts/1"))["title"]).toBe("Bread");
  });
});

describe("what the database does not have cannot be asked of it", () => {
  test.each([
    "words=3",
    "words[gte]=1",
    "words[null]=true",
    "sort=words",
    "sort=-label,id",
    "sort=user.initial",
    "user.initial=a",
    `filter=${encodeURIComponent('{"words":3}')}`,
  ])("?%s is a 400 with the reason", async (query) => {
    const answer = await engine.get(`/api/posts?${query}`);
    expect(problemOf(answer, 400, "invalid_parameter").detail).toContain("is computed when a row is answered");
    expect(answer.sql).toEqual([]);
  });

  test("a misspelt field is told the nearest, computed or not", async () => {
    expect(problemOf(await engine.get("/api/posts?fields=word"), 400, "unknown_column").detail).toContain(
      "Did you mean words?",
    );
    problemOf(await engine.get("/api/posts?fields=words,words"), 400, "repeated_parameter");
    expect(problemOf(await engine.get("/api/posts?word=1"), 400, "unknown_parameter").detail).not.toContain("words");
  });

  test("nobody writes it, and nothing of the body is written", async () => {
    const row = { user_id: 1, title: "x", words: 3 };
    for (const answer of [
      await engine.post("/api/posts", row),
      await engine.put("/api/posts/1", row),
      await engine.patch("/api/posts/1", { words: 3 }),
    ]) {
      expect(findingsOf(answer)).toEqual(["/words read_only"]);
      expect(answer.sql).toEqual([]);
    }
    expect(rowOf(await engine.get("/api/posts/1"))["title"]).toBe("Bread");
  });

  test("the document shows it in answers alone, as what may be null", async () => {
    const { components } = (await engine.get("/openapi.json")).json as {
      components: {
        schemas: Record<string, { properties: Record<string, object> }>;
        parameters: Record<string, { description: string }>;
      };
    };
    expect(components.schemas["posts"]?.properties["words"]).toEqual({
      type: ["integer", "null"],
      readOnly: true,
      description: "Computed from content.",
    });
    for (const body of ["posts.create", "posts.update", "posts.replace"])
      expect(Object.keys(components.schemas[body]?.properties ?? {})).not.toContain("words");
    expect(components.parameters["posts.fields"]?.description).toContain("words");
    expect(components.parameters["posts.sort"]?.description).not.toContain("words");
    expect(Object.keys(components.parameters)).not.toContain("posts.where.words");
  });
});

describe("a function that fails", () => {
  const odd = new Proxy(
    {},
    {
      has: () => {
        throw new Error("no");
      },
    },
  );
  const things = table({ n: integer(), data: json<{ deep: number[] }>().optional() })
    .computed("throws", integer(), ["n"], (row) => {
      if (row.n > 1) throw new Error("secret words");
      return row.n;
    })
    .computed("waits", integer(), [], () => Promise.reject(new Error("late")) as never)
    .computed("misses", integer(), [], () => undefined as never)
    .computed("long", text(3), ["n"], (row) => "x".repeat(row.n + 2))
    .computed("half", text(9), [], () => "\ud83d")
    .computed("infinite", integer(), [], () => Number.POSITIVE_INFINITY)
    .computed("bad_day", timestamp(), [], () => "2024-02-30")
    .computed("ring", json().optional(), [], () => {
      const ring: unknown[] = [];
      ring.push(ring);
      return ring as never;
    })
    .computed("odd", json(), [], () => odd as never)
    .computed("spelt", decimal(10, 2), ["n"], (row) => row.n / 2)
    .computed("day", timestamp(), [], () => "2024-10-28")
    .computed("deep", integer(), ["data"], (row) => row.data?.deep.push(1) ?? 0)
    .allow(OPEN);

  test("answers null in its place, tells of it once an answer, and fails nothing", async () => {
    const observed: Observation[] = [];
    const broken = await openEngine(
      {
        ...servery({ tables: { things } }),
        seed: () => [{ table: "things", rows: [{ n: 1, data: { deep: [7] } }, { n: 2 }, { n: 3 }] }],
      },
      { observe: (observation) => observed.push(observation) },
    );
    const rows = rowsOf(
      await broken.get("/api/things?sort=id&fields=n,throws,waits,misses,long,half,infinite,bad_day,ring,odd"),
    );
    const nothing = { waits: null, misses: null, half: null, infinite: null, bad_day: null, ring: null, odd: null };
    expect(rows).toEqual([
      { n: 1, throws: 1, long: "xxx", ...nothing },
      { n: 2, throws: null, long: null, ...nothing },
      { n: 3, throws: null, long: null, ...nothing },
    ]);
    const words = broken.faults.map((fault) => (fault as Error).message);
    expect(words).toHaveLength(9);
    expect(words[0]).toBe("things.waits could not be computed and is null");
    expect(broken.faults.map((fault) => String((fault as Error).cause)).join("\n")).toMatch(/promise[^]*secret words/);
    expect(observed.filter((observation) => observation.is === "fault" && observation.requestId !== undefined)).toEqual(
      [],
    );
    const written = await broken.patch("/api/things/1", { n: 2 });
    expect(rowOf(written)).toMatchObject({ n: 2, throws: null });
    expect(written.text).not.toContain("secret");
    // What it is given is a row of its own, and what it answers is spelt like a stored value.
    expect(rowOf(await broken.get("/api/things/1?fields=deep,spelt,day,data"))).toEqual({
      deep: 2,
      spelt: "1.00",
      day: "2024-10-28T00:00:00.000Z",
      data: { deep: [7] },
    });
    // A promise that nobody waits for must not end the process.
    await setImmediate();
    await broken.close();
  });
});
