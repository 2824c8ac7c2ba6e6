import { afterAll, beforeAll, expect, test } from "vitest";
import { compile, createEngine, type Engine, everyone, servery, signedIn, table, text } from "servery";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TOKEN = "a-token-of-a-scraper";
const declaration = servery({
  tables: {
    notes: table({ title: text(20) }).allow({ read: everyone, create: everyone, update: signedIn }),
  },
});

let folder: string;
let engine: Engine;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "servery-"));
  engine = await createEngine(compile(declaration), {
    database: `sqlite:${join(folder, "counted.db")}`,
    metrics: { token: TOKEN },
  });
  ({ url } = await engine.listen({ host: "127.0.0.1", port: 0 }));
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (path: string, init?: RequestInit): Promise<Response> => fetch(`${url}${path}`, init);
const metrics = async (): Promise<string> =>
  (await send("/metrics", { headers: { authorization: `Bearer ${TOKEN}` } })).text();
const value = async (series: string): Promise<number> =>
  Number(
    (await metrics())
      .split("\n")
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );

test("requests are counted by route, method and status, and statements by kind", async () => {
  const json = { "content-type": "application/json" };
  await send("/api/notes", { method: "POST", headers: json, body: JSON.stringify({ title: "one" }) });
  await send("/api/notes/1");
  await send("/api/notes/1");
  await send("/api/notes/2");
  await send("/api/notes/1", { method: "PATCH", headers: json, body: JSON.stringify({ title: "two" }) });
  const requests = (labels: string): Promise<number> => value(`servery_http_requests_total{${labels}}`);
  expect(await requests('method="POST",route="/api/notes",status="201"')).toBe(1);
  expect(await requests('method="GET",route="/api/notes/{id}",status="200"')).toBe(2);
  expect(await requests('method="GET",route="/api/notes/{id}",status="404"')).toBe(1);
  expect(await requests('method="PATCH",route="/api/notes/{id}",status="401"')).toBe(1);
  expect(await value('servery_refused_requests_total{code="sign_in_required"}')).toBe(1);
  expect(await value('servery_database_statement_duration_seconds_count{access="write"}')).toBe(1);
  expect(await value('servery_database_statement_duration_seconds_count{access="read"}')).toBe(3);
  expect(await value("servery_faults_total")).toBe(0);
  expect(await value('servery_database_waiting{access="write"}')).toBe(0);
  expect(await value("process_resident_memory_bytes")).toBeGreaterThan(1e6);
});

test("what callers send makes no series: paths, methods and keys have no end", async () => {
  const series = async (): Promise<number> =>
    (await metrics()).split("\n").filter((line) => line.startsWith("servery_")).length;
  await send("/api/none-0");
  await send("/api/notes/1", { method: "PROPFIND" });
  await metrics();
  const before = await series();
  for (let at = 1; at < 60; at++) await send(`/api/none-${at}?${at}=1`);
  for (const method of ["MKCOL", "LOCK", "REPORT"]) await send("/api/notes/1", { method });
  for (let at = 10; at < 40; at++) await send(`/api/notes/${at}`);
  expect(await series()).toBe(before);
});

test.each([
  ["none", undefined, 401],
  ["another", "Bearer a-token-of-a-scrapes", 401],
  ["a part of it", "Bearer a-token", 401],
  ["no bearer", `Basic ${TOKEN}`, 401],
])("a token is asked for: %s", async (_, authorization, status) => {
  const answer = await send("/metrics", authorization === undefined ? {} : { headers: { authorization } });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  expect(await answer.text()).not.toContain("servery_http");
});

test("nothing is counted where nobody asked for it, and without a token everybody reads", async () => {
  const open = (name: string, options: object): Promise<Engine> =>
    createEngine(compile(declaration), { database: `sqlite:${join(folder, name)}`, ...options });
  const [off, dev] = [await open("off.db", {}), await open("dev.db", { metrics: { token: undefined } })];
  const ask = { method: "GET", url: "/metrics", headers: { host: "localhost" } };
  expect((await off.handle(ask)).status).toBe(404);
  const answer = await dev.handle(ask);
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  await Promise.all([off.close(), dev.close()]);
});
