import { compile } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { closeSound, columnOf, findingsOf, idsOf, problemOf, rowOf, rowsOf, writesOf } from "../api/answers.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { changesOf, countOf, kindsOf, openSocial } from "./social.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openSocial();
});
afterAll(() => closeSound(engine));

let made = 0;
async function makeUser(): Promise<number> {
  made++;
  return Number(rowOf(await engine.post("/api/users", { username: "made", email: `made${made}@example.com` }))["id"]);
}

describe("CRUD", () => {
  test("130 create, read, update, delete: one row through its whole life", async () => {
    const created = await engine.post("/api/categories", { name: "Life", slug: "life" });
    const url = created.headers["location"] ?? "";
    expect(rowOf(await engine.get(url))).toEqual(created.json);
    expect(rowOf(await engine.patch(url, { name: "Changed" }))["name"]).toBe("Changed");
    expect((await engine.delete(url)).status).toBe(204);
    expect((await engine.get(url)).status).toBe(404);
  });

  test("131 a declared table has its endpoints: each of them answers", () => {
    const routes = compile(social).routes.map((route) => `${route.method} ${route.pattern} ${route.action.name}`);
    const views = Object.entries(social.tables).filter(([, { spec }]) => spec.view !== undefined);
    expect(views.map(([view]) => routes.filter((route) => route.includes(` /api/${view}`)))).toEqual([
      ["GET /api/author_stats list", "GET /api/author_stats/{user_id} read"],
    ]);
    for (const table of Object.keys(social.tables).filter((name) => views.every(([view]) => view !== name))) {
      const own = routes.filter((route) => new RegExp(` /api/${table}(?:/\\{id\\})? `).test(route));
      // Where the server fills in the owner, a body has no whole set of columns to find a row by.
      const model = compile(social).schema.tables.get(table);
      const unique = model?.indexes.some(
        (index) => index.unique && index.columns.every(({ name }) => model.column.get(name)?.role === "plain"),
      );
      expect(own).toEqual([
        `GET /api/${table} list`,
        `POST /api/${table} create`,
        ...(unique === true ? [`PUT /api/${table} upsert`] : []),
        `PATCH /api/${table} updateMany`,
        `DELETE /api/${table} deleteMany`,
        `GET /api/${table}/{id} read`,
        `PUT /api/${table}/{id} replace`,
        `PATCH /api/${table}/{id} update`,
        `DELETE /api/${table}/{id} delete`,
      ]);
    }
  });
});

describe("create", () => {
  test("132 POST /api/users {username, email} inserts and answers 201 with the user as JSON", async () => {
    const before = await countOf(engine, "users");
    const answer = await engine.post("/api/users", { username: "newbie", email: "newbie@example.com" });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: expect.any(Number),
      username: "newbie",
      email: "newbie@example.com",
      is_active: true,
      email_verified: false,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(changesOf(answer)).toEqual(["INSERT"]);
    expect(await countOf(engine, "users")).toBe(before + 1);
  });
});

describe("read", () => {
  test("133 GET /api/users answers an array of users", async () => {
    const answer = await engine.get("/api/users");
    expect(Array.isArray(answer.json)).toBe(true);
    for (const row of rowsOf(answer))
      expect(row).toMatchObject({ id: expect.any(Number), username: expect.any(String), email: expect.any(String) });
  });

  test("134 GET /api/users/<int:user_id> answers one or 404; a key that is no int is none", async () => {
    expect(rowOf(await engine.get("/api/users/1"))["username"]).toBe("alice");
    for (const id of ["999", "abc", "1.0", "1abc", "-1", "01", "%31%30%30%30"])
      problemOf(await engine.get(`/api/users/${id}`), 404, "not_found");
  });

  test("135 GET /api/posts takes query parameters, together", async () => {
    const rows = rowsOf(await engine.get("/api/posts?category=news&limit=7"));
    expect(rows).toHaveLength(7);
    expect(rows.every((row) => row["category"] === "news")).toBe(true);
  });

  test("136 category=… keeps the posts of that category, all of them", async () => {
    const all = rowsOf(await engine.get("/api/posts?limit=1000&offset=0")).concat(
      rowsOf(await engine.get("/api/posts?limit=1000&offset=1000")),
    );
    const wanted = all.filter((row) => row["category"] === "news").map((row) => row["id"]);
    const found: unknown[] = [];
    for (let offset = 0; offset <= wanted.length; offset += 500)
      found.push(...idsOf(await engine.get(`/api/posts?category=news&limit=500&offset=${offset}`)));
    expect(wanted.length).toBeGreaterThan(20);
    expect(found).toEqual(wanted);
  });

  test("137 limit is a whole number, 20 unless given", async () => {
    expect(idsOf(await engine.get("/api/posts"))).toHaveLength(20);
    expect(idsOf(await engine.get("/api/posts?limit=5"))).toHaveLength(5);
    for (const limit of ["five", "5.5", "-5", "", "0"])
      problemOf(await engine.get(`/api/posts?limit=${limit}`), 400, "invalid_parameter");
  });

  test("138 the newest come first", async () => {
    const times = columnOf(await engine.get("/api/posts?limit=200"), "created_at").map(String);
    expect(times).toEqual(times.toSorted().toReversed());
    await engine.post("/api/posts", { user_id: 1, title: "Newest", content: "now" });
    expect(columnOf(await engine.get("/api/posts?limit=1"), "title")).toEqual(["Newest"]);
  });

  test("139 a filter applies only if it is given", async () => {
    const categories = new Set(columnOf(await engine.get("/api/posts?limit=1000"), "category"));
    expect(categories.size).toBeGreaterThan(1);
    expect(Number((await engine.get("/api/posts?count=exact&limit=1")).headers["x-total-count"])).toBeGreaterThan(
      Number((await engine.get("/api/posts?count=exact&limit=1&category=news")).headers["x-total-count"]),
    );
  });
});

