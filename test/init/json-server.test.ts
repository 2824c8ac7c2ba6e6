import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, servery } from "../binary/process.ts";
import { temporaryFolder } from "./databases.ts";

const DB = {
  posts: [
    {
      id: 1,
      title: "Bread",
      views: 100,
      userId: 2,
      tags: ["food"],
      published: true,
      day: "2024-01-02",
      seen: 1_700_000_000_000,
    },
    { id: 7, title: "", views: 200.5, userId: 1, tags: [], published: false, day: "2024-01-03", seen: 2 },
  ],
  comments: [
    { id: 5, body: "Good", postId: 1, mood: "happy" },
    { id: 6, body: "Bad", postId: 99, mood: 3 },
    { body: "No id", postId: 7 },
  ],
  users: [
    { id: 1, name: "Ann", email: "ann@example.com", site: "https://example.com", "full name": "Ann A.", bossId: null },
    { id: 2, name: "Bo", email: "bo@example.com", site: "http://example.org", born: "2000-01-01T00:00:00Z", bossId: 1 },
  ],
  categories: [
    { id: 2, parent: 1, categoryId: 1 },
    { id: 1, parent: null, categoryId: null },
  ],
  tokens: [{ id: "a-1", userId: 2 }],
  profile: { name: "typicode" },
  auth: [{ id: 1, ok: true }],
  version: 3,
  words: ["a", "b"],
  nothing: [],
};

/** The command's whole output and exit code. */
async function init(folder: string, from: string): Promise<{ code: number | string; text: string }> {
  const running = servery(["init", folder, "--from", from]);
  const code = await running.ended;
  return { code, text: running.output() };
}

function file(content: unknown, name = "db.json"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("the rows answer as json-server would answer them", async () => {
  const folder = join(temporaryFolder(), "app");
  const { code, text } = await init(folder, file(DB));
  expect(text).toContain("db.json: 8 tables, 12 rows.");
  expect(code).toBe(0);
  const running = servery(["dev", folder], { PORT: "0" });
  const url = await running.url();
  expect((await ask(`${url}/api/posts?sort=id`)).body).toEqual(DB.posts);
  expect((await ask(`${url}/api/posts/1`)).body).toEqual(DB.posts[0]);
  expect((await ask(`${url}/api/posts?userId=1`)).body).toEqual([DB.posts[1]]);
  expect((await ask(`${url}/api/users/1/posts`)).body).toEqual([DB.posts[1]]);
  expect((await ask(`${url}/api/posts/1?include=user`)).body).toMatchObject({ user: { name: "Bo" } });
  expect((await ask(`${url}/api/comments?sort=id&fields=id,mood`)).body).toEqual([
    { id: 5, mood: "happy" },
    { id: 6, mood: 3 },
    { id: 7, mood: null },
  ]);
  expect((await ask(`${url}/api/tokens/a-1?include=user`)).body).toMatchObject({ id: "a-1", user: { id: 2 } });
  expect((await ask(`${url}/api/categories/1/categories`)).body).toEqual([DB.categories[0]]);
  expect((await ask(`${url}/api/profile`)).body).toEqual([{ id: 1, name: "typicode" }]);
  expect((await ask(`${url}/api/auths/1`)).body).toEqual({ id: 1, ok: true });
  expect((await ask(`${url}/api/version`)).status).toBe(404);
  const post = await ask(`${url}/api/posts`, { method: "POST", json: { ...DB.posts[0], id: undefined } });
  expect(post.body).toMatchObject({ id: 8, title: "Bread" });
});

test("what was guessed stands in the declaration, and what is no table is named", async () => {
  const folder = temporaryFolder();
  const { text } = await init(folder, file(DB));
  const source = readFileSync(join(folder, "servery.ts"), "utf8");
  expect(source).toContain(
    '        title: text(50, { min: 0 }),\n        views: real(),\n        userId: ref("users"),\n',
  );
  expect(source).toContain("        day: date(),\n        seen: integer({ min: 0, max: 9007199254740991 }),\n");
  expect(source).toContain("        // No reference to posts: it has no row 99.\n        postId: integer(),\n");
  expect(source).toContain("        email: email(),\n        site: url(),\n");
  expect(source).toContain('        "full name": text(50).optional(),\n');
  expect(source).toContain("        born: timestamp().optional(),\n");
  expect(source).toContain("    // Left out: version (it is a number, and no list of objects).\n");
  expect(text).toContain("  words: its element 0 is no object, so the list is no table.\n");
  expect(text).toContain("  posts             8     2  userId → users\n");
  expect(text).toContain("  comments.mood: values are texts and numbers, so it takes any JSON.\n");
  expect(readdirSync(folder).filter((name) => name.startsWith(".servery-init"))).toEqual([]);
});

/** A file, and a word of the sentence that refuses it. */
const refused: readonly [content: unknown, problem: string][] = [
  ["{ posts: [] }", "the file is no JSON"],
  ["", "the file is no JSON"],
  [[], "it holds no object at its top"],
  [{ version: 1 }, "it holds no list of objects"],
  [{ posts: [{ id: 1 }, { id: 1 }] }, "elements 0 and 1 have the same id 1"],
  [{ posts: [{ id: "1" }, { id: 1 }] }, "elements 0 and 1 have the same id 1"],
  [{ posts: [{ id: "a" }, { id: 1 }] }, "some ids are texts and some numbers"],
  [{ posts: [{ id: "a" }, {}] }, "element 1: it has no id"],
  [{ posts: [{ id: 1.5 }] }, "its id is neither a text nor a whole number"],
  ['{ "posts": [{ "id": 1, "__proto__": { "admin": true } }] }', "the key __proto__"],
  ['{ "posts": [{ "id": 1, "a": { "\\u005f_proto__": 1 } }] }', "the key __proto__"],
  [{ posts: [{ id: 1, constructor: "Ferrari" }] }, "JavaScript gives this name a meaning"],
  [{ sqlite_posts: [{ id: 1 }] }, "belong to SQLite"],
  [{ posts: [{ id: 1, Title: "a", title: "b" }] }, "differs from Title in case alone"],
  [{ posts: [{ id: 1, ["x".repeat(64)]: 1 }] }, "63 bytes"],
  [{ posts: [{ id: 1, text: "a\u0000b" }] }, "holds a NUL"],
];

test.each(refused)("a file %j is refused: %s", async (content, problem) => {
  const folder = join(temporaryFolder(), "app");
  const { code, text } = await init(folder, file(content));
  expect(text).toContain(problem);
  expect(text.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(1);
  expect(existsSync(folder)).toBe(false);
});

test("rows that are refused leave nothing behind, not even beside other files", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "index.html"), "<p>");
  const { code } = await init(folder, file({ good: [{ id: 1 }], posts: [{ id: 1, text: "half \ud800 pair" }] }));
  expect(code).toBe(1);
  expect(readdirSync(folder)).toEqual(["index.html"]);
});
