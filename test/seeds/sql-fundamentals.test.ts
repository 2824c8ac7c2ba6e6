import {
  boolean,
  date,
  decimal,
  email,
  everyone,
  integer,
  longText,
  ref,
  servery,
  table,
  text,
  timestamp,
} from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findingsOf, idsOf, problemOf, rowOf, rowsOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openRaw, type RawFile } from "../validation/raw-file.ts";
import { countOf, openSocial, openSocialV1 } from "./social.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

describe("the pictured tables", () => {
  let engine: EngineUnderTest;
  beforeAll(async () => {
    engine = await openSocialV1();
  });
  afterAll(() => engine.close());

  test("59 users(id, username, email, created_at)", async () => {
    const [row] = rowsOf(await engine.get("/api/users"));
    expect(Object.keys(row ?? {})).toEqual(["id", "username", "email", "created_at"]);
    expect(await countOf(engine, "users")).toBe(2);
  });

  test("60 row 1 is alice, alice@email.com, 2024-01-15", async () => {
    expect((await engine.get("/api/users/1")).json).toEqual({
      id: 1,
      username: "alice",
      email: "alice@email.com",
      created_at: "2024-01-15T00:00:00.000Z",
    });
  });

  test("61 row 2 is bob, bob@email.com, 2024-01-20", async () => {
    expect((await engine.get("/api/users/2")).json).toEqual({
      id: 2,
      username: "bob",
      email: "bob@email.com",
      created_at: "2024-01-20T00:00:00.000Z",
    });
  });

  test("62 posts(id, user_id, message, likes, created_at)", async () => {
    const [row] = rowsOf(await engine.get("/api/posts"));
    expect(Object.keys(row ?? {})).toEqual(["id", "user_id", "message", "likes", "created_at"]);
    expect(await countOf(engine, "posts")).toBe(2);
  });

  test("63 post 1 is of user 1: Hello world!, 10, 2024-01-16", async () => {
    expect((await engine.get("/api/posts/1")).json).toEqual({
      id: 1,
      user_id: 1,
      message: "Hello world!",
      likes: 10,
      created_at: "2024-01-16T00:00:00.000Z",
    });
  });

  test("64 post 2 is of user 2: Backend is fun, 15, 2024-01-21", async () => {
    expect((await engine.get("/api/posts/2")).json).toEqual({
      id: 2,
      user_id: 2,
      message: "Backend is fun",
      likes: 15,
      created_at: "2024-01-21T00:00:00.000Z",
    });
  });
});

