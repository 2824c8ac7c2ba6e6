import { afterAll, beforeAll, expect, test } from "vitest";
import { closeSound, problemOf, writesOf } from "../api/answers.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { countOf, kindsOf, openSocial } from "./social.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openSocial();
});
afterAll(() => closeSound(engine));

test('154 no title → 400 {"error": "Title required"}, and the database is not asked', async () => {
  const before = await countOf(engine, "posts");
  for (const title of [undefined, null, ""]) {
    const answer = await engine.post("/api/posts", {
      ...(title === undefined ? {} : { title }),
      content: "Hello world!",
      user_id: 5,
    });
    expect(problemOf(answer, 400, "invalid_data").error).toBe("Title required");
    expect(answer.sql).toEqual([]);
  }
  expect(await countOf(engine, "posts")).toBe(before);
});

test("154 a missing content is a 400 as well, not a 500", async () => {
  const answer = await engine.post("/api/posts", { title: "My Post", user_id: 5 });
  expect(problemOf(answer, 400, "invalid_data").error).toBe("Content required");
});

test("157 INSERT INTO posts (title, content, user_id, created_at): the row is stored as it was sent, by user 5", async () => {
  const before = await countOf(engine, "posts");
  const answer = await engine.post("/api/posts", { title: "My Post", content: "Hello world!", user_id: 5 });
  const row = answer.json as { id: number; created_at: string };
  expect(answer.status).toBe(201);
  expect(writesOf(answer)).toHaveLength(1);
  expect(kindsOf(answer).filter((kind) => kind === "INSERT")).toHaveLength(1);
  for (const column of ["title", "content", "user_id", "created_at"])
    expect(writesOf(answer)[0]).toContain(`"${column}"`);
  expect(answer.sql.join("\n")).not.toMatch(/My Post|Hello world!/);
  const file = await openRaw(engine.databasePath);
  expect(file.rows("SELECT title, content, user_id, created_at FROM posts WHERE id = ?", [row.id])).toEqual([
    ["My Post", "Hello world!", 5, row.created_at],
  ]);
  file.close();
  expect(await countOf(engine, "posts")).toBe(before + 1);
});
