import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, findingsOf, problemOf, rowOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("POST /api/posts", () => {
  test("answers 201 with the whole row, its address and its tag", async () => {
    const before = Date.now();
    const answer = await forum.post("/api/posts", { user_id: 1, title: "New" });
    const row = rowOf(answer);
    expect(answer.status).toBe(201);
    expect(row).toEqual({
      id: 31,
      user_id: 1,
      editor_id: null,
      title: "New",
      content: null,
      category: null,
      status: "draft",
      likes: 0,
      price: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: row["created_at"],
    });
    expect(Date.parse(String(row["created_at"]))).toBeGreaterThanOrEqual(before);
    expect(answer.headers["location"]).toBe("/api/posts/31");
    const read = await forum.get("/api/posts/31");
    expect(read.json).toEqual(row);
    expect(read.headers["etag"]).toBe(answer.headers["etag"]);
  });

  test("keeps the keys in the order of the declaration", async () => {
    const answer = await forum.post("/api/posts", { title: "Order", user_id: 1 });
    expect(Object.keys(rowOf(answer))).toEqual(
      "id user_id editor_id title content category status likes price created_at updated_at".split(" "),
    );
  });

  test("?fields= makes the short answer, with a tag that names the row all the same", async () => {
    const answer = await forum.post("/api/posts?fields=id,title,created_at", { user_id: 1, title: "Short" });
    const row = rowOf(answer);
    expect(Object.keys(row)).toEqual(["id", "title", "created_at"]);
    const [plain] = (answer.headers["etag"] ?? "").slice(1, -1).split(".");
    const read = await forum.get(`/api/posts/${String(row["id"])}`);
    expect(read.headers["etag"]).toBe(`"${plain}"`);
  });

  test("lists every finding of a body at once, each with its pointer", async () => {
    const answer = await forum.post("/api/posts", { title: "", likes: -1, status: "gone", price: "1.234", nope: 1 });
    expect(findingsOf(answer).sort()).toEqual([
      "/likes out_of_range",
      "/nope unknown_field",
      "/price format",
      "/status not_in_list",
      "/title required",
      "/user_id required",
    ]);
    expect(writesOf(answer)).toEqual([]);
  });

  test("the plain `error` of a missing title is the sentence that simple clients show", async () => {
    const answer = await forum.post("/api/posts", { user_id: 1, content: "Hello" });
    expect(problemOf(answer, 400, "invalid_data").error).toBe("Title required");
  });

  test.each([
    ["id", 7],
    ["created_at", "2020-01-01T00:00:00Z"],
    ["updated_at", "2020-01-01T00:00:00Z"],
  ])("does not let a caller set %s", async (column, value) => {
    const answer = await forum.post("/api/posts", { user_id: 1, title: "x", [column]: value });
    expect(findingsOf(answer)).toEqual([`/${column} read_only`]);
  });

  test("refuses a reference to a row that is not there, with its pointer and no row left behind", async () => {
    const before = await forum.get("/api/posts?count=exact&limit=1");
    const answer = await forum.post("/api/posts", { user_id: 999, title: "Orphan" });
    expect(findingsOf(answer)).toEqual(["/user_id reference_missing"]);
    const after = await forum.get("/api/posts?count=exact&limit=1");
    expect(after.headers["x-total-count"]).toBe(before.headers["x-total-count"]);
  });

  test("a taken unique value is 409 with its pointer, whatever its ASCII case", async () => {
    for (const email of ["alice@example.com", "ALICE@Example.com"]) {
      const answer = await forum.post("/api/users", { username: "again", email });
      expect(problemOf(answer, 409, "unique").errors).toEqual([
        { pointer: "/email", code: "unique", message: expect.any(String) },
      ]);
    }
  });

  test("never uses an id twice, even of a row that is gone", async () => {
    const first = rowOf(await forum.post("/api/pages", { title: "gone soon" }));
    const tag = (await forum.get(`/api/pages/${String(first["id"])}`)).headers["etag"] ?? "";
    await forum.delete(`/api/pages/${String(first["id"])}`, { "if-match": tag });
    const second = rowOf(await forum.post("/api/pages", { title: "next" }));
    expect(Number(second["id"])).toBeGreaterThan(Number(first["id"]));
  });

  test("takes keys of the caller, of one text column and of two columns", async () => {
    const group = await forum.post("/api/groups", { code: "ä,ö/ü", name: "Umlauts" });
    expect(group.headers["location"]).toBe(`/api/groups/${encodeURIComponent("ä,ö/ü")}`);
    expect((await forum.get(group.headers["location"] ?? "")).json).toEqual({ code: "ä,ö/ü", name: "Umlauts" });
    const membership = await forum.post("/api/memberships", { user_id: 3, group_code: "a/b c" });
    expect(membership.headers["location"]).toBe("/api/memberships/3,a%2Fb%20c");
    expect((await forum.get(membership.headers["location"] ?? "")).json).toEqual(membership.json);
    problemOf(await forum.post("/api/memberships", { user_id: 3, group_code: "a/b c" }), 409, "unique");
  });

  test("twenty at once all arrive, each once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => forum.post("/api/posts", { user_id: 2, title: `Parallel ${at}` })),
    );
    const ids = answers.map((answer) => rowOf(answer)["id"]);
    expect(new Set(ids).size).toBe(20);
    const stored = await forum.get("/api/posts?title[starts]=Parallel&limit=100");
    expect(stored.json).toHaveLength(20);
  });
});

describe("a body that is no row", () => {
  test.each([
    ["nothing", undefined, "body_required"],
    ["a list of no rows", "[null]", "invalid_data"],
    ["null", "null", "invalid_data"],
    ["a text", '"x"', "invalid_data"],
    ["half JSON", '{"title":', "malformed_json"],
    ["two JSON texts", "{}{}", "malformed_json"],
    ["an empty body with a type", "", "malformed_json"],
  ])("%s is 400", async (_, body, code) => {
    const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await forum.send({
      method: "POST",
      url: "/api/posts",
      headers,
      ...(body === undefined ? {} : { body }),
    });
    expect(problemOf(answer, 400, code)).toMatchObject({ status: 400 });
  });

  test.each([undefined, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"])(
    "with the Content-Type %s is 415",
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
      const answer = await forum.send({
        method: "POST",
        url: "/api/posts",
        headers,
        body: '{"user_id":1,"title":"x"}',
      });
      expect(problemOf(answer, 415, "unsupported_media_type")).toMatchObject({ status: 415 });
    },
  );

  test("a member called __proto__ or constructor is an unknown column like any other", async () => {
    for (const name of ["__proto__", "constructor", "toString", "a/b", "a~b"]) {
      const body = `{"user_id":1,"title":"x",${JSON.stringify(name)}:{"likes":5}}`;
      const answer = await forum.send({
        method: "POST",
        url: "/api/posts",
        headers: { "content-type": "application/json" },
        body,
      });
      const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      expect(findingsOf(answer)).toEqual([`${pointer} unknown_field`]);
    }
  });
});
