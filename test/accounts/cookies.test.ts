import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, people, signUp } from "./declaration.ts";

let engine: EngineUnderTest;
let secure: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(people, { origins: ["https://app.example.com"] });
  secure = await openEngine(people, { publicUrl: "https://api.example.com" });
});
afterAll(() => Promise.all([engine.close(), secure.close()]));

const HOST = { host: "localhost:5000" };
const OWN = { ...HOST, "sec-fetch-site": "same-origin" };

/** What a browser sends back of the cookies it was given. */
function jar(answer: TestAnswer): string {
  return answer.cookies.map((cookie) => cookie.split(";")[0]).join("; ");
}

async function browser(name: string): Promise<string> {
  const body = { username: name, email: `${name}@example.com`, password: PASSWORD, session: "cookie" };
  const answer = await engine.post("/api/auth/sign-up", body, OWN);
  expect(answer.status).toBe(201);
  expect(answer.text).not.toMatch(/token/);
  return jar(answer);
}

describe("a browser's session", () => {
  it("is in cookies that no page can read", async () => {
    const body = { username: "a", email: "a@example.com", password: PASSWORD, session: "cookie" };
    const plain = await engine.post("/api/auth/sign-up", body, OWN);
    expect(plain.cookies).toEqual([
      expect.stringMatching(/^servery_access=[\w.-]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^servery_refresh=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/),
    ]);
    const safe = await secure.post("/api/auth/sign-up", body, OWN);
    expect(safe.cookies).toEqual([
      expect.stringMatching(/^__Host-servery_access=[^;]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax; Secure$/),
      expect.stringMatching(/^__Host-servery_refresh=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/),
    ]);
  });

  it("signs requests in, goes on, and ends", async () => {
    const cookie = await browser("b");
    const own = await engine.get("/api/auth/me", { cookie });
    expect(own.json).toMatchObject({ user: { username: "b" } });
    const next = await engine.send({ method: "POST", url: "/api/auth/refresh", headers: { ...OWN, cookie } });
    expect(next.status).toBe(200);
    expect(Object.keys(next.json as object)).toEqual(["expires_in"]);
    const renewed = jar(next);
    expect((await engine.get("/api/auth/me", { cookie: renewed })).status).toBe(200);
    const out = await engine.send({
      method: "POST",
      url: "/api/auth/sign-out",
      headers: { ...OWN, cookie: renewed },
    });
    expect(out.status).toBe(204);
    expect(out.cookies).toEqual([
      expect.stringMatching(/^servery_access=; Path=\/; Max-Age=0/),
      expect.stringMatching(/^servery_refresh=; Path=\/; Max-Age=0/),
    ]);
    expect((await engine.get("/api/auth/me", { cookie: renewed })).status).toBe(401);
    const late = await engine.send({
      method: "POST",
      url: "/api/auth/refresh",
      headers: { ...OWN, cookie: renewed },
    });
    expect(late.status).toBe(401);
    expect(late.cookies).toHaveLength(2);
  });

  it.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site", origin: "http://localhost:5000" }, 403],
    [{}, 403],
    [{ origin: "https://evil.example.com" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://localhost:5000.evil.example.com" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 201],
    [{ "sec-fetch-site": "none" }, 201],
    [{ origin: "http://localhost:5000" }, 201],
    [{ origin: "https://app.example.com" }, 201],
  ])("changes something only from an own page: %j is %i", async (headers, status) => {
    browserCookie ??= browser("csrf");
    const cookie = await browserCookie;
    const answer = await engine.post("/api/notes", { title: "x" }, { ...HOST, ...headers, cookie } as never);
    expect([answer.status, (answer.json as { code?: string }).code]).toEqual([
      status,
      status === 403 ? "cross_site" : undefined,
    ]);
    // Reading gives a foreign page nothing: it cannot see the answer.
    expect((await engine.get("/api/notes", { ...HOST, ...headers, cookie } as never)).status).toBe(200);
  });

  it("stands behind the Authorization header, and not beside another account's", async () => {
    const cookie = await browser("c");
    const other = await signUp(engine, "d");
    const both = await engine.get("/api/auth/me", { cookie, ...bearer(other) });
    expect([both.status, codeOf(both)]).toEqual([400, "conflicting_credentials"]);
    const stale = await engine.get("/api/auth/me", { cookie: "servery_access=over", ...bearer(other) });
    expect(stale.json).toMatchObject({ user: { username: "d" } });
    // A header needs no own page: no other site can send it.
    const sent = { ...HOST, "sec-fetch-site": "cross-site", ...bearer(other) };
    expect((await engine.post("/api/notes", { title: "y" }, sent)).status).toBe(201);
  });

  it("is refused when its cookie comes twice", async () => {
    const cookie = await browser("e");
    const [access = ""] = cookie.split("; ");
    const answer = await engine.get("/api/auth/me", { cookie: `${access}; ${access}` });
    expect([answer.status, codeOf(answer)]).toEqual([401, "invalid_token"]);
  });
});

let browserCookie: Promise<string> | undefined;
