import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compile, createEngine, type HttpAnswer } from "servery";
import type { Maintenance } from "#servery/database/own-table.js";
import { readMaintenance, switchMaintenance } from "#servery/database/sqlite/switch-maintenance.js";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, problemOf } from "./answers.ts";
import { forum, openForum } from "./forum.ts";

let engine: EngineUnderTest;
beforeEach(async () => {
  engine = await openForum();
});
afterEach(() => closeSound(engine));

/** Switches it beside the running engine, and waits until that has seen it. */
async function put(wanted: Maintenance | undefined): Promise<Maintenance | undefined> {
  const before = await switchMaintenance({ path: engine.databasePath, driver: "auto" }, wanted);
  await expect.poll(async () => (await engine.get("/api/posts")).status).toBe(wanted === undefined ? 200 : 503);
  return before;
}

const REQUESTS: readonly (readonly [string, string])[] = [
  ["GET", "/api/posts"],
  ["HEAD", "/api/posts/1"],
  ["POST", "/api/posts"],
  ["PATCH", "/api/posts/1"],
  ["DELETE", "/api/posts/1"],
  ["GET", "/api/nothing"],
  ["GET", "/api/secrets"],
  ["GET", "/"],
  ["OPTIONS", "/api/posts"],
  ["OPTIONS", "/health/live"],
  ["POST", "/health/live"],
  ["GET", "/health/live/"],
  ["GET", "/health/liver"],
  ["GET", "/health/ready"],
  ["GET", "/docs"],
  ["GET", "/docs/errors"],
  ["GET", "/openapi.json"],
  ["BREW", "/api/posts"],
  ["GET", "/api/%zz"],
];

describe("while maintenance is on", () => {
  test("everything but the question for life is a 503 that says when to come back, and changes nothing", async () => {
    await put({ retryAfterSeconds: 30, message: "Back at five." });
    for (const [method, url] of REQUESTS) {
      const answer = await engine.send({ method, url, headers: { origin: "http://localhost:3000" } });
      expect([answer.status, answer.headers["retry-after"]], `${method} ${url}`).toEqual([503, "30"]);
      expect(answer.headers["access-control-allow-origin"]).toBe("http://localhost:3000");
      expect(answer.sql).toEqual([]);
    }
    const { detail, error } = problemOf(await engine.get("/api/posts"), 503, "maintenance");
    expect([detail, error]).toEqual(["Back at five.", "Back at five."]);
    for (const method of ["GET", "HEAD"]) {
      for (const url of ["/health/live", "/health/live?from=probe"]) {
        expect((await engine.send({ method, url })).status, `${method} ${url}`).toBe(200);
      }
    }
    expect(await put(undefined)).toMatchObject({ retryAfterSeconds: 30 });
    expect((await engine.get("/api/posts/1")).status).toBe(200);
    expect((await engine.get("/health/ready")).status).toBe(200);
  });

  test("a sentence of its own and 120 seconds stand in for what was not said, also when the row cannot be read", async () => {
    const file = { path: engine.databasePath, driver: "auto" } as const;
    await put({ retryAfterSeconds: Number.NaN });
    const answer = await engine.get("/api/posts");
    expect(problemOf(answer, 503, "maintenance").detail).toContain("maintenance");
    expect(answer.headers["retry-after"]).toBe("120");
    expect(await readMaintenance(file)).toEqual({ retryAfterSeconds: 120, message: undefined, since: undefined });
  });

  test("a request that has begun ends normally", async () => {
    await put(undefined);
    const begun = engine.post("/api/posts", { user_id: 1, title: "On its way" });
    await put({ retryAfterSeconds: 1 });
    expect((await begun).status).toBe(201);
    problemOf(await engine.get("/api/posts"), 503, "maintenance");
  });

  test("an engine that is opened meanwhile begins with it, and says so", async () => {
    await put({ retryAfterSeconds: 30 });
    const second = await createEngine(compile(forum), { database: engine.databaseUrl });
    expect(second.inMaintenance()).toBe(true);
    const answer: HttpAnswer = await second.handle({ method: "GET", url: "/api/posts" });
    await second.close();
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "30"]);
  });
});

test("no statement of a request is spent on it", async () => {
  await engine.get("/api/posts/1");
  await put(undefined);
  const { status, sql } = await engine.get("/api/posts/1");
  expect([status, sql.length]).toEqual([200, 1]);
  expect(sql[0]).not.toContain("_servery");
});
