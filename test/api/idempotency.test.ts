import { databaseEngine } from "../harness/test-database.ts";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer, type TestRequest } from "../harness/open-engine.ts";
import { openRaw, type RawFile } from "../validation/raw-file.ts";
import { closeSound, findingsOf, type JsonRow, problemOf, rowOf, rowsOf, writesOf } from "./answers.ts";
import { depot as declaration, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
let file: RawFile;
beforeAll(async () => {
  depot = await openDepot();
  file = await openRaw(depot.databasePath);
});
afterAll(async () => {
  file.close();
  await closeSound(depot);
});

let keys = 0;
const newKey = (): { "idempotency-key": string } => ({ "idempotency-key": `key-${keys++}` });
const kept = (): number => Number(file.rows("SELECT count(*) FROM _servery_kept_answers")[0]?.[0]);

/** An answer without what differs each time it is sent. */
function comparable({ status, headers, text }: TestAnswer): unknown {
  const { "x-request-id": _, "idempotency-replayed": __, ...others } = headers;
  return { status, headers: others, text };
}

/** Sends a request twice with one key: the second is the first again and writes nothing. */
async function twice(request: TestRequest): Promise<TestAnswer> {
  const headers = { ...request.headers, ...newKey() };
  const first = await depot.send({ ...request, headers });
  expect(first.status, first.text).toBeLessThan(300);
  expect(first.headers["idempotency-replayed"]).toBeUndefined();
  const state = file.rows(
    "SELECT (SELECT coalesce(sum(id), 0) FROM posts), (SELECT count(*) FROM tags), (SELECT max(updated_at) FROM tags)",
  );
  const again = await depot.send({ ...request, headers });
  expect(again.headers["idempotency-replayed"]).toBe("true");
  expect(comparable(again)).toEqual(comparable(first));
  expect(
    file.rows(
      "SELECT (SELECT coalesce(sum(id), 0) FROM posts), (SELECT count(*) FROM tags), (SELECT max(updated_at) FROM tags)",
    ),
  ).toEqual(state);
  return first;
}

describe("the same request with the same key", () => {
  test("POST, PATCH, PUT, DELETE of one row: same status, body, address and tag, marked as a replay", async () => {
    const made = await twice({ method: "POST", url: "/api/posts", json: { user_id: 1, title: "once" } });
    const url = made.headers["location"] as string;
    await twice({ method: "POST", url: "/api/posts?fields=title", json: { user_id: 1, title: "fields" } });
    await twice({ method: "POST", url: "/api/posts", json: { user_id: 1, title: "n", comments: [{ content: "c" }] } });
    await twice({ method: "POST", url: "/api/users/1/posts", json: { title: "below" } });
    await twice({ method: "PATCH", url, json: { likes: { increment: 1 } } });
    expect(rowOf(await depot.get(url))["likes"]).toBe(1);
    await twice({ method: "PUT", url, json: { user_id: 1, title: "put" } });
    await twice({ method: "DELETE", url });
    const tag = (await depot.post("/api/tags", { code: "m", word: "w" })).headers["etag"] as string;
    // The tag names the row as it was: what happened in between is no reason to refuse the replay.
    await twice({ method: "PATCH", url: "/api/tags/m", json: { word: "v" }, headers: { "if-match": tag } });
  });

  test("lists, filters, upserts and batches", async () => {
    await twice({
      method: "POST",
      url: "/api/tags",
      json: [
        { code: "l1", word: "l" },
        { code: "l2", word: "l" },
      ],
    });
    await twice({ method: "PATCH", url: "/api/tags?word=l", json: { uses: { increment: 1 } } });
    expect((await stored(depot, "tags/l1"))["uses"]).toBe(1);
    expect(
      (await twice({ method: "PUT", url: "/api/tags?on_conflict=code", json: { code: "u", word: "w" } })).status,
    ).toBe(201);
    await twice({
      method: "PUT",
      url: "/api/tags?on_conflict=code",
      json: [
        { code: "u", word: "x" },
        { code: "v", word: "w" },
      ],
    });
    const deleted = await twice({ method: "DELETE", url: "/api/tags?word=l" });
    expect(deleted.headers["x-total-count"]).toBe("2");
    await twice({
      method: "POST",
      url: "/api/batch",
      json: [
        { method: "POST", path: "/api/posts", body: { user_id: 1, title: "b", comments: [{ content: "c" }] } },
        { method: "PATCH", path: "/api/posts/{0.id}", body: { likes: { increment: 5 } } },
        { method: "DELETE", path: "/api/tags?word=x" },
      ],
    });
  });

  test("answers what was, whatever is now", async () => {
    const headers = newKey();
    const first = await depot.post("/api/posts", { user_id: 1, title: "gone" }, headers);
    await depot.delete(first.headers["location"] as string);
    const again = await depot.post("/api/posts", { user_id: 1, title: "gone" }, headers);
    expect(comparable(again)).toEqual(comparable(first));
    problemOf(await depot.get(first.headers["location"] as string), 404, "not_found");
  });

  test("keeps every digit of what was answered", async () => {
    const json = { big: "-9223372036854775808", share: 0.1, money: "12345678901234.5678", word: 'é"\\😀' };
    const answer = await twice({ method: "POST", url: "/api/wide", json });
    expect(answer.json).toEqual(json);
  });

  test("is not kept where there is none of it: without a key each request is its own", async () => {
    const before = kept();
    const answers = await Promise.all([1, 2].map(async () => depot.post("/api/posts", { user_id: 1, title: "twice" })));
    expect(new Set(answers.map((answer) => rowOf(answer)["id"])).size).toBe(2);
    await depot.get("/api/posts/1", newKey());
    expect(kept()).toBe(before);
  });
});

describe("what is another request", () => {
  test("another body or another query with the same key: 400, and nothing is written", async () => {
    const headers = newKey();
    await depot.post("/api/tags", { code: "first", word: "w" }, headers);
    for (const send of [
      () => depot.post("/api/tags", { code: "second", word: "w" }, headers),
      () => depot.post("/api/tags?fields=code", { code: "first", word: "w" }, headers),
      () =>
        depot.send({
          method: "POST",
          url: "/api/tags",
          headers: { ...headers, "content-type": "application/json" },
          body: '{"code": "first", "word": "w"}',
        }),
    ])
      problemOf(await send(), 400, "idempotency_mismatch");
    expect(rowsOf(await depot.get("/api/tags?code[in]=first&code[in]=second"))).toHaveLength(1);
  });

  test("another path and another method are other names for the key", async () => {
    const headers = newKey();
    expect((await depot.post("/api/tags", { code: "p1", word: "w" }, headers)).status).toBe(201);
    expect((await depot.post("/api/users", { email: "p1@example.com", name: "n" }, headers)).status).toBe(201);
    expect((await depot.patch("/api/tags/p1", { uses: 1 }, headers)).status).toBe(200);
    expect((await depot.put("/api/tags/p1", { word: "v" }, headers)).status).toBe(200);
    expect((await depot.delete("/api/tags/p1", headers)).status).toBe(204);
    const replay = await depot.delete("/api/tags/p1", headers);
    expect([replay.status, replay.headers["idempotency-replayed"]]).toEqual([204, "true"]);
  });

  test("parts of the name cannot be shifted from one into the next", async () => {
    const hash = (parts: readonly string[]): string => {
      const digest = createHash("sha256");
      for (const part of parts) digest.update(`${Buffer.byteLength(part)}:`).update(part);
      return digest.digest("base64url");
    };
    await depot.post("/api/tags", { code: "digest", word: "w" }, { "idempotency-key": "shift" });
    expect(
      file.rows("SELECT count(*) FROM _servery_kept_answers WHERE id = ?", [
        hash(["anonymous", "POST", "/api/tags", "shift"]),
      ]),
    ).toEqual([[1]]);
  });
});

describe("what is not kept", () => {
  test("a refusal: the corrected request runs under the same key", async () => {
    const headers = newKey();
    const before = kept();
    expect(findingsOf(await depot.post("/api/posts", { user_id: 1 }, headers))).toEqual(["/title required"]);
    expect(findingsOf(await depot.post("/api/posts", { user_id: 987_654, title: "t" }, headers))).toEqual([
      "/user_id reference_missing",
    ]);
    problemOf(await depot.patch("/api/posts/987654", { likes: 1 }, headers), 404, "not_found");
    problemOf(await depot.post("/api/users", { email: "alice@example.com", name: "a" }, headers), 409, "unique");
    expect(kept()).toBe(before);
    const first = await depot.post("/api/posts", { user_id: 1, title: "t" }, headers);
    expect([first.status, first.headers["idempotency-replayed"], kept()]).toEqual([201, undefined, before + 1]);
  });

  test.each(["", " ", "a b", "ä", "a\u0000b", "a\r\nb", "x".repeat(256), "a, b", "\u{1F600}"])(
    "a key like %j is a 400",
    async (key) => {
      const before = kept();
      const answer = await depot.post("/api/tags", { code: "bad key", word: "w" }, { "idempotency-key": key });
      problemOf(answer, 400, "invalid_idempotency_key");
      expect([answer.sql, kept()]).toEqual([[], before]);
      problemOf(await depot.get("/api/tags/bad%20key"), 404, "not_found");
    },
  );

  test.each([
    "x",
    "x".repeat(255),
    "8e03978e-40d5-43e8-bc93-6894a57f9324",
    '"quoted"',
    "!~",
    "__proto__",
    "constructor",
  ])("%s is one", async (key) => {
    const code = createHash("md5").update(key).digest("hex").slice(0, 20);
    expect((await depot.post("/api/tags", { code, word: "w" }, { "idempotency-key": key })).status).toBe(201);
    expect(
      (await depot.post("/api/tags", { code, word: "w" }, { "idempotency-key": key })).headers["idempotency-replayed"],
    ).toBe("true");
  });
});

describe("races", () => {
  test("20 at once with one key: one writes, the others wait or are told so, and a retry has the answer", async () => {
    for (let round = 0; round < 5; round++) {
      const headers = newKey();
      const send = (): Promise<TestAnswer> => depot.post("/api/posts", { user_id: 1, title: `race ${round}` }, headers);
      const answers = await Promise.all(Array.from({ length: 20 }, send));
      const written = answers.filter(
        ({ status, headers: got }) => status === 201 && got["idempotency-replayed"] === undefined,
      );
      expect(written).toHaveLength(1);
      const others = answers.filter((other) => !written.includes(other));
      const replayed = others.filter(({ status }) => status === 201);
      expect(replayed.map(comparable)).toEqual(replayed.map(() => comparable(written[0] as TestAnswer)));
      for (const answer of others.filter(({ status }) => status !== 201)) {
        problemOf(answer, 409, "idempotency_in_progress");
        expect(answer.headers["retry-after"]).toBe("1");
      }
      expect(comparable(await send())).toEqual(comparable(written[0] as TestAnswer));
      expect(rowsOf(await depot.get(`/api/posts?title=race%20${round}`))).toHaveLength(1);
    }
  });

  test("two engines on one file: one writes, the other answers what is kept", async () => {
    const other = await openEngine(declaration, { database: depot.databaseUrl });
    const headers = newKey();
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, at) =>
        (at % 2 === 0 ? depot : other).post("/api/posts", { user_id: 1, title: "two engines" }, headers),
      ),
    );
    expect(
      answers.filter(({ status, headers: got }) => status === 201 && got["idempotency-replayed"] === undefined),
    ).toHaveLength(1);
    expect(rowsOf(await depot.get("/api/posts?title=two%20engines"))).toHaveLength(1);
    const [one, two] = [
      await depot.post("/api/posts", { user_id: 1, title: "two engines" }, headers),
      await other.post("/api/posts", { user_id: 1, title: "two engines" }, headers),
    ];
    expect([one.headers["idempotency-replayed"], comparable(one)]).toEqual(["true", comparable(two)]);
    await closeSound(other);
  });
});