describe("the data types", () => {
  let engine: EngineUnderTest;
  beforeAll(async () => {
    const samples = table({
      username: text(50).optional(),
      blog: longText().optional(),
      age: integer().optional(),
      price: decimal(10, 2).optional(),
      day: date().optional(),
      moment: timestamp().optional(),
      is_active: boolean().optional(),
      email_verified: boolean().optional(),
    });
    engine = await openEngine(servery({ tables: { samples: samples.allow(OPEN) } }));
  });
  afterAll(() => engine.close());

  async function stored(column: string, value: unknown): Promise<unknown> {
    const created = rowOf(await engine.post("/api/samples", { [column]: value }));
    return rowOf(await engine.get(`/api/samples/${String(created["id"])}`))[column];
  }

  async function refused(column: string, value: unknown): Promise<string> {
    const before = await countOf(engine, "samples");
    const [finding = ""] = findingsOf(await engine.post("/api/samples", { [column]: value }));
    expect(await countOf(engine, "samples")).toBe(before);
    return finding;
  }

  test("70 VARCHAR(50) holds 50 letters of any alphabet and not 51", async () => {
    for (const letter of ["a", "ä", "日", "😀"]) {
      expect(await stored("username", letter.repeat(50))).toBe(letter.repeat(50));
      expect(await refused("username", letter.repeat(51))).toBe("/username too_long");
    }
  });

  test("71 TEXT holds the content of a blog", async () => {
    const blog = "Long content.\n".repeat(20_000);
    expect(await stored("blog", blog)).toBe(blog);
  });

  test("72 INT holds whole numbers, and nothing else", async () => {
    for (const value of [0, 42, -7, 2_147_483_647, -2_147_483_648]) expect(await stored("age", value)).toBe(value);
    expect(await refused("age", 2_147_483_648)).toBe("/age out_of_range");
    for (const value of [1.5, "42", "abc", true, []]) expect(await refused("age", value)).toBe("/age type");
  });

  test("73 DECIMAL(10,2) holds 199.99 exactly", async () => {
    expect(await stored("price", "199.99")).toBe("199.99");
    expect(await stored("price", 199.99)).toBe("199.99");
    expect(await stored("price", "99999999.99")).toBe("99999999.99");
    for (const value of ["abc", "199.999", "100000000.00", "1e2", "", " 1"])
      expect(await refused("price", value)).toBe("/price format");
    const sum = rowsOf(await engine.get("/api/samples?price[gt]=9.99&price[lte]=199.99&sort=price"));
    expect(sum.map((row) => row["price"])).toEqual(["199.99", "199.99"]);
  });

  test("74 DATE is a day: 2024-01-15", async () => {
    expect(await stored("day", "2024-01-15")).toBe("2024-01-15");
    expect(await stored("day", "2024-02-29")).toBe("2024-02-29");
    for (const value of ["2023-02-29", "2024-02-30", "15.01.2024", "2024-01-15 14:30:00"])
      expect(await refused("day", value)).toBe("/day format");
  });

  test("75 TIMESTAMP is a moment: 2024-01-15 14:30:00, answered in UTC", async () => {
    expect(await stored("moment", "2024-01-15 14:30:00")).toBe("2024-01-15T14:30:00.000Z");
    expect(await stored("moment", "2024-01-15T14:30:00+01:00")).toBe("2024-01-15T13:30:00.000Z");
    for (const value of ["2024-01-15 25:00:00", "yesterday", 1_705_329_000])
      expect((await refused("moment", value)).split(" ")[0]).toBe("/moment");
  });

  test("76 BOOLEAN is true or false: is_active, email_verified", async () => {
    for (const column of ["is_active", "email_verified"]) {
      expect(await stored(column, true)).toBe(true);
      expect(await stored(column, false)).toBe(false);
      for (const value of [1, 0, "true", "yes"]) expect(await refused(column, value)).toBe(`/${column} type`);
    }
  });
});

