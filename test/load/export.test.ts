import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { compile, createEngine, type Engine } from "servery";
import { expect, onTestFinished, test } from "vitest";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import { answerText } from "../harness/answer-text.ts";
import application from "./fixtures/application/servery.ts";
import { hasProc, livingChildren, startServery, temporaryFolder, until } from "./processes.ts";

const POSTS = 100_000;
const MEGABYTE = 1_048_576;
/** What an export may need beside what the process has: a few pages, and what the collector has not yet taken. */
const GROWTH = 50 * MEGABYTE;

interface Exporting {
  readonly engine: Engine;
  readonly path: string;
  readonly faults: readonly unknown[];
  readonly statements: readonly string[];
  readonly listening: { readonly url: string; close(): Promise<void> };
}

async function writeThere(path: string, ...statements: readonly string[]): Promise<void> {
  const { driver } = await chooseDriver("auto");
  const connection = driver.open(path, { readOnly: false });
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

/** A file with posts of about 350 bytes, made past the engine. Where they are ties, all are of one moment. */
async function largeFile(posts: number, ties = false): Promise<string> {
  const path = join(temporaryFolder(), "large.db");
  await (await createEngine(compile(application), { database: `sqlite:${path}` })).close();
  const numbers = `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${posts})`;
  const now = "'2024-10-28T10:30:00.000Z'";
  const created = ties ? now : "strftime('%Y-%m-%dT%H:%M:%fZ', 1600000000 + n, 'unixepoch')";
  await writeThere(
    path,
    `${numbers} INSERT INTO posts (user_id, title, content, likes, created_at, updated_at)
     SELECT 1, 'Post ' || n, replace(hex(zeroblob(100)), '00', 'x,') || n, n % 1000, ${created}, ${now} FROM n`,
  );
  return path;
}

/** An engine over such a file, and a socket of it. */
async function exporting(posts: number, ties = false): Promise<Exporting> {
  const path = await largeFile(posts, ties);
  const [faults, statements]: [unknown[], string[]] = [[], []];
  const engine = await createEngine(compile(application), {
    database: `sqlite:${path}`,
    observe: (observation) => {
      if (observation.is === "fault") faults.push(observation.cause);
      else if (observation.is === "sql") statements.push(observation.sql);
    },
  });
  onTestFinished(async () => engine.close());
  return { engine, path, faults, statements, listening: await engine.listen({ host: "127.0.0.1", port: 0 }) };
}

/** What the process holds in memory, where /proc tells. */
function residentBytes(pid: number): number {
  if (!hasProc) return 0;
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024;
}

function ask(url: string, accept = "application/x-ndjson"): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { accept }, agent: false }, resolve).once("error", reject);
  });
}

/** The ids of an NDJSON stream, without holding its text. */
async function idsIn(body: AsyncIterable<string>): Promise<number[]> {
  const ids: number[] = [];
  let rest = "";
  for await (const piece of body) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) ids.push((JSON.parse(line) as { id: number }).id);
  }
  expect(rest).toBe("");
  return ids;
}

function everyId(count: number): number[] {
  return Array.from({ length: count }, (_, at) => count - at);
}

test("100,000 rows come once each and in order, in bounded memory, while others are answered", async () => {
  const path = await largeFile(POSTS);
  const served = await startServery(path);
  const pid = livingChildren().at(-1) ?? 0;
  expect((await ask(`${served.url}/api/posts/1`, "application/json")).resume().statusCode).toBe(200);
  const before = residentBytes(pid);
  let [highest, answered, done] = [before, 0, false];
  const others = (async () => {
    while (!done) {
      const answer = await ask(`${served.url}/api/posts/${1 + (answered % POSTS)}`, "application/json");
      expect(answer.resume().statusCode).toBe(200);
      answered += 1;
      highest = Math.max(highest, residentBytes(pid));
    }
  })();
  const answer = await ask(`${served.url}/api/posts`);
  const ids = await idsIn(answer.setEncoding("utf8"));
  done = true;
  await others;
  expect(ids.length).toBe(POSTS);
  expect(ids.findIndex((id, at) => id !== POSTS - at)).toBe(-1);
  expect(answered).toBeGreaterThan(5);
  expect(highest - before).toBeLessThan(GROWTH);
});

test("rows of one moment come once each", async () => {
  const { engine, faults } = await exporting(20_000, true);
  const { body } = await engine.handle({
    method: "GET",
    url: "/api/posts",
    headers: { accept: "application/x-ndjson" },
  });
  expect(await idsIn(body as AsyncIterable<string>)).toEqual(everyId(20_000));
  expect(faults).toEqual([]);
});

