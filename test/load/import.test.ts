import { readdirSync, readFileSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compile, createEngine, type Engine } from "servery";
import { expect, onTestFinished, test } from "vitest";
import { answerText } from "../harness/answer-text.ts";
import application from "./fixtures/application/servery.ts";
import { hasProc, livingChildren, startServery, temporaryFolder, until } from "./processes.ts";

const ROWS = 100_000;
/** Imports that may run at once. */
const PLACES = 8;
const MEGABYTE = 1_048_576;
/** What an import may need beside what the process has, two heaps' garbage included: it was 100 MB for 50,000 rows and for 100,000. */
const GROWTH = 150 * MEGABYTE;

interface Answered {
  readonly status: number | undefined;
  readonly json: unknown;
}

interface Importing {
  readonly engine: Engine;
  readonly faults: readonly unknown[];
  readonly url: string;
}

async function importing(): Promise<Importing> {
  const faults: unknown[] = [];
  const engine = await createEngine(compile(application), {
    database: `sqlite:${join(temporaryFolder(), "data.db")}`,
    observe: (observation) => {
      if (observation.is === "fault") faults.push(observation.cause);
    },
  });
  onTestFinished(async () => engine.close());
  const { url } = await engine.listen({ host: "127.0.0.1", port: 0 });
  return { engine, faults, url };
}

function open(url: string, type = "application/x-ndjson"): ClientRequest {
  return request(url, { method: "POST", headers: { "content-type": type }, agent: false });
}

function answered(sent: ClientRequest): Promise<Answered> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (answer: IncomingMessage) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      answer.once("end", () => resolve({ status: answer.statusCode, json: JSON.parse(text) as unknown }));
    });
  });
}

/** Writes as fast as the other side takes it, until the end or until the other side hangs up. */
async function write(sent: ClientRequest, pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    if (sent.destroyed) return;
    if (!sent.write(piece))
      await new Promise<void>((resolve) => {
        sent.once("drain", resolve).once("close", resolve);
      });
  }
}

function* rows(count: number, last = ""): Generator<string> {
  const content = "x,".repeat(100);
  for (let at = 0; at < count; at += 100) {
    const lines = Array.from({ length: 100 }, (_, more) =>
      JSON.stringify({ user_id: 1, title: `Post ${at + more}`, content }),
    );
    yield `${lines.join("\n")}\n`;
  }
  yield last;
}

async function countOf(engine: Engine, filter = ""): Promise<number> {
  const answer = await engine.handle({ method: "GET", url: `/api/posts?limit=1&count=exact&${filter}` });
  expect(answer.status, await answerText(answer.body)).toBe(200);
  return Number(answer.headers["x-total-count"]);
}

/** What as many imports at once are answered, each of one row. */
async function statuses(url: string, count: number): Promise<readonly (number | undefined)[]> {
  const sent = Array.from({ length: count }, () => open(`${url}/api/posts`));
  const answers = sent.map((each) => answered(each));
  for (const each of sent) each.end('{"user_id":1,"title":"Whole"}');
  return Promise.all(answers.map(async (answer) => (await answer).status));
}

function spools(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("servery-import-"));
}

function residentBytes(pid: number): number {
  if (!hasProc) return 0;
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * MEGABYTE) / 1_024;
}

test("100,000 rows come in by one request, in bounded memory, while others are answered", async () => {
  const served = await startServery(join(temporaryFolder(), "data.db"));
  const pid = livingChildren().at(-1) ?? 0;
  const warm = open(`${served.url}/api/posts`);
  const warmed = answered(warm);
  warm.end('{"user_id":1,"title":"A"}');
  expect(await warmed).toEqual({ status: 201, json: { created: 1 } });
  const before = residentBytes(pid);
  let [highest, others, done] = [before, 0, false];
  const meanwhile = (async () => {
    while (!done) {
      expect((await fetch(`${served.url}/api/posts/1`)).status).toBe(200);
      others += 1;
      highest = Math.max(highest, residentBytes(pid));
    }
  })();
  const sent = open(`${served.url}/api/posts`);
  const answer = answered(sent);
  await write(sent, rows(ROWS));
  sent.end();
  expect(await answer).toEqual({ status: 201, json: { created: ROWS } });
  done = true;
  await meanwhile;
  const list = await fetch(`${served.url}/api/posts?limit=1&count=exact&sort=-id&fields=id,title`);
  expect(list.headers.get("x-total-count")).toBe(String(ROWS + 1));
  expect(await list.json()).toEqual([{ id: ROWS + 1, title: `Post ${ROWS - 1}` }]);
  expect(others).toBeGreaterThan(20);
  expect(highest - before).toBeLessThan(GROWTH);
});

