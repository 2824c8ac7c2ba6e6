import { expect, test } from "vitest";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import socialV1 from "../../examples/social-v1/servery.ts";
import { seedFindings } from "./seed-findings.ts";
import { seedRows } from "./seed-rows.ts";

test("has the two pictured tables with their columns in order", () => {
  const tables = [...resolveSchema(socialV1).tables.values()];
  expect(tables.map((table) => [table.name, ...table.columns.map((column) => column.name)])).toEqual([
    ["users", "id", "username", "email", "created_at"],
    ["posts", "id", "user_id", "message", "likes", "created_at"],
  ]);
});

test("has the pictured rows and no others", () => {
  expect(seedFindings(socialV1)).toEqual([]);
  expect(seedRows(socialV1, "users")).toEqual([
    { id: 1, username: "alice", email: "alice@email.com", created_at: "2024-01-15T00:00:00.000Z" },
    { id: 2, username: "bob", email: "bob@email.com", created_at: "2024-01-20T00:00:00.000Z" },
  ]);
  expect(seedRows(socialV1, "posts")).toEqual([
    { id: 1, user_id: 1, message: "Hello world!", likes: 10, created_at: "2024-01-16T00:00:00.000Z" },
    { id: 2, user_id: 2, message: "Backend is fun", likes: 15, created_at: "2024-01-21T00:00:00.000Z" },
  ]);
});
