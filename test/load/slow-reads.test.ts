import { join } from "node:path";
import { compile, createEngine, type Engine } from "servery";
import { expect, onTestFinished, test } from "vitest";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import application from "./fixtures/application/servery.ts";
import { hasProc, livingChildren, pause, temporaryFolder, until } from "./processes.ts";
import { answerText } from "../harness/answer-text.ts";

const POSTS = 200_000;
const AUTHORS = 100;
const DEADLINE_MS = 2_000;
/** For each of the posts the 2,000 of its author: four hundred million rows, which nothing ends in two seconds. */
const ENDLESS = "/api/posts?user.posts.content%5Bcontains%5D=zzz-never";
/** Later than this it is not the deadline that ended a read; a busy machine included. */
const LATEST_MS = DEADLINE_MS + 30_000;
/** A scan and a sort of all posts, some milliseconds long. */
const SCAN = "/api/posts?likes=999&limit=1&sort=title";

interface Answered {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | undefined;
  readonly type: string | undefined;
  readonly body: unknown;
  readonly ms: number;
}

async function ask(engine: Engine, url: string): Promise<Answered> {
  const started = performance.now();
  const { status, headers, body } = await engine.handle({ method: "GET", url });
  const ms = performance.now() - started;
  const text = await answerText(body);
  const json = JSON.parse(text) as unknown;
  const code = (json as { code?: unknown }).code;
  return { status, code, retryAfter: headers["retry-after"], type: headers["content-type"], body: json, ms };
}

/** Fills the tables past the engine, which would take minutes. */
async function fill(path: string): Promise<void> {
  const { driver } = await chooseDriver("auto");
  const connection = driver.open(path, { readOnly: false });
  const numbers = (count: number) => `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${count})`;
  const now = "'2024-10-28T10:30:00.000Z'";
  connection.exec(
    `${numbers(AUTHORS)} INSERT INTO users (username, email, created_at, updated_at)
     SELECT 'author ' || n, 'author.' || n || '@example.org', ${now}, ${now} FROM n`,
  );
  connection.exec(
    `${numbers(POSTS)} INSERT INTO posts (user_id, title, content, likes, created_at, updated_at)
     SELECT 1 + n % ${AUTHORS}, 'Post ' || n, 'The river market opens early, said number ' || n, n % 1000,
       ${now}, ${now} FROM n`,
  );
  connection.close();
}

/** An engine over a large table in a file that goes with the test; faults of the server's own are gathered. */
async function largeEngine(): Promise<{ readonly engine: Engine; readonly faults: readonly unknown[] }> {
  const path = join(temporaryFolder(), "large.db");
  const database = `sqlite:${path}`;
  const compiled = compile(application);
  await (await createEngine(compiled, { database })).close();
  await fill(path);
  const faults: unknown[] = [];
  const engine = await createEngine(compiled, {
    database,
    queryTimeoutMs: DEADLINE_MS,
    observe: (observation) => {
      if (observation.is === "fault") faults.push(observation);
    },
  });
  onTestFinished(async () => engine.close());
  return { engine, faults };
}

/** Asks for one row again and again until told to stop; answers every status that came. */
function readMeanwhile(engine: Engine): () => Promise<readonly number[]> {
  const statuses: number[] = [];
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      const { status } = await ask(engine, `/api/posts/${1 + (statuses.length % POSTS)}`);
      statuses.push(status);
      await pause(1);
    }
  })();
  return async () => {
    stopped = true;
    await loop;
    return statuses;
  };
}

/** A new process must start within the deadline too, for which a busy machine may need more than one try. */
async function scanAgain(engine: Engine): Promise<Answered> {
  let answer = await ask(engine, SCAN);
  for (let tries = 1; tries < 5 && answer.code === "query_timeout"; tries += 1) answer = await ask(engine, SCAN);
  return answer;
}

test("a scan that cannot finish is ended at its deadline with its process; others are answered meanwhile", async () => {
  const { engine, faults } = await largeEngine();
  const stop = readMeanwhile(engine);
  const slow = ask(engine, ENDLESS);
  if (hasProc) await until(() => livingChildren().length > 0, DEADLINE_MS);
  const children = livingChildren();
  const answer = await slow;
  const meanwhile = await stop();
  expect(answer).toMatchObject({ status: 503, code: "query_timeout" });
  expect(answer.type).toMatch(/^application\/problem\+json\b/);
  expect(Number(answer.retryAfter)).toBeGreaterThan(0);
  expect(answer.ms).toBeGreaterThanOrEqual(DEADLINE_MS - 5);
  expect(answer.ms).toBeLessThan(LATEST_MS);
  expect(meanwhile.length).toBeGreaterThan(10);
  expect(new Set(meanwhile)).toEqual(new Set([200]));
  expect(children).toHaveLength(hasProc ? 1 : 0);
  await until(() => livingChildren().every((pid) => !children.includes(pid)), 60_000);
  expect(await scanAgain(engine)).toMatchObject({ status: 200, body: [{ likes: 999 }] });
  expect(faults).toEqual([]);
});

test("a hundred slow reads at once are each answered or refused, and the engine stays up", async () => {
  const { engine, faults } = await largeEngine();
  const stop = readMeanwhile(engine);
  const urls = Array.from({ length: 100 }, (_, at) =>
    at % 4 === 0 ? `${ENDLESS}${at}` : `/api/posts?likes=${at}&limit=1&sort=title`,
  );
  const answers = await Promise.all(urls.map(async (url) => ask(engine, url)));
  const meanwhile = await stop();
  const kinds = new Set(answers.map(({ status, code }) => (status === 200 ? "200" : `${status} ${String(code)}`)));
  for (const kind of kinds) expect(["200", "503 query_timeout", "503 database_busy"]).toContain(kind);
  // Sixty-six find room, with children and queue together; the rest must not wait without a bound.
  expect(kinds).toContain("503 database_busy");
  expect(kinds).toContain("503 query_timeout");
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(LATEST_MS);
  expect(new Set(meanwhile)).toEqual(new Set([200]));
  expect(await scanAgain(engine)).toMatchObject({ status: 200, body: [{ likes: 999 }] });
  expect(faults).toEqual([]);
});
