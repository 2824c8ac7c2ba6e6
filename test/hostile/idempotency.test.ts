import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pause, startServery, temporaryFolder } from "../load/processes.ts";
import { openRaw, type RawFile } from "../validation/raw-file.ts";
import type { TestAnswer } from "../harness/open-engine.ts";
import { type OpenDoor, openSocket } from "./doors.ts";
import { exchange, rawRequest } from "./raw-socket.ts";

/** Requests that arrive at the same time. */
const AT_ONCE = 20;

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

describe("keys of idempotency", () => {
  let door: OpenDoor;
  let file: RawFile;
  beforeAll(async () => {
    door = await openSocket();
    file = await openRaw(door.engine.databasePath);
  });
  afterAll(async () => {
    file.close();
    await door.close();
  });

  const send = (key: string, title = key): Promise<TestAnswer> =>
    door.engine.post("/api/posts", { title }, { "idempotency-key": key });
  const rows = (title: string): number =>
    Number(file.rows("SELECT count(*) FROM posts WHERE title = ?", [title])[0]?.[0]);
  const kept = (): number => Number(file.rows("SELECT count(*) FROM _servery_kept_answers")[0]?.[0]);
  const idOf = (key: string): string => {
    const digest = createHash("sha256");
    for (const part of ["anonymous", "POST", "/api/posts", key])
      digest.update(`${Buffer.byteLength(part)}:`).update(part);
    return digest.digest("base64url");
  };

  test.each(["inside", "socket"] as const)("K03 20 at once with one key, %s: one executes", async (way) => {
    const key = `k03-${way}`;
    const body = new TextEncoder().encode(JSON.stringify({ title: key }));
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        if (way === "inside") return send(key);
        const bytes = rawRequest({ method: "POST", target: "/api/posts", headers, body });
        const { answers: got } = await exchange(door.port, bytes, { answers: 1 });
        return got[0];
      }),
    );
    const fresh = answers.filter(
      (answer) => answer?.status === 201 && answer.headers["idempotency-replayed"] === undefined,
    );
    expect(fresh).toHaveLength(1);
    for (const answer of answers) {
      expect([201, 409]).toContain(answer?.status);
      expect(answer?.text).toContain(answer?.status === 201 ? fresh[0]?.text : "idempotency_in_progress");
    }
    expect(rows(key)).toBe(1);
    const again = await send(key);
    expect([again.status, again.text, again.headers["location"]]).toEqual([
      201,
      fresh[0]?.text,
      fresh[0]?.headers["location"],
    ]);
  });

  test("K09 a first try that finds the database locked is not kept, and its retry executes once", async () => {
    const before = kept();
    file.run("BEGIN IMMEDIATE");
    const refused = await send("k09");
    file.run("ROLLBACK");
    expect([refused.status, refused.headers["retry-after"], refused.headers["idempotency-replayed"]]).toEqual([
      503,
      "1",
      undefined,
    ]);
    expect([rows("k09"), kept()]).toEqual([0, before]);
    const retries = [await send("k09"), await send("k09")];
    expect(retries.map(({ status, headers }) => [status, headers["idempotency-replayed"]])).toEqual([
      [201, undefined],
      [201, "true"],
    ]);
    expect([rows("k09"), kept()]).toEqual([1, before + 1]);
  }, 150_000);

  test("K11 a key that is older than 24 hours executes anew", async () => {
    await send("k11");
    file.run("UPDATE _servery_kept_answers SET kept_at = ? WHERE id = ?", [hoursAgo(23.9), idOf("k11")]);
    expect((await send("k11")).headers["idempotency-replayed"]).toBe("true");
    file.run("UPDATE _servery_kept_answers SET kept_at = ? WHERE id = ?", [hoursAgo(24.1), idOf("k11")]);
    const anew = await send("k11");
    expect([anew.status, anew.headers["idempotency-replayed"], rows("k11")]).toEqual([201, undefined, 2]);
    // Another body is no mismatch either: nobody remembers the first one.
    file.run("UPDATE _servery_kept_answers SET kept_at = ? WHERE id = ?", [hoursAgo(24.1), idOf("k11")]);
    expect((await send("k11", "k11 other")).status).toBe(201);
  });

  test("K12 a table of a million expired keys shrinks with every write, and none of them waits for it", async () => {
    const insert =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO _servery_kept_answers (id, request, kept, kept_at) SELECT 'old' || i, 'r', '[]', ? FROM n";
    file.run(insert, [1_000_000, hoursAgo(48)]);
    const old = (): number =>
      Number(file.rows("SELECT count(*) FROM _servery_kept_answers WHERE id LIKE 'old%'")[0]?.[0]);
    const writes = 100;
    for (let at = 0; at < writes; at++) expect((await send(`k12-${at}`)).status).toBe(201);
    const gone = 1_000_000 - old();
    // More go than come, and never so many that a write would have to wait.
    expect(gone).toBeGreaterThan(writes);
    expect(gone).toBeLessThanOrEqual(writes * 10);
    expect(rows("k12-7")).toBe(1);
    file.run("DELETE FROM _servery_kept_answers WHERE id LIKE 'old%'");
  }, 300_000);

  test("none of this was a fault of the server", () => {
    expect(door.engine.faults).toEqual([]);
  });
});