describe("time", () => {
  const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  const age = (hours: number, key: string): void => {
    const digest = createHash("sha256");
    for (const part of ["anonymous", "POST", "/api/posts", key])
      digest.update(`${Buffer.byteLength(part)}:`).update(part);
    expect(
      file.run("UPDATE _servery_kept_answers SET kept_at = ? WHERE id = ?", [
        hoursAgo(hours),
        digest.digest("base64url"),
      ]),
    ).toBe(1);
  };

  test("an answer is kept for 24 hours; afterwards the key is new", async () => {
    const headers = newKey();
    const send = (): Promise<TestAnswer> => depot.post("/api/posts", { user_id: 1, title: "aged" }, headers);
    const first = await send();
    age(23.9, headers["idempotency-key"]);
    expect((await send()).headers["idempotency-replayed"]).toBe("true");
    age(24.1, headers["idempotency-key"]);
    const anew = await send();
    expect([anew.status, anew.headers["idempotency-replayed"]]).toEqual([201, undefined]);
    expect(rowOf(anew)["id"]).not.toBe(rowOf(first)["id"]);
    expect((await send()).headers["idempotency-replayed"]).toBe("true");
  });

  test("expired ones go as new ones come, so that the table does not grow for ever", async () => {
    const old = 400;
    const insert =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO _servery_kept_answers (id, request, kept, kept_at) SELECT 'old' || i, 'r', '[]', ? FROM n";
    file.run(insert, [old, hoursAgo(26)]);
    const before = kept();
    for (let at = 0; at < 50; at++) await depot.post("/api/tags", { code: `age${at}`, word: "w" }, newKey());
    expect(kept()).toBe(before + 50 - 250);
    for (let at = 50; at < 100; at++) await depot.post("/api/tags", { code: `age${at}`, word: "w" }, newKey());
    expect(file.rows("SELECT count(*) FROM _servery_kept_answers WHERE id LIKE 'old%'")).toEqual([[0]]);
    const oldest = "SELECT id FROM _servery_kept_answers WHERE kept_at < '' ORDER BY kept_at LIMIT 5";
    const explain = { sqlite: "EXPLAIN QUERY PLAN", postgres: "EXPLAIN" }[databaseEngine];
    const plan = file.rows(`${explain} ${oldest}`).map((row) => row.map(String).join(" "));
    expect(plan.join("\n")).toMatch(/Index (?:Only )?Scan|USING INDEX/);
  });
});

test("the answer is kept in the write's own transaction, and in no other", async () => {
  const answer = await depot.post("/api/tags", { code: "own", word: "w" }, newKey());
  const own = answer.sql.filter((sql) => sql.includes("_servery_kept_answers"));
  expect(own.map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "INSERT", "DELETE"]);
  expect(writesOf(answer).slice(-2)).toEqual(own.slice(-2));
  // A batch that fails at its last step leaves no answer behind, and none for its key.
  const before = kept();
  const failing = await depot.post(
    "/api/batch",
    [
      { method: "POST", path: "/api/tags", body: { code: "own2", word: "w" } },
      { method: "POST", path: "/api/tags", body: { code: "own", word: "w" } },
    ],
    newKey(),
  );
  expect([failing.status, kept()]).toEqual([409, before]);
  expect((failing.json as JsonRow)["code"]).toBe("unique");
});
