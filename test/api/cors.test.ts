import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { forum as declaration, openForum } from "./forum.ts";

const EXPOSED = [
  "etag",
  "link",
  "location",
  "x-total-count",
  "x-request-id",
  "retry-after",
  "ratelimit",
  "ratelimit-policy",
  "idempotency-replayed",
];
/** Which rule refused is for pages of the developer's own machine alone. */
const EXPOSED_HERE = [...EXPOSED, "x-servery-explain"];
const PAGE = "https://app.example.com";

let open: EngineUnderTest;
let listed: EngineUnderTest;
beforeAll(async () => {
  open = await openForum();
  listed = await openEngine(declaration, { origins: [PAGE] });
});
afterAll(async () => {
  await open.close();
  await listed.close();
});

function corsOf(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers).filter(([name]) => name.startsWith("access-control-"));
}

describe("in dev, a page of this machine", () => {
  test.each([
    "http://localhost:5173",
    "http://localhost",
    "https://localhost:8443",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
  ])("%s may read answers", async (origin) => {
    const answer = await open.get("/api/posts", { origin });
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect((answer.headers["access-control-expose-headers"] ?? "").toLowerCase().split(/, */).sort()).toEqual(
      EXPOSED_HERE.toSorted(),
    );
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(answer.headers["vary"]).toContain("Origin");
  });

  test.each([
    "http://localhost.evil.example",
    "http://evil.example",
    "http://evil.example/localhost",
    "http://127.0.0.1.evil.example",
    "http://localhost:5173.evil.example",
    "http://localhost@evil.example",
    "http://notlocalhost",
    "null",
    "file://",
    "http://localhost:5173/path",
    "*",
    "",
  ])("%j may not", async (origin) => {
    expect(corsOf((await open.get("/api/posts", { origin })).headers)).toEqual([]);
  });

  test("a problem can be read as well", async () => {
    const answer = await open.get("/api/nope", { origin: "http://localhost:5173" });
    expect(answer.headers["access-control-allow-origin"]).toBe("http://localhost:5173");
  });

  test("without an Origin there is nothing to say", async () => {
    const answer = await open.get("/api/posts");
    expect(corsOf(answer.headers)).toEqual([]);
    expect(answer.headers["vary"]).toBe("Accept, Authorization, Origin");
  });
});

describe("a preflight", () => {
  test("answers the methods of the path and the headers that are read", async () => {
    const answer = await open.send({
      method: "OPTIONS",
      url: "/api/posts/1",
      headers: {
        origin: "http://localhost:5173",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "content-type, if-match",
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe("http://localhost:5173");
    expect((answer.headers["access-control-allow-methods"] ?? "").split(", ")).toEqual(
      expect.arrayContaining(["GET", "PATCH", "PUT", "DELETE"]),
    );
    const headers = (answer.headers["access-control-allow-headers"] ?? "").toLowerCase();
    for (const name of ["authorization", "content-type", "if-match", "if-none-match"]) expect(headers).toContain(name);
    expect(Number(answer.headers["access-control-max-age"])).toBeGreaterThan(0);
  });

  test("of another page is told nothing", async () => {
    const answer = await open.send({
      method: "OPTIONS",
      url: "/api/posts/1",
      headers: { origin: "https://evil.example", "access-control-request-method": "DELETE" },
    });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("in production, a list", () => {
  test("the named page may, nobody else, not even this machine", async () => {
    expect((await listed.get("/api/posts", { origin: PAGE })).headers["access-control-allow-origin"]).toBe(PAGE);
    for (const origin of [
      "http://localhost:5173",
      `${PAGE}.evil.example`,
      "https://app.example.co",
      "http://app.example.com",
      `${PAGE}:443`,
      PAGE.toUpperCase(),
    ]) {
      expect(corsOf((await listed.get("/api/posts", { origin })).headers)).toEqual([]);
    }
  });
});