test("CSV has the same rows, in the in-process door as on the socket", async () => {
  const { engine, listening } = await exporting(20_000);
  const url = "/api/posts?fields=id,title,content&sort=id";
  const inside = await engine.handle({ method: "GET", url, headers: { accept: "text/csv" } });
  const outside = await ask(`${listening.url}${url}`, "text/csv");
  const text = await answerText(inside.body);
  const received: string[] = [];
  for await (const piece of outside.setEncoding("utf8")) received.push(piece as string);
  expect(received.join("") === text).toBe(true);
  const lines = text.split("\r\n");
  expect(lines).toHaveLength(20_002);
  expect(lines[20_000]).toBe(`20000,Post 20000,"${"x,".repeat(100)}20000"`);
});

test("a sort that no index helps, or that leads over a relation, works page by page", async () => {
  const { engine, faults } = await exporting(12_000);
  for (const sort of ["-likes", "user.username,-likes"]) {
    const { body } = await engine.handle({
      method: "GET",
      url: `/api/posts?sort=${sort}&fields=id,likes`,
      headers: { accept: "application/x-ndjson" },
    });
    const rows = (await answerText(body))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: number; likes: number });
    expect(rows).toHaveLength(12_000);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(12_000);
    expect(rows.every(({ likes }, at) => at === 0 || likes <= (rows[at - 1]?.likes ?? 0))).toBe(true);
  }
  expect(faults).toEqual([]);
});

test("rows too wide for a full page come in smaller ones", async () => {
  const { engine, path, faults } = await exporting(300);
  await writeThere(path, "UPDATE posts SET content = hex(zeroblob(100000)) WHERE id <= 120");
  for (const sort of ["id", "likes"]) {
    const { body } = await engine.handle({
      method: "GET",
      url: `/api/posts?sort=${sort}&fields=id,content`,
      headers: { accept: "application/x-ndjson" },
    });
    let longest = 0;
    const measured = async function* (): AsyncGenerator<string> {
      for await (const piece of body as AsyncIterable<string>) {
        longest = Math.max(longest, piece.length);
        yield piece;
      }
    };
    expect(await idsIn(measured())).toEqual(everyId(300).toReversed());
    expect(longest).toBeLessThan(25 * MEGABYTE);
  }
  expect(faults).toEqual([]);
});

test("a reader that stops reading holds up the export, and nothing is read ahead", async () => {
  const { engine, statements } = await exporting(20_000);
  const { body } = await engine.handle({
    method: "GET",
    url: "/api/posts",
    headers: { accept: "application/x-ndjson" },
  });
  const pieces = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
  const first = await pieces.next();
  expect(first.done).toBe(false);
  expect(statements).toHaveLength(1);
  expect((await pieces.next()).done).toBe(false);
  expect(statements).toHaveLength(2);
  await pieces.return?.();
  expect(await pieces.next()).toEqual({ done: true, value: undefined });
  expect(statements).toHaveLength(2);
});

test("50 exports that their readers leave are ended, and the engine closes", async () => {
  const { engine, faults, listening } = await exporting(50_000);
  await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      const answer = await ask(`${listening.url}/api/posts${at % 2 === 0 ? "" : "?sort=likes"}`);
      answer.once("error", () => undefined);
      await once(answer, "data");
      answer.destroy();
    }),
  );
  const { status } = await engine.handle({ method: "GET", url: "/api/posts/1" });
  expect(status).toBe(200);
  await engine.close();
  expect(faults).toEqual([]);
});

test("closing waits for an export that is being read, and for its connection no longer", async () => {
  const { engine, faults, listening } = await exporting(50_000);
  const answer = await ask(`${listening.url}/api/posts`);
  const reading = idsIn(answer.setEncoding("utf8"));
  const closed = engine.close();
  expect(await reading).toEqual(everyId(50_000));
  await closed;
  expect(faults).toEqual([]);
});

test("an error in the middle cuts the body, and is a fault", async () => {
  const { path, faults, listening } = await exporting(50_000);
  const answer = await ask(`${listening.url}/api/posts`);
  await once(answer, "readable");
  await writeThere(path, "ALTER TABLE posts RENAME TO gone");
  await expect(idsIn(answer.setEncoding("utf8"))).rejects.toThrow("aborted");
  await until(() => faults.length > 0, 60_000);
  expect(faults).toHaveLength(1);
});
