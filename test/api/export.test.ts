import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyone, json, longText, servery, table, text } from "servery";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { closeSound, problemOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";
import { kindRows, kinds } from "./kinds.ts";

const CSV = { accept: "text/csv" };
const NDJSON = { accept: "application/x-ndjson" };

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await openForum();
});

afterAll(() => closeSound(engine));

function lines(answer: TestAnswer): unknown[] {
  expect(answer.status, answer.text).toBe(200);
  expect(answer.text).toMatch(/^$|\n$/);
  return answer.text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

describe("NDJSON", () => {
  test("holds every row as the JSON list does, in the same order", async () => {
    const list = await engine.get("/api/posts?limit=1000");
    const answer = await engine.get("/api/posts", NDJSON);
    expect(answer.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    expect(answer.headers["vary"]).toContain("Accept");
    expect(answer.headers["link"]).toBeUndefined();
    expect(answer.headers["content-length"]).toBeUndefined();
    expect(answer.headers["content-disposition"]).toBeUndefined();
    expect(lines(answer)).toEqual(rowsOf(list));
    expect(`[${answer.text.trimEnd().replaceAll("\n", ",")}]`).toBe(list.text);
  });

  test.each([
    "category=news&sort=-likes,title",
    "likes[gte]=3&fields=id,title,price",
    "sort=editor.username,-id&include=user,comments.user,comments.count&comments.limit=1",
    "sort=content&fields=content",
    "offset=25&limit=3",
    "offset=7",
    "id=999",
  ])("%s", async (query) => {
    const list = await engine.get(`/api/posts?limit=1000&${query}`.replace(/limit=1000&(.*limit=3)/, "$1"));
    expect(lines(await engine.get(`/api/posts?${query}`, NDJSON))).toEqual(rowsOf(list));
  });

  test("of a nested list; a missing parent is a 404 before the first byte", async () => {
    const list = await engine.get("/api/users/1/posts?limit=1000");
    expect(rowsOf(list).length).toBeGreaterThan(5);
    expect(lines(await engine.get("/api/users/1/posts", NDJSON))).toEqual(rowsOf(list));
    problemOf(await engine.get("/api/users/99/posts", NDJSON), 404, "not_found");
  });
});

describe("CSV", () => {
  test("has a header, ends rows with CRLF and is an attachment", async () => {
    const answer = await engine.get("/api/posts?fields=id,title,content,price&sort=id&limit=2", CSV);
    expect(answer.text).toBe("id,title,content,price\r\n1,Post 1,,1.50\r\n2,Post 2,Content of 2,2.50\r\n");
    expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(answer.headers["content-disposition"]).toBe('attachment; filename="posts.csv"');
  });

  test("has its header when no row is there", async () => {
    expect((await engine.get("/api/posts?id=999&fields=id,title", CSV)).text).toBe("id,title\r\n");
    expect((await engine.get("/api/posts?id=999", NDJSON)).text).toBe("");
  });

  test("of a nested list is named like its table", async () => {
    const answer = await engine.get("/api/users/1/edited_posts?fields=id", CSV);
    expect(answer.headers["content-disposition"]).toBe('attachment; filename="posts.csv"');
    expect(answer.text).toBe("id\r\n");
  });

  test("takes no include, and says why", async () => {
    const problem = problemOf(await engine.get("/api/posts?include=user", CSV), 400, "invalid_parameter");
    expect(problem.detail).toMatch(/no place for included rows.*x-ndjson/);
    expect(rowsOf(await engine.get("/api/posts?include=user&limit=1"))).toHaveLength(1);
  });

  test("guards text that a spreadsheet would run, and quotes what RFC 4180 wants quoted", async () => {
    const cells = servery({
      tables: {
        "käse, 1": table(
          { note: longText().optional(), data: json().optional(), short: text(9).optional() },
          { created_at: false, updated_at: false },
        ).allow({ read: everyone, create: everyone }),
      },
    });
    const own = await openEngine(cells);
    const url = `/api/${encodeURIComponent("käse, 1")}`;
    const notes = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x", "", 'a"b', "a,b", "a\r\nb", "ä😀", "a'=b", " =x"];
    for (const note of notes) expect((await own.post(url, { note })).status).toBe(201);
    expect((await own.post(url, { data: { a: ['=1","', -1] }, short: null })).status).toBe(201);
    expect((await own.post(url, { data: -1, short: "" })).status).toBe(201);
    const answer = await own.get(`${url}?sort=id&fields=note,data,short`, CSV);
    expect(answer.headers["content-disposition"]).toBe(
      `attachment; filename="k_se__1.csv"; filename*=UTF-8''k%C3%A4se%2C%201.csv`,
    );
    const expected = ["'=1+1", "'+1", "'-1", "'@x", "'\tx", '"\'\rx"', "''x", '""', '"a""b"', '"a,b"', '"a\r\nb"'];
    expect(answer.text).toBe(
      [
        "note,data,short",
        ...[...expected, "ä😀", "a'=b", " =x"].map((cell) => `${cell},,`),
        ',"{""a"":[""=1\\"",\\"""",-1]}",',
        ',-1,""',
        "",
      ].join("\r\n"),
    );
    await closeSound(own);
  });

  test("has values of every kind as the JSON list spells them", async () => {
    const own = await openEngine(kinds);
    for (const row of kindRows()) expect((await own.post("/api/things", { ...row, id: undefined })).status).toBe(201);
    const fields = "bigint,decimal,whole,real,boolean,date,timestamp,uuid,integer,json";
    const list = rowsOf(await own.get(`/api/things?limit=1000&sort=id&fields=${fields}`));
    const answer = await own.get(`/api/things?sort=id&fields=${fields}`, CSV);
    const expected = list.map((row) =>
      Object.values(row).map((value) =>
        value === null ? "" : typeof value === "string" ? value : JSON.stringify(value),
      ),
    );
    expect(answer.text.split("\r\n").slice(1, -1)).toEqual(expected.map((cells) => cells.join(",")));
    await closeSound(own);
  });
});

describe("what may be asked", () => {
  test("limit goes further than in JSON, where it stays as it was", async () => {
    expect(lines(await engine.get("/api/comments?limit=1000000", NDJSON))).toHaveLength(60);
    expect(lines(await engine.get("/api/comments?limit=59", NDJSON))).toHaveLength(59);
    expect(rowsOf(await engine.get("/api/comments"))).toHaveLength(20);
    problemOf(await engine.get("/api/comments?limit=1001"), 400, "limit_exceeded");
    problemOf(await engine.get("/api/comments?limit=1000001", NDJSON), 400, "limit_exceeded");
    for (const limit of ["0", "-1", "1e3", "x", ""])
      problemOf(await engine.get(`/api/comments?limit=${limit}`, CSV), 400, "invalid_parameter");
  });

  test.each([CSV, NDJSON])("cursor is refused, count is a header: %o", async (headers) => {
    problemOf(await engine.get("/api/posts?cursor=", headers), 400, "invalid_parameter");
    problemOf(await engine.get("/api/posts?cursor=x", headers), 400, "invalid_parameter");
    const answer = await engine.get("/api/posts?count=exact&category=news&limit=2", headers);
    expect(answer.status).toBe(200);
    expect(answer.headers["x-total-count"]).toBe("10");
    expect((await engine.get("/api/posts", headers)).headers["x-total-count"]).toBeUndefined();
    problemOf(await engine.get("/api/posts?titel=x", headers), 400, "unknown_parameter");
    problemOf(await engine.get("/api/secrets", headers), 401, "sign_in_required");
    problemOf(await engine.get("/api/drafts", headers), 403, "forbidden");
    problemOf(await engine.get("/api/posts?include=drafts&sort=title", NDJSON), 400, "unknown_relation");
  });

  test("HEAD reads no rows", async () => {
    const answer = await engine.send({ method: "HEAD", url: "/api/posts?count=exact", headers: CSV });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-total-count"]).toBe("30");
    expect(answer.headers["content-disposition"]).toContain("posts.csv");
    expect(answer.text).toBe("");
    expect(answer.sql.filter((sql) => !sql.includes("count(*)"))).toEqual([]);
    const missing = await engine.send({ method: "HEAD", url: "/api/users/99/posts", headers: NDJSON });
    expect(missing.status).toBe(404);
  });

  test.each([
    ["text/*", "text/csv"],
    ["application/x-ndjson, */*;q=0.1", "application/x-ndjson"],
    ["text/csv;q=0.5, application/x-ndjson;q=0.6", "application/x-ndjson"],
    ["text/html, */*;q=0.8", "application/json"],
    ["application/*", "application/json"],
    ["text/csv, application/json", "application/json"],
  ])("Accept: %s is answered as %s", async (accept, type) => {
    const answer = await engine.get("/api/posts", { accept });
    expect(answer.headers["content-type"]).toBe(`${type}; charset=utf-8`);
  });

  test("single rows stay JSON", async () => {
    for (const headers of [CSV, NDJSON])
      expect(problemOf(await engine.get("/api/posts/1", headers), 406, "not_acceptable").detail).toBe(
        "This route answers application/json.",
      );
    expect(problemOf(await engine.get("/api/posts", { accept: "text/html" }), 406, "not_acceptable").detail).toBe(
      "This route answers application/json, text/csv, application/x-ndjson.",
    );
  });
});
