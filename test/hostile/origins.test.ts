import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PASSWORD } from "./doors.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { guardedWorld } from "./guarded-declaration.ts";

const NAMED = "https://app.example.com";
const PLAIN_NAMED = "http://tool.example.com:8080";

/** Nearly one of the list, or one that other servers let through. */
const UNKNOWN: readonly string[] = [
  "https://evil.example.com",
  "null",
  "*",
  "",
  "http://app.example.com",
  "https://app.example.com:8443",
  "https://app.example.com:443",
  "https://app.example.com/",
  "https://app.example.com.evil.example",
  "https://evil-app.example.com",
  "https://appXexample.com",
  "https://xapp.example.com",
  "https://sub.app.example.com",
  "HTTPS://APP.EXAMPLE.COM",
  "https://App.example.com",
  "https://app.example.com@evil.example",
  "https://app.example.com, https://evil.example.com",
  "https://app.example.com https://evil.example.com",
  " https://app.example.com",
  "https://app.example.com.",
  "http://tool.example.com",
  "http://localhost:5173",
  "http://127.0.0.1",
  "file://",
];

let engine: EngineUnderTest;
let token: string;
let cookie: string;
beforeAll(async () => {
  engine = await openEngine(guardedWorld.declaration, { origins: [NAMED, PLAIN_NAMED] });
  await engine.accounts.setPassword({ identifier: "alice@example.com" }, PASSWORD);
  const body = { email: "alice@example.com", password: PASSWORD };
  token = ((await engine.post("/api/auth/sign-in", body)).json as { readonly access_token: string }).access_token;
  const kept = await engine.post("/api/auth/sign-in", { ...body, session: "cookie" }, { "sec-fetch-site": "none" });
  cookie = kept.cookies.map((one) => one.split(";")[0]).join("; ");
});
afterAll(async () => {
  assert.deepEqual(engine.faults, []);
  await engine.close();
});

const WHO: readonly (readonly [is: string, () => Record<string, string>])[] = [
  ["nobody", () => ({})],
  ["a token", () => ({ authorization: `Bearer ${token}` })],
  ["a cookie", () => ({ cookie })],
];

const ASKED: readonly (readonly [method: string, url: string, more: Record<string, string>])[] = [
  ["GET", "/api/posts/1", {}],
  ["GET", "/api/notes", {}],
  ["GET", "/api/auth/me", {}],
  ["GET", "/api/nosuch", {}],
  ["HEAD", "/api/posts", {}],
  ["OPTIONS", "/api/notes", { "access-control-request-method": "PUT", "access-control-request-headers": "x-evil" }],
  ["OPTIONS", "/api/auth/sign-in", { "access-control-request-method": "POST" }],
];

function readableBy({ headers }: TestAnswer): string | undefined {
  // With this header a page of another site would read what the visitor's cookie opens.
  expect(headers).not.toHaveProperty("access-control-allow-credentials");
  expect(headers["vary"]).toMatch(/\bOrigin\b/);
  return headers["access-control-allow-origin"];
}

describe.each(WHO)("H20 a list of origins, asked with the credentials of %s", (_is, credentials) => {
  test.each(ASKED)("H20 %s %s is read by pages of the list alone, and with no cookie", async (method, url, more) => {
    const ask = (origin: string) => engine.send({ method, url, headers: { ...credentials(), ...more, origin } });
    for (const origin of UNKNOWN) expect(readableBy(await ask(origin)), JSON.stringify(origin)).toBeUndefined();
    for (const origin of [NAMED, PLAIN_NAMED]) expect(readableBy(await ask(origin))).toBe(origin);
    expect(readableBy(await engine.send({ method, url, headers: { ...credentials(), ...more } }))).toBeUndefined();
  });
});

test("H20 a cookie changes nothing for a page that the list does not name", async () => {
  const change = (headers: Record<string, string>) =>
    engine.post("/api/notes", { text: "h20" }, { ...headers, host: "api.example.com", cookie });
  for (const origin of UNKNOWN) {
    const answer = await change({ origin });
    expect([answer.status, (answer.json as { readonly code: string }).code], origin).toEqual([403, "cross_site"]);
    expect(readableBy(answer)).toBeUndefined();
  }
  expect((await engine.get("/api/notes?text=h20", { cookie })).json).toEqual([]);
  const answer = await change({ origin: NAMED });
  expect([answer.status, readableBy(answer)]).toEqual([201, NAMED]);
});
