import { everyone, integer, ref, servery, table, text } from "servery";
import { expect, onTestFinished, test } from "vitest";
import { openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone };
const users = table({ name: text(50) }).allow(OPEN);
const columns = { user_id: ref("users"), title: text(200).search(), category: text(50), likes: integer().default(0) };

const bare = servery({ tables: { users, posts: table(columns).allow(OPEN) } });
/** The same with what the advice says. */
const indexed = servery({
  tables: {
    users,
    posts: table({ ...columns, category: text(50).index() })
      .index("likes")
      .index("category", "likes")
      .allow(OPEN),
  },
});

async function adviceOn(declaration: typeof bare, url: string): Promise<readonly string[]> {
  const engine = await openEngine(declaration, { explain: true });
  onTestFinished(() => engine.close());
  const answer = await engine.get(url);
  expect(answer.status).toBe(200);
  const { json } = await engine.get(`/api/x-ray/${answer.headers["x-request-id"]}`, { host: "localhost" });
  return (json as { statements: { advice: string[] }[] }).statements.flatMap(({ advice }) => advice);
}

const FIND =
  "Rows of posts are looked at one after the other, since no index leads to category. Write .index() behind the column category in the declaration.";

test.each([
  ["/api/posts?category=news", [FIND]],
  ["/api/posts?category[in]=a&category[in]=b", [FIND]],
  ["/api/posts?category[starts]=a", [FIND]],
  ["/api/users?include=posts", []],
  ["/api/posts?user_id=1", []],
  ["/api/posts", []],
  ["/api/posts/1", []],
  [
    "/api/posts?sort=-likes",
    [
      'Rows of posts are sorted by likes after all of them were found. Write .index("likes") behind the table, and they are found in that order.',
    ],
  ],
  [
    "/api/posts?category=a&sort=-likes",
    [
      'Rows of posts are looked at one after the other, since no index leads to category. Write .index("category", "likes") behind the table: it has their order too.',
    ],
  ],
  [
    "/api/posts?title[contains]=x",
    [
      "Letters inside of posts.title are looked for in every row: no index finds them. Write .search() behind the column and ask with q, which finds words.",
    ],
  ],
  ["/api/posts?aggregate=count", []],
  [
    "/api/posts?aggregate=count&group_by=category",
    ["Every row of posts is read: no condition on a column of it leaves fewer."],
  ],
])("%s", async (url, expected) => {
  const advice = await adviceOn(bare, url).catch((error: unknown) => {
    // A row that is not there is answered with a 404, and read all the same.
    if (url === "/api/posts/1") return [];
    throw error;
  });
  expect(advice).toEqual(expected);
});

test("a range is told like an equality", async () => {
  const [advice] = await adviceOn(bare, "/api/posts?likes[gte]=3&sort=likes");
  expect(advice).toBe(
    "Rows of posts are looked at one after the other, since no index leads to likes. Write .index() behind the column likes in the declaration.",
  );
});

test.each([
  "?category=news",
  "?category[in]=a&category[in]=b",
  "?sort=-likes",
  "?category=a&sort=-likes",
  "?likes[gte]=3&sort=likes",
])("whoever follows the advice gets none: %s", async (query) => {
  expect(await adviceOn(indexed, `/api/posts${query}`)).toEqual([]);
});
