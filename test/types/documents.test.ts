import { documents, everyone, ref, servery, table, text } from "servery";
import type { Insert, Row, Update } from "servery";
import { createClient } from "servery/client";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { Json } from "#servery/schema/stored.js";

const app = servery({
  tables: {
    users: table({ username: text(30) }).allow({ read: everyone }),
    profiles: documents({ columns: { user_id: ref("users").optional() }, index: ["author.city"] }),
    recipes: documents({ schema: z.object({ title: z.string(), steps: z.array(z.string()).default([]) }) }),
  },
});
type App = typeof app;

test("a document's columns have their types, and its members are JSON", () => {
  expectTypeOf<Row<App, "profiles">["id"]>().toEqualTypeOf<number>();
  expectTypeOf<Row<App, "profiles">["created_at"]>().toEqualTypeOf<string>();
  expectTypeOf<Row<App, "profiles">["user_id"]>().toEqualTypeOf<number | null>();
  expectTypeOf<Row<App, "profiles">["anything"]>().toEqualTypeOf<Json>();
  const sent: Insert<App, "profiles"> = { name: "Ada", author: { city: "Oslo" }, user_id: 1 };
  expectTypeOf(sent).toExtend<Insert<App, "profiles">>();
});

test("a validator says what a document holds", () => {
  expectTypeOf<Row<App, "recipes">["title"]>().toEqualTypeOf<string>();
  expectTypeOf<Row<App, "recipes">["steps"]>().toEqualTypeOf<string[]>();
  const patch: Update<App, "recipes"> = { title: "Bread" };
  expectTypeOf(patch).toExtend<Update<App, "recipes">>();
});

test("the client takes documents and paths", () => {
  const client = createClient<App>("http://localhost");
  const ask = async (): Promise<void> => {
    const rows = await client.profiles.list({ where: { "author.city": "Oslo", user: { username: "ada" } } });
    expectTypeOf(rows[0]?.["author"]).toEqualTypeOf<Json | undefined>();
    const some = await client.profiles.list({ fields: ["name"], sort: "-author.city" });
    expectTypeOf(some[0]?.["name"]).toEqualTypeOf<Json | undefined>();
    await client.profiles.create({ name: "Ada", tags: ["x"] });
    await client.profiles.update(1, { name: null });
    await client.recipes.create({ title: "Bread" });
    await client.recipes.update(1, { title: "Cake" });
  };
  expectTypeOf(ask).toBeFunction();
});
