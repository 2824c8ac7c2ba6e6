import { boolean, email, everyone, integer, json, ref, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeSound, rowOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

const declaration = servery({
  tables: {
    users: table(
      { username: text(30), email: email(), is_active: boolean().default(true) },
      { updated_at: false },
    ).allow(OPEN),
    posts: table({ user_id: ref("users"), title: text(200), likes: integer().default(0) }).allow(OPEN),
    things: table({ value: json().optional(), name: text(100).optional() }).allow(OPEN),
  },
  seed: () => [
    {
      table: "users",
      rows: [{ id: 42, username: "alice", email: "alice@example.com", created_at: "2024-10-28T10:30:00Z" }],
    },
    {
      table: "posts",
      rows: [
        { id: 1, user_id: 42, title: "First Post", likes: 10 },
        { id: 2, user_id: 42, title: "Second Post", likes: 5 },
      ],
    },
  ],
});

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(declaration);
});
afterAll(() => closeSound(engine));

async function back(value: unknown): Promise<unknown> {
  const created = rowOf(await engine.post("/api/things", { value }));
  const read = rowOf(await engine.get(`/api/things/${String(created["id"])}`));
  expect(read).toEqual(created);
  return read["value"];
}

test("172 JSON is the format of every answer, problems included", async () => {
  for (const answer of [
    await engine.get("/api/users"),
    await engine.get("/api/users/42"),
    await engine.get("/api/users/999"),
    await engine.get("/nope"),
    await engine.post("/api/things", {}),
    await engine.get("/health/ready"),
    await engine.get("/openapi.json"),
  ]) {
    expect(answer.headers["content-type"]).toMatch(/^application\/(?:problem\+)?json; charset=utf-8$/);
    expect(() => JSON.parse(answer.text) as unknown).not.toThrow();
  }
});

test("173 the nested example: a user with its posts", async () => {
  const answer = await engine.get("/api/users/42?include=posts&posts.fields=id,title,likes&posts.sort=id");
  expect(answer.json).toEqual({
    id: 42,
    username: "alice",
    email: "alice@example.com",
    posts: [
      { id: 1, title: "First Post", likes: 10 },
      { id: 2, title: "Second Post", likes: 5 },
    ],
    is_active: true,
    created_at: "2024-10-28T10:30:00.000Z",
  });
  expect(answer.sql).toHaveLength(1);
});

describe("value types", () => {
  test("175 strings, whatever stands in them", async () => {
    const texts = [
      "",
      "x",
      'quote " backslash \\ slash /',
      "tab\tnewline\nreturn\r",
      "\u0001\u001f\u007f",
      "äöü ß 日本 😀 \u2028\u2029",
      "</script>",
      "null",
      "' OR 1=1 --",
    ];
    for (const value of texts) expect(await back(value)).toBe(value);
    for (const name of texts) {
      const row = rowOf(await engine.post("/api/things", { name }));
      expect(rowOf(await engine.get(`/api/things/${String(row["id"])}`))["name"]).toBe(name);
    }
  });

  test("176 numbers", async () => {
    for (const value of [0, 1, -1, 42, 0.5, -0.1, 0.30000000000000004, 1e21, 1.5e300, 5e-324, 9_007_199_254_740_991])
      expect(await back(value)).toBe(value);
    expect(typeof rowOf(await engine.get("/api/posts/1"))["likes"]).toBe("number");
  });

  test("177 booleans", async () => {
    expect([await back(true), await back(false)]).toEqual([true, false]);
    expect((await engine.get("/api/users/42?fields=is_active")).text).toBe('{"is_active":true}');
  });

  test("178 arrays, in their order", async () => {
    for (const value of [[], [1, 2, 3], [3, 1, 2], [null], [[[]]], ["a", 1, true, null, {}]])
      expect(await back(value)).toEqual(value);
  });

  test("179 objects, with any keys", async () => {
    for (const value of [
      {},
      { a: 1 },
      { "": "empty", "a b": 1, "ä.b[c]": 2, '"': 3 },
      { nested: { deeper: { list: [{}] } } },
    ])
      expect(await back(value)).toEqual(value);
  });

  test("180 null", async () => {
    expect(await back(null)).toBeNull();
    expect(await back({ a: null })).toEqual({ a: null });
    expect((await engine.get("/api/things?value[null]=true&limit=1&fields=value")).text).toBe('[{"value":null}]');
  });
});
