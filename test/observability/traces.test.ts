import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  compile,
  createEngine,
  type Engine,
  type EngineOptions,
  everyone,
  get,
  type Observation,
  servery,
  table,
  text,
} from "servery";
import { answerText } from "../harness/answer-text.ts";
import { parseTraceparent } from "#servery/observability/trace-context.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

/** A span as OTLP writes it in JSON. */
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface SentTraces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
}

const declaration = servery({
  tables: { notes: table({ title: text(20) }).allow({ read: everyone, create: everyone }) },
  routes: [
    get(
      "/api/told",
      { allow: everyone, summary: "What is passed on", answer: { traceparent: text(60).optional() } },
      (call) => ({ traceparent: call.traceparent ?? null }),
    ),
  ],
});

let folder: string;
let collector: Server;
const sent: SentSpan[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "servery-"));
  collector = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      const { resourceSpans } = JSON.parse(body) as SentTraces;
      sent.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
});
afterAll(() => {
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

const collectorUrl = (): string => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
const open = (name: string, options: Partial<EngineOptions>): Promise<Engine> =>
  createEngine(compile(declaration), {
    database: `sqlite:${join(folder, name)}`,
    traces: { url: collectorUrl() },
    ...options,
  });

/** What the collector got of one engine's requests, once the engine has said all. */
async function traced(
  name: string,
  options: Partial<EngineOptions>,
  work: (engine: Engine) => Promise<unknown>,
): Promise<SentSpan[]> {
  sent.length = 0;
  const engine = await open(name, options);
  await work(engine);
  await engine.close();
  return [...sent];
}

const ask = (engine: Engine, url: string, headers: Readonly<Record<string, string>> = {}) =>
  engine.handle({ method: "GET", url, headers: { host: "localhost", ...headers } });
const rootsOf = (spans: readonly SentSpan[]): SentSpan[] =>
  spans.filter(({ attributes }) => attributes.some(({ key }) => key === "http.request.method"));

test("a request is a trace: its stations and statements hang below it, each inside the one above", async () => {
  let id: string | undefined = undefined;
  const spans = await traced("one.db", { followEvery: 1 }, async (engine) => {
    id = (await ask(engine, "/api/notes?title=a")).headers["x-request-id"];
  });
  const [root] = rootsOf(spans);
  expect(root).toMatchObject({ name: "GET /api/notes" });
  expect(root?.parentSpanId ?? "").toBe("");
  const attribute = (span: SentSpan | undefined, key: string): unknown =>
    Object.values(span?.attributes.find((one) => one.key === key)?.value ?? {})[0];
  expect(attribute(root, "servery.request_id")).toBe(id);
  expect(attribute(root, "url.path")).toBe("/api/notes");
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const below = spans.filter((span) => span !== root);
  for (const span of below) {
    const above = byId.get(span.parentSpanId ?? "");
    expect(above, span.name).toBeDefined();
    expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(above?.startTimeUnixNano ?? 0));
  }
  const statement = spans.find(({ name }) => name === "SELECT");
  expect(attribute(statement, "db.query.text")).toMatch(/FROM "?notes"?/);
  expect(below.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["http request", "validation list", "service reads.list", "database read"]),
  );
});

test("a caller's trace goes on here, and from here to what the application asks", async () => {
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
  let told = "";
  const spans = await traced("two.db", { followEvery: 1 }, async (engine) => {
    told = await answerText((await ask(engine, "/api/told", headers)).body);
  });
  const [root] = rootsOf(spans);
  expect(root).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  expect(JSON.parse(told)).toEqual({ traceparent: `00-${TRACE}-${root?.spanId}-01` });
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
});

test("of requests that are not followed only those are traced whose caller keeps its trace", async () => {
  const spans = await traced("three.db", { followEvery: 0 }, async (engine) => {
    await ask(engine, "/api/notes");
    await ask(engine, "/api/notes", { traceparent: `00-${TRACE}-${PARENT}-00` });
    await ask(engine, "/api/notes/9", { traceparent: `00-${TRACE}-${PARENT}-01` });
  });
  expect(rootsOf(spans).map(({ name }) => name)).toEqual(["GET /api/notes/{id}"]);
});

test("a collector that is down is told of, and holds up neither answers nor the stop", async () => {
  const seen: Observation[] = [];
  const observe = (observation: Observation): void => void seen.push(observation);
  const gone = createServer();
  gone.listen(0, "127.0.0.1");
  await once(gone, "listening");
  const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
  gone.close();
  const engine = await open("four.db", { followEvery: 1, traces: { url }, observe });
  expect((await ask(engine, "/api/notes")).status).toBe(200);
  await engine.close();
  expect(seen.some(({ is }) => is === "traces_lost")).toBe(true);
});

test.each([
  ["", undefined],
  [`00-${TRACE}-${PARENT}-01`, { traceId: TRACE, parentId: PARENT, sampled: true }],
  [`00-${TRACE}-${PARENT}-02`, { traceId: TRACE, parentId: PARENT, sampled: false }],
  [`cc-${TRACE}-${PARENT}-01-what`, { traceId: TRACE, parentId: PARENT, sampled: true }],
  [`00-${TRACE}-${PARENT}-01-what`, undefined],
  [`ff-${TRACE}-${PARENT}-01`, undefined],
  [`00-${"0".repeat(32)}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${"0".repeat(16)}-01`, undefined],
  [`00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${PARENT}-1`, undefined],
])("traceparent %j", (header, read) => {
  expect(parseTraceparent(header)).toEqual(read);
});