/** Answers that a server gives before it is killed. */
const FIRST_ANSWERS = 20;

test("K10 K14 after a sudden death the row and its kept answer are both there, or neither; a retry has the answer", async () => {
  const path = join(temporaryFolder(), "posts.db");
  const sent = new Map<string, { status: number; text: string } | undefined>();
  const post = async (url: string, key: string): Promise<{ status: number; text: string; replayed: string | null }> => {
    const response = await fetch(`${url}/api/posts`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ user_id: 1, title: key }),
      signal: AbortSignal.timeout(60_000),
    });
    return {
      status: response.status,
      text: await response.text(),
      replayed: response.headers.get("idempotency-replayed"),
    };
  };
  for (let round = 0; round < 3; round++) {
    const server = await startServery(path);
    const state = { dead: false };
    const callers = Array.from({ length: 8 }, async (_, caller) => {
      for (let at = 0; !state.dead; at++) {
        const key = `r${round}-c${caller}-${at}`;
        sent.set(key, undefined);
        await post(server.url, key)
          .then((answer) => sent.set(key, answer))
          .catch(() => undefined);
      }
    });
    const answeredSoFar = (): number => [...sent.values()].filter((answer) => answer !== undefined).length;
    const before = answeredSoFar();
    while (answeredSoFar() < before + FIRST_ANSWERS) await pause(5);
    await pause(round * 37);
    // Those who ask a server that is gone would ask thousands of times before it is known to be.
    state.dead = true;
    await server.kill();
    await Promise.all(callers);
    const file = await openRaw(path);
    const ids = file.rows("SELECT title FROM posts").map(([title]) => String(title));
    const [answers] = file.rows("SELECT count(*) FROM _servery_kept_answers");
    file.close();
    expect(new Set(ids).size, "no row twice").toBe(ids.length);
    expect(answers, "as many kept answers as rows").toEqual([ids.length]);
    const made = [...sent].filter(([, answer]) => answer?.status === 201).map(([key]) => key);
    expect(ids, "what was answered is there").toEqual(expect.arrayContaining(made));
  }
  const { url } = await startServery(path);
  const answered = [...sent].filter(([, answer]) => answer?.status === 201);
  expect(answered.length).toBeGreaterThanOrEqual(3 * FIRST_ANSWERS);
  for (const [key, first] of [...answered.slice(-30), ...[...sent].filter(([, answer]) => answer === undefined)]) {
    const retry = await post(url, key);
    expect(retry.status).toBe(201);
    expect([retry.text, retry.replayed]).toEqual([
      first?.text ?? retry.text,
      first === undefined ? retry.replayed : "true",
    ]);
  }
  const file = await openRaw(path);
  expect(file.rows("SELECT count(*), count(DISTINCT title) FROM posts")).toEqual([[sent.size, sent.size]]);
  file.close();
}, 300_000);
