import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { closeSound, findingsOf, problemOf, rowsOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";
import { kindRows, kinds, KIND_COLUMNS } from "./kinds.ts";

const NDJSON = "application/x-ndjson";
const CSV = "text/csv";

let engine: EngineUnderTest;

beforeEach(async () => {
  engine = await openForum();
});

/** Whatever was sent: no temporary file may stay, and no fault may have been met. */
afterEach(async () => {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith("servery-import-"));
  await closeSound(engine);
  if (left.length > 0) throw new Error(`temporary files stayed: ${left.join(", ")}`);
});

function send(type: string, body: string | Uint8Array, url = "/api/posts"): Promise<TestAnswer> {
  return sendWith({ "content-type": type }, body, url);
}

function sendWith(
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
  url = "/api/posts",
): Promise<TestAnswer> {
  return engine.send({ method: "POST", url, headers, ...(body === undefined ? {} : { body }) });
}

/** What a refused import says; nothing may have been written. */
async function refused(type: string, body: string | Uint8Array, url = "/api/posts"): Promise<string[]> {
  const answer = await send(type, body, url);
  expect(writesOf(answer)).toEqual([]);
  return findingsOf(answer);
}

const lines = (...rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

describe("NDJSON", () => {
  test("rows are written in one transaction and counted", async () => {
    const answer = await send(NDJSON, lines({ user_id: 1, title: "A" }, { user_id: 2, title: "B", likes: 4 }));
    expect([answer.status, answer.json]).toEqual([201, { created: 2 }]);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers["location"]).toBeUndefined();
    const rows = rowsOf(await engine.get("/api/posts?sort=-id&limit=2&fields=user_id,title,likes,status"));
    expect(rows).toEqual([
      { user_id: 2, title: "B", likes: 4, status: "draft" },
      { user_id: 1, title: "A", likes: 0, status: "draft" },
    ]);
  });

  test("a last line needs no end, empty lines are none, CRLF and a byte order mark do no harm", async () => {
    const body = `\ufeff{"user_id":1,"title":"A"}\r\n\n  \r\n{"user_id":1,"title":"\u2028B"}`;
    expect((await send(`${NDJSON}; charset=utf-8`, body)).json).toEqual({ created: 2 });
    expect(await refused(NDJSON, `\n\n${lines({ user_id: 1, title: "A" })}\nx`)).toEqual(["/1 malformed"]);
  });

  test("every wrong row is told of with its number, and none is written", async () => {
    const body = [
      '{"user_id":1,"title":"A"}',
      '{"user_id":1,"titel":"A"}',
      "{",
      "[1]",
      '{"user_id":1,"title":"A","likes":-1}',
      "null",
      '{"user_id":1,"title":"A","comments":[{"user_id":1,"content":"x"}]}',
      '{"user_id":1,"title":"A","id":7}',
      '{"user_id":1,"title":"A","likes":{"increment":1}}',
      `${"[".repeat(40)}${"]".repeat(40)}`,
    ].join("\n");
    expect(await refused(NDJSON, body)).toEqual([
      "/1/title required",
      "/1/titel unknown_field",
      "/2 malformed",
      "/3 type",
      "/4/likes out_of_range",
      "/5 type",
      "/6/comments unknown_field",
      "/7/id read_only",
      "/8/likes type",
      "/9 malformed",
    ]);
  });

  test("no more findings than the limit, and bytes that are no UTF-8 are one", async () => {
    expect(await refused(NDJSON, "{}\n".repeat(500))).toHaveLength(100);
    const broken = Buffer.concat([Buffer.from('{"user_id":1,"title":"'), Buffer.of(0xff), Buffer.from('"}\n')]);
    expect(await refused(NDJSON, broken)).toEqual(["/0 malformed"]);
  });

  test("what only the database knows names its row too", async () => {
    const good = { user_id: 1, title: "A" };
    const many = [...Array.from({ length: 700 }, () => good), { user_id: 99, title: "B" }, good];
    expect(findingsOf(await send(NDJSON, lines(...many)))).toEqual(["/700/user_id reference_missing"]);
    const users = Array.from({ length: 600 }, (_, at) => ({ username: `u${at}`, email: `u${at % 599}@example.com` }));
    const clash = problemOf(await send(NDJSON, lines(...users), "/api/users"), 409, "unique");
    expect(clash.errors?.map(({ pointer }) => pointer)).toEqual(["/599/email"]);
    expect(rowsOf(await engine.get("/api/posts?limit=1000"))).toHaveLength(30);
    expect(rowsOf(await engine.get("/api/users?limit=1000"))).toHaveLength(5);
    const hidden = await send(NDJSON, lines({ title: "A", user_id: 1 }), "/api/archive");
    problemOf(hidden, 403, "forbidden");
  });

  test("more than one block of rows keeps their order", async () => {
    const rows = Array.from({ length: 1_250 }, (_, at) => ({ user_id: 1 + (at % 5), title: `Row ${at}` }));
    expect((await send(NDJSON, lines(...rows))).json).toEqual({ created: 1_250 });
    const answer = await engine.send({
      url: "/api/posts?id[gt]=30&sort=id&fields=user_id,title",
      headers: { accept: NDJSON },
    });
    expect(answer.text).toBe(lines(...rows));
  });

  test("below a parent its reference comes from the path", async () => {
    expect((await send(NDJSON, lines({ title: "A" }, { title: "B" }), "/api/users/4/posts")).json).toEqual({
      created: 2,
    });
    const rows = rowsOf(await engine.get("/api/users/4/posts?fields=user_id,title&sort=id"));
    expect(rows).toEqual([
      { user_id: 4, title: "A" },
      { user_id: 4, title: "B" },
    ]);
    problemOf(await send(NDJSON, lines({ title: "A" }), "/api/users/99/posts"), 404, "not_found");
    expect(await refused(NDJSON, lines({ title: "A" }, { title: "B", user_id: 1 }), "/api/users/4/posts")).toEqual([
      "/1/user_id read_only",
    ]);
  });
});

