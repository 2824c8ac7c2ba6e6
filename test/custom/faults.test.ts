import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { customWorld, left, SECRET } from "./world.ts";

let engine: EngineUnderTest;

beforeEach(async () => {
  engine = await openEngine(customWorld, { handlerTimeoutMs: 100 });
});

afterEach(async () => {
  await engine.close();
});

describe("what goes wrong in the application's own code is a 500 that tells nothing", () => {
  test.each([
    ["/api/throw", SECRET],
    ["/api/reject", SECRET],
    ["/api/throw-text", SECRET],
    ["/api/wrong-answer", "/id: Id takes a whole number"],
    ["/api/no-answer", "GET /api/no-answer"],
    ["/api/no-list", "no list"],
    ["/api/function", "no JSON"],
    ["/api/bigint", "BigInt"],
    ["/api/header", "X-Evil"],
    ["/api/own-header", "content-length"],
    ["/api/refuse/nonsense", "conflict, forbidden, missing, invalid"],
    ["/api/refuse/constructor", "conflict, forbidden, missing, invalid"],
  ])("GET %s", async (url, cause) => {
    const answer = await engine.get(url);
    expect(answer.status).toBe(500);
    expect(answer.json).toMatchObject({ code: "internal" });
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain(cause);
    expect(Object.keys(answer.headers)).not.toContain("set-cookie");
    expect(engine.faults).toHaveLength(1);
    expect(String(engine.faults[0])).toContain(cause);
    // The next request is not touched by it.
    expect((await engine.get("/api/hello")).status).toBe(200);
    expect(engine.faults).toHaveLength(1);
  });

  test("a Location that the caller made is never written raw", async () => {
    const good = await engine.post("/api/location", { to: "/api/things/1" });
    expect([good.status, good.headers["location"]]).toEqual([201, "/api/things/1"]);
    for (const to of ["/a\r\nSet-Cookie: x=1", "/a b", "/ä"]) {
      const answer = await engine.post("/api/location", { to });
      expect([answer.status, answer.headers["location"]]).toEqual([500, undefined]);
    }
  });
});

test("beyond its deadline a handler is a 503, and can do nothing any more", async () => {
  const answer = await engine.get("/api/late");
  expect([answer.status, (answer.json as { code: string }).code]).toEqual([503, "handler_timeout"]);
  expect(answer.headers["retry-after"]).toBe("10");
  expect(await left.done).toContain("deadline");
  await expect(left.context?.tables.users.list() as Promise<unknown>).rejects.toThrow("deadline");
  await expect(left.context?.system("late").query("SELECT 1")).rejects.toThrow("deadline");
  await expect(left.context?.transaction(async () => undefined)).rejects.toThrow("deadline");
  expect((await engine.get("/api/users?name=too+late")).json).toEqual([]);
  expect(engine.faults).toEqual([]);
});