describe("CREATE TABLE", () => {
  // As the seed writes them, title and content included.
  const declaration = servery({
    tables: {
      users: table({ username: text(30), email: email(100).unique() }, { updated_at: false }).allow(OPEN),
      posts: table({ user_id: ref("users"), title: text(200), content: longText() }, { updated_at: false }).allow(OPEN),
    },
  });
  let engine: EngineUnderTest;
  let file: RawFile;
  beforeAll(async () => {
    engine = await openEngine(declaration);
    file = await openRaw(engine.databasePath);
  });
  afterAll(async () => {
    file.close();
    await engine.close();
  });

  function columns(name: string): unknown[][] {
    return file.rows(`SELECT name, type, "notnull", pk FROM pragma_table_info('${name}')`);
  }

  test("77 users: id, username, email, created_at", () => {
    expect(columns("users")).toEqual([
      ["id", "INTEGER", 0, 1],
      ["username", "TEXT", 1, 0],
      ["email", "TEXT", 1, 0],
      ["created_at", "TEXT", 1, 0],
    ]);
  });

  test("78 id is the primary key: one row for one id", async () => {
    const user = rowOf(await engine.post("/api/users", { username: "first", email: "first@example.com" }));
    const refusal = file.refusal(
      "INSERT INTO users (id, username, email, created_at) VALUES (?, 'x', 'x@example.com', '2024-01-01T00:00:00.000Z')",
      [Number(user["id"])],
    );
    expect(refusal).toMatch(/UNIQUE constraint failed: users\.id/);
  });

  test("79 AUTO_INCREMENT counts on, also past a row that is gone", async () => {
    const ids = [];
    for (const name of ["a", "b", "c"])
      ids.push(Number(rowOf(await engine.post("/api/users", { username: name, email: `${name}@example.com` }))["id"]));
    expect(ids).toEqual([Number(ids[0]), Number(ids[0]) + 1, Number(ids[0]) + 2]);
    await engine.delete(`/api/users/${ids[2]}`);
    expect(rowOf(await engine.post("/api/users", { username: "d", email: "d@example.com" }))["id"]).toBe(
      Number(ids[2]) + 1,
    );
  });

  test("80 NOT NULL and the lengths 30 and 100", async () => {
    expect(findingsOf(await engine.post("/api/users", {})).sort()).toEqual(["/email required", "/username required"]);
    expect(findingsOf(await engine.post("/api/users", { username: null, email: null })).sort()).toEqual([
      "/email required",
      "/username required",
    ]);
    const long = { username: "x".repeat(31), email: `${"y".repeat(89)}@example.com` };
    expect(findingsOf(await engine.post("/api/users", long)).sort()).toEqual(["/email too_long", "/username too_long"]);
    const fits = { username: "x".repeat(30), email: `${"y".repeat(88)}@example.com` };
    expect(fits.email).toHaveLength(100);
    expect(rowOf(await engine.post("/api/users", fits))).toMatchObject(fits);
    expect(
      file.refusal(
        "INSERT INTO users (username, email, created_at) VALUES (?, 'z@example.com', '2024-01-01T00:00:00.000Z')",
        ["x".repeat(31)],
      ),
    ).toMatch(/CHECK/);
    expect(
      file.refusal(
        "INSERT INTO users (username, email, created_at) VALUES (NULL, 'z@example.com', '2024-01-01T00:00:00.000Z')",
      ),
    ).toMatch(/NOT NULL/);
  });

  test("81 the email is UNIQUE: 409, and the row is not there twice", async () => {
    await engine.post("/api/users", { username: "one", email: "same@example.com" });
    const before = await countOf(engine, "users");
    problemOf(await engine.post("/api/users", { username: "two", email: "same@example.com" }), 409, "unique");
    expect(await countOf(engine, "users")).toBe(before);
    expect(
      file.refusal(
        "INSERT INTO users (username, email, created_at) VALUES ('three', 'same@example.com', '2024-01-01T00:00:00.000Z')",
      ),
    ).toMatch(/UNIQUE/);
  });

  test("82 created_at is the current time unless it is given, and callers cannot give it", async () => {
    const before = Date.now();
    const user = rowOf(await engine.post("/api/users", { username: "now", email: "now@example.com" }));
    const created = Date.parse(String(user["created_at"]));
    expect(created).toBeGreaterThanOrEqual(before);
    expect(created).toBeLessThanOrEqual(Date.now());
  });

  test("83 posts: user_id, title of 200, content", async () => {
    expect(columns("posts").map(([name, type]) => [name, type])).toEqual([
      ["id", "INTEGER"],
      ["user_id", "INTEGER"],
      ["title", "TEXT"],
      ["content", "TEXT"],
      ["created_at", "TEXT"],
    ]);
    const answer = await engine.post("/api/posts", { user_id: 1, title: "x".repeat(201), content: "c" });
    expect(findingsOf(answer)).toEqual(["/title too_long"]);
  });

  test("84 FOREIGN KEY (user_id) REFERENCES users(id)", () => {
    expect(file.rows(`SELECT "from", "table", "to" FROM pragma_foreign_key_list('posts')`)).toEqual([
      ["user_id", "users", "id"],
    ]);
  });

  test("86 user_id must match an id in users: an orphan is refused by the service and by the database", async () => {
    const before = await countOf(engine, "posts");
    expect(findingsOf(await engine.post("/api/posts", { user_id: 4_711, title: "Orphan", content: "x" }))).toEqual([
      "/user_id reference_missing",
    ]);
    expect(
      file.refusal(
        "INSERT INTO posts (user_id, title, content, created_at) VALUES (4711, 'Orphan', 'x', '2024-01-01T00:00:00.000Z')",
      ),
    ).toMatch(/FOREIGN KEY/);
    expect(await countOf(engine, "posts")).toBe(before);
  });
});

describe("relationships", () => {
  test("85 one user has many posts, each post belongs to one user", async () => {
    const engine = await openSocial();
    const posts = rowsOf(await engine.get("/api/users/1/posts?limit=1000"));
    expect(posts.length).toBeGreaterThan(1);
    expect(new Set(posts.map((post) => post["user_id"]))).toEqual(new Set([1]));
    const post = rowOf(await engine.get(`/api/posts/${String(posts[0]?.["id"])}?include=user`));
    expect(post["user"]).toEqual(rowOf(await engine.get("/api/users/1")));
    const all = idsOf(await engine.get("/api/posts?user_id=1&limit=1000"));
    expect(posts.map((row) => row["id"])).toEqual(all);
    await engine.close();
  });
});