describe("CSV", () => {
  test("the header names the columns; a bare empty cell is null or the default, a quoted one is empty text", async () => {
    const body = 'likes,title,content,user_id,price\r\n,"A ""x"", b\r\nc",,1,\r\n7,\'=1,"",2,-0.50\r\n';
    expect((await send(`${CSV}; charset=utf-8; header=present`, body)).json).toEqual({ created: 2 });
    const rows = rowsOf(await engine.get("/api/posts?id[gt]=30&sort=id&fields=likes,title,content,user_id,price"));
    expect(rows).toEqual([
      { likes: 0, title: 'A "x", b\r\nc', content: null, user_id: 1, price: null },
      { likes: 7, title: "=1", content: "", user_id: 2, price: "-0.50" },
    ]);
  });

  test("LF ends rows too, a byte order mark is none of the header's name, empty lines are none", async () => {
    expect((await send(CSV, "\ufeffuser_id,title\n1,A\n\n2,B")).json).toEqual({ created: 2 });
    expect((await send(CSV, "user_id,title\n")).json).toEqual({ created: 0 });
  });

  test.each([
    ["an unknown column", "user_id,titel\n1,A\n", [" unknown_field"]],
    ["a column that the server fills", "id,user_id,title\n1,1,A\n", [" read_only"]],
    ["a column twice", "title,user_id,title\n1,1,A\n", [" malformed"]],
    ["an empty name", "user_id,title,\n1,A,\n", [" unknown_field"]],
    ["a quote that nothing closes", 'user_id,title\n1,A\n1,"A\n1,B\n', ["/1 malformed"]],
    ["a quote inside a bare cell", 'user_id,title\n1,A"B\n1,C\n', ["/0 malformed"]],
    ["letters behind a quote", 'user_id,title\n1,"A"B\n', ["/0 malformed"]],
    ["a bare carriage return", "user_id,title\n1,A\rB\n", ["/0 malformed"]],
    ["too few and too many cells", "user_id,title\n1\n1,A\n1,A,\n", ["/0 malformed", "/2 malformed"]],
    [
      "values of another kind",
      "user_id,title,likes\nx,A,1\n1,A,1.5\n01,,1\n",
      ["/0/user_id type", "/1/likes type", "/2/title required", "/2/user_id type"],
    ],
  ])("%s", async (_, body, findings) => {
    expect((await refused(CSV, body)).toSorted()).toEqual(findings.toSorted());
    expect(rowsOf(await engine.get("/api/posts?limit=1000"))).toHaveLength(30);
  });

  test("a misspelt column is told with the nearest, and never one that is hidden", async () => {
    const problem = problemOf(await send(CSV, "user_id,titel\n1,A\n"), 400, "invalid_data");
    expect(problem.errors?.[0]?.message).toBe('posts has no column "titel". Did you mean title?');
  });

  test("bytes that are no UTF-8 are refused, in the header and in a row", async () => {
    const latin = (text: string): Uint8Array => Buffer.from(text, "latin1");
    expect(await refused(CSV, latin("user_id,title\n1,A\n1,\u00e4\n"))).toEqual(["/1 malformed"]);
    problemOf(await send(CSV, latin("user_id,t\u00eftle\n1,A\n")), 400, "invalid_data");
    // A letter may be cut by the end of a piece.
    const rows = Array.from({ length: 9_000 }, () => `1,${"ä".repeat(7)}\n`).join("");
    expect((await send(CSV, `user_id,title\n${rows}`)).json).toEqual({ created: 9_000 });
  });

  test("what is exported comes back as it was, values of every kind", async () => {
    const own = await openEngine(kinds);
    for (const row of kindRows()) expect((await own.post("/api/things", { ...row, id: undefined })).status).toBe(201);
    for (const json of [{ a: '=1\n"' }, ["x", null], "text", true, -1.5])
      expect((await own.post("/api/things", { json, text: "+'" })).status).toBe(201);
    const fields = `fields=${[...KIND_COLUMNS, "json"].join(",")}`;
    const before = rowsOf(await own.get(`/api/things?limit=1000&sort=id&${fields}`));
    for (const type of [CSV, NDJSON]) {
      const { text } = await own.get(`/api/things?sort=id&limit=${before.length}&${fields}`, { accept: type });
      const last = rowsOf(await own.get("/api/things?sort=-id&limit=1"))[0]?.["id"] as number;
      const answer = await own.send({
        method: "POST",
        url: "/api/things",
        headers: { "content-type": type },
        body: text,
      });
      expect([answer.status, answer.json], answer.text).toEqual([201, { created: before.length }]);
      expect(rowsOf(await own.get(`/api/things?id[gt]=${last}&limit=1000&sort=id&${fields}`))).toEqual(before);
    }
    await closeSound(own);
  });
});