describe("update", () => {
  test("140 PATCH changes only the fields provided and answers the user", async () => {
    const id = await makeUser();
    const before = rowOf(await engine.get(`/api/users/${id}`));
    const answer = await engine.patch(`/api/users/${id}`, { username: "patched" });
    expect(answer.status).toBe(200);
    expect(rowOf(answer)).toEqual({ ...before, username: "patched", updated_at: expect.any(String) });
    expect(rowOf(await engine.get(`/api/users/${id}`))).toEqual(rowOf(answer));
  });

  test("141 PUT wants the whole user", async () => {
    const id = await makeUser();
    await engine.patch(`/api/users/${id}`, { is_active: false });
    expect(findingsOf(await engine.put(`/api/users/${id}`, { username: "half" }))).toEqual(["/email required"]);
    const answer = await engine.put(`/api/users/${id}`, { username: "whole", email: `whole${id}@example.com` });
    expect(rowOf(answer)).toMatchObject({ id, username: "whole", is_active: true });
  });
});

describe("delete", () => {
  test("142 DELETE answers 204 with an empty body, and the user is gone", async () => {
    const id = await makeUser();
    const before = await countOf(engine, "users");
    const answer = await engine.delete(`/api/users/${id}`);
    expect([answer.status, answer.text, answer.headers["content-type"]]).toEqual([204, "", undefined]);
    expect(await countOf(engine, "users")).toBe(before - 1);
    problemOf(await engine.get(`/api/users/${id}`), 404, "not_found");
  });
});

describe("API code and the SQL behind it", () => {
  test("145 add → INSERT INTO users, its values bound", async () => {
    const answer = await engine.post("/api/users", { username: "bound", email: "bound@example.com" });
    const [sql = ""] = writesOf(answer);
    expect(sql).toMatch(/^INSERT INTO "users" \(.*\) VALUES \(\?(?:, \?)*\) RETURNING /);
    expect(sql).not.toContain("bound");
  });

  test("146 all → SELECT of all columns, in one statement", async () => {
    const answer = await engine.get("/api/users");
    expect(kindsOf(answer)).toEqual(["SELECT"]);
    for (const column of ["id", "username", "email", "created_at"]) expect(answer.sql[0]).toContain(`"${column}"`);
    expect(answer.sql[0]).toContain('FROM "users"');
  });

  test("147 get(42) → SELECT … WHERE id = 42, the 42 bound", async () => {
    const answer = await engine.get("/api/users/42");
    expect(kindsOf(answer)).toEqual(["SELECT"]);
    expect(answer.sql[0]).toMatch(/ FROM "users" AS t0 WHERE t0\."id" = \?$/);
  });

  test("148 a field set → UPDATE users SET … WHERE id = 42", async () => {
    const answer = await engine.patch("/api/users/42", { username: "alice" });
    const [sql = "", ...more] = writesOf(answer);
    expect(more).toEqual([]);
    expect(sql).toMatch(/^UPDATE "users" SET "username" = \?, "updated_at" = \? WHERE "id" = \? RETURNING /);
  });

  test("149 delete → DELETE FROM users WHERE id = 42", async () => {
    const id = await makeUser();
    const answer = await engine.delete(`/api/users/${id}`);
    // The account goes with its row, and first.
    const [last, ...accounts] = writesOf(answer).toReversed();
    expect(last).toBe('DELETE FROM "users" WHERE "id" = ?');
    for (const sql of accounts) expect(sql).toContain(" _servery_");
  });

  test("149 every statement that updates or deletes, of every table, has a WHERE with a bound value", async () => {
    const schema = compile(social).schema;
    const seen: string[] = [];
    for (const table of schema.tables.values()) {
      if (table.view !== undefined || table.rules.update.rule === "nobody") continue;
      const written = table.columns.map((column) => column.name).join(",");
      const [row] = rowsOf(await engine.get(`/api/${table.path}?limit=1&fields=${written}`));
      seen.push(
        ...writesOf(await engine.put(`/api/${table.path}/${String(row?.["id"])}`, row)),
        ...writesOf(await engine.delete(`/api/${table.path}/${String(row?.["id"])}`)),
      );
    }
    expect(seen.length).toBeGreaterThan(20);
    // That an account is gone is noted for other processes.
    const changes = seen.filter((sql) => !sql.startsWith("INSERT INTO _servery_revocations "));
    for (const sql of changes) expect(sql).toMatch(/^(?:UPDATE|DELETE)[^]* WHERE [^]*\?/);
  });
});