test("one wrong row behind 20,000 right ones, and none is written", async () => {
  const { engine, faults, url } = await importing();
  const sent = open(`${url}/api/posts`);
  const answer = answered(sent);
  await write(sent, rows(20_000, '{"user_id":1}\n'));
  sent.end();
  expect(await answer).toMatchObject({
    status: 400,
    json: { code: "invalid_data", errors: [{ pointer: "/20000/title", code: "required" }] },
  });
  expect(await countOf(engine)).toBe(0);
  // Imports of other tests have a file for a moment.
  await until(() => spools().length === 0, 60_000);
  expect(faults).toEqual([]);
});

test("others write while a slow sender is at its rows", async () => {
  const { engine, url } = await importing();
  const sent = open(`${url}/api/posts`, "text/csv");
  const answer = answered(sent);
  sent.write("user_id,title\r\n1,Slow\r\n");
  await pause(50);
  for (let at = 0; at < 20; at++) {
    const body = JSON.stringify({ user_id: 1, title: `Quick ${at}` });
    const headers = { "content-type": "application/json" };
    expect((await engine.handle({ method: "POST", url: "/api/posts", headers, body })).status).toBe(201);
  }
  expect(await countOf(engine)).toBe(20);
  sent.end("1,Slower");
  expect(await answer).toEqual({ status: 201, json: { created: 2 } });
  expect(await countOf(engine)).toBe(22);
});

test("senders that leave in the middle leave nothing, and the engine closes", async () => {
  const { engine, faults, url } = await importing();
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const sent = open(`${url}/api/posts`);
      sent.once("error", () => undefined);
      await write(sent, rows(500));
      await pause(20);
      sent.destroy();
    }),
  );
  // A place is free when its sender's end was seen, which nothing here is told of.
  await until(async () => (await statuses(url, PLACES)).every((status) => status === 201), 60_000);
  expect(await countOf(engine, "title[ne]=Whole")).toBe(0);
  await until(() => spools().length === 0, 60_000);
  await engine.close();
  expect(faults).toEqual([]);
});

test("more than eight imports at once are refused, and a place is free again afterwards", async () => {
  const { url } = await importing();
  const held = Array.from({ length: PLACES }, () => open(`${url}/api/posts`));
  const answers = held.map((sent) => answered(sent));
  for (const sent of held) sent.write('{"user_id":1,"title":"A"}\n');
  // Until all of them have arrived there is a place for one more.
  await expect
    .poll(() => {
      const ninth = open(`${url}/api/posts`);
      const refused = answered(ninth);
      ninth.end('{"user_id":1,"title":"B"}');
      return refused;
    })
    .toMatchObject({ status: 503, json: { code: "database_busy" } });
  for (const sent of held) sent.end();
  for (const answer of answers) expect(await answer).toEqual({ status: 201, json: { created: 1 } });
});

test("a sender hears its refusal, however much it is still sending", async () => {
  const { engine, faults, url } = await importing();
  for (const [path, type, status] of [
    ["/api/posts?fields=id", "text/csv", 400],
    ["/api/nowhere", "text/csv", 404],
    ["/api/posts/1", "application/x-ndjson", 405],
    ["/api/users/99/posts", "application/x-ndjson", 404],
  ] as const) {
    const sent = open(`${url}${path}`, type);
    const answer = answered(sent);
    sent.on("error", () => undefined);
    await write(
      sent,
      Array.from({ length: 4 }, () => "x".repeat(MEGABYTE)),
    );
    sent.end();
    expect((await answer).status).toBe(status);
  }
  expect(await countOf(engine)).toBe(0);
  expect(faults).toEqual([]);
});

test("a body beyond the limit is refused", async () => {
  const { engine, url } = await importing();
  const sent = open(`${url}/api/posts`);
  const answer = answered(sent);
  sent.on("error", () => undefined);
  const blank = new Uint8Array(MEGABYTE).fill(0x20);
  // The newlines keep rows short.
  for (let at = 0; at < MEGABYTE; at += 65_536) blank[at] = 0x0a;
  await write(
    sent,
    (function* () {
      for (let at = 0; at < 258; at++) yield blank;
    })(),
  );
  sent.end();
  expect(await answer).toMatchObject({ status: 413, json: { code: "body_too_large" } });
  expect(await countOf(engine)).toBe(0);
});