describe("what is refused before it is read", () => {
  test("an empty body, and CSV without a header", async () => {
    for (const [type, body] of [
      [NDJSON, ""],
      [CSV, ""],
      [CSV, undefined],
      [CSV, "\r\n\r\n"],
    ] as const) {
      const problem = problemOf(await sendWith({ "content-type": type }, body), 400, "body_required");
      expect(problem.detail).toMatch(type === CSV ? /header/ : /at least one row/);
    }
  });

  test("parameters, conditions and keys that mean nothing for an import", async () => {
    const row = lines({ user_id: 1, title: "A" });
    problemOf(await send(NDJSON, row, "/api/posts?fields=id"), 400, "unknown_parameter");
    problemOf(await sendWith({ "content-type": NDJSON, "if-none-match": "*" }, row), 400, "invalid_precondition");
    problemOf(await sendWith({ "content-type": NDJSON, "idempotency-key": "a" }, row), 400, "invalid_idempotency_key");
    expect(rowsOf(await engine.get("/api/posts?limit=1000"))).toHaveLength(30);
  });

  test("tables that are closed, and other methods and types", async () => {
    problemOf(await send(NDJSON, "{}", "/api/secrets"), 401, "sign_in_required");
    for (const type of ["text/csv; charset=latin1", "text/plain", "text/csv; header=absent", "application/x-ndjsonx"]) {
      const answer = await send(type, "user_id,title\n1,A\n");
      problemOf(answer, 415, "unsupported_media_type");
      expect(answer.headers["accept"]).toBe("application/json, application/x-ndjson, text/csv");
    }
    for (const method of ["PATCH", "PUT"]) {
      const answer = await engine.send({ method, url: "/api/posts/1", headers: { "content-type": CSV }, body: "a\n" });
      problemOf(answer, 415, "unsupported_media_type");
      expect(answer.headers["accept"]).toBe("application/json");
    }
  });

  test("a row that is too long, in either form; a long quote says so", async () => {
    const long = "x".repeat(1_048_576);
    problemOf(await send(NDJSON, lines({ user_id: 1, title: "A" }, { content: long })), 400, "limit_exceeded");
    const csv = problemOf(await send(CSV, `user_id,content\n1,"${long}\n${long}\n1,a\n`), 400, "limit_exceeded");
    expect(csv.detail).toBe("Row 0 has more than 1048576 bytes. Cell 2 has a quote that nothing closes.");
    expect((await send(NDJSON, lines({ user_id: 1, title: "A", content: long.slice(0, 999_000) }))).status).toBe(201);
  });

  test("more rows than the limit", async () => {
    const answer = await send(
      CSV,
      `code,name\n${Array.from({ length: 100_001 }, (_, at) => `g${at},n\n`).join("")}`,
      "/api/groups",
    );
    expect(problemOf(answer, 400, "limit_exceeded").detail).toContain("100000 rows");
    expect(rowsOf(await engine.get("/api/groups"))).toHaveLength(2);
  });
});
