import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, people, signIn, signUp, type Tokens } from "./declaration.ts";

let engine: EngineUnderTest;
const observed: string[] = [];
beforeAll(async () => {
  engine = await openEngine(people, { observe: (observation) => observed.push(JSON.stringify(observation)) });
});
afterAll(() => engine.close());

const me = (tokens: Pick<Tokens, "access_token">) => engine.get("/api/auth/me", bearer(tokens));

describe("the life of an account", () => {
  it("signs up, in and out", async () => {
    const first = await signUp(engine, "alice");
    expect(first).toMatchObject({ token_type: "Bearer", expires_in: 900, user: { username: "alice" } });
    const own = await me(first);
    expect(own.status).toBe(200);
    expect(own.json).toEqual({ user: first.user, roles: [] });

    const second = await signIn(engine, "alice");
    expect(second.user).toEqual(first.user);
    expect(second.refresh_token).not.toBe(first.refresh_token);

    const out = await engine.send({ method: "POST", url: "/api/auth/sign-out", headers: bearer(first) });
    expect(out.status).toBe(204);
    const after = await me(first);
    expect([after.status, codeOf(after)]).toEqual([401, "invalid_token"]);
    const refreshed = await engine.post("/api/auth/refresh", { refresh_token: first.refresh_token });
    expect([refreshed.status, codeOf(refreshed)]).toEqual([401, "invalid_token"]);
    expect((await me(second)).status).toBe(200);

    const all = await engine.post("/api/auth/sign-out", { everywhere: true }, bearer(second));
    expect(all.status).toBe(204);
    expect((await me(second)).status).toBe(401);
  });

  it("goes on with the next generation of tokens", async () => {
    const first = await signUp(engine, "bob");
    const answer = await engine.post("/api/auth/refresh", { refresh_token: first.refresh_token });
    expect(answer.status).toBe(200);
    const next = answer.json as Tokens;
    expect(next.refresh_token).not.toBe(first.refresh_token);
    expect((await me(next)).status).toBe(200);
    // The answer may have been lost: right behind it the same token opens the same.
    const again = await engine.post("/api/auth/refresh", { refresh_token: first.refresh_token });
    expect((again.json as Tokens).refresh_token).toBe(next.refresh_token);
  });

  it("answers 401 to nobody, and to a wrong password", async () => {
    const nobody = await engine.get("/api/auth/me");
    expect([nobody.status, codeOf(nobody)]).toEqual([401, "sign_in_required"]);
    await signUp(engine, "carol");
    const wrong = await engine.post("/api/auth/sign-in", { email: "carol@example.com", password: `${PASSWORD}!` });
    expect([wrong.status, codeOf(wrong)]).toEqual([401, "invalid_credentials"]);
    expect(wrong.headers["www-authenticate"]).toBe("Bearer");
  });

  it("answers 409 to a taken address, and keeps nothing of it", async () => {
    await signUp(engine, "dave");
    const twice = { username: "other", email: "DAVE@example.com", password: PASSWORD };
    const answer = await engine.post("/api/auth/sign-up", twice);
    expect([answer.status, codeOf(answer)]).toEqual([409, "unique"]);
    expect((await engine.get("/api/users?username=other")).json).toEqual([]);
  });

  it("holds a sign-up to the rules of the row and of passwords", async () => {
    const noName = await engine.post("/api/auth/sign-up", { email: "x@example.com", password: PASSWORD });
    expect(noName.json).toMatchObject({ code: "invalid_data", errors: [{ pointer: "/username", code: "required" }] });
    const noPassword = await engine.post("/api/auth/sign-up", { username: "x", email: "x@example.com" });
    expect(noPassword.json).toMatchObject({ errors: [{ pointer: "/password", code: "required" }] });
    const unknown = { username: "x", email: "x@example.com", password: PASSWORD, roles: ["admin"] };
    const answer = await engine.post("/api/auth/sign-up", unknown);
    expect(answer.json).toMatchObject({ code: "invalid_data", errors: [{ pointer: "/roles", code: "unknown_field" }] });
    expect((await engine.get("/api/users?username=x")).json).toEqual([]);
  });

  it("changes the password, and ends every other session", async () => {
    const here = await signUp(engine, "erin");
    const there = await signIn(engine, "erin");
    const change = (current: string) =>
      engine.post(
        "/api/auth/change-password",
        { current_password: current, new_password: "another good one" },
        bearer(here),
      );
    const wrong = await change("not the password");
    expect(wrong.json).toMatchObject({ code: "invalid_data", errors: [{ pointer: "/current_password" }] });
    expect((await me(there)).status).toBe(200);
    expect((await change(PASSWORD)).status).toBe(204);
    expect((await me(here)).status).toBe(200);
    expect((await me(there)).status).toBe(401);
    const old = await engine.post("/api/auth/sign-in", { email: "erin@example.com", password: PASSWORD });
    expect(old.status).toBe(401);
    const fresh = await engine.post("/api/auth/sign-in", { email: "erin@example.com", password: "another good one" });
    expect(fresh.status).toBe(200);
  });

  it("lists one's own sessions, and ends one of them", async () => {
    const here = await signUp(engine, "frank");
    const there = await signIn(engine, "frank");
    const listed = (await engine.get("/api/auth/sessions", bearer(here))).json as { id: string; current: boolean }[];
    expect(new Set(listed.map(({ current }) => current))).toEqual(new Set([false, true]));
    const other = listed.find(({ current }) => !current)?.id ?? "";
    // Somebody else's session is none.
    const stranger = await signUp(engine, "grace");
    expect((await engine.delete(`/api/auth/sessions/${other}`, bearer(stranger))).status).toBe(404);
    expect((await engine.delete(`/api/auth/sessions/${other}`, bearer(here))).status).toBe(204);
    expect((await engine.delete(`/api/auth/sessions/${other}`, bearer(here))).status).toBe(404);
    expect((await me(there)).status).toBe(401);
    expect((await me(here)).status).toBe(200);
  });

  it("is nobody once its row is gone", async () => {
    const tokens = await signUp(engine, "heidi");
    expect((await me(tokens)).status).toBe(200);
    expect((await engine.delete(`/api/users/${tokens.user.id}`)).status).toBe(204);
    expect((await me(tokens)).status).toBe(401);
    const refreshed = await engine.post("/api/auth/refresh", { refresh_token: tokens.refresh_token });
    expect(refreshed.status).toBe(401);
    const next = await signUp(engine, "heidi");
    expect(next.user.id).not.toBe(tokens.user.id);
    expect((await me(tokens)).status).toBe(401);
  });

  it("publishes the keys that tokens are proved by", async () => {
    const answer = await engine.get("/.well-known/jwks.json");
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keys: [{ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" }] });
    expect(answer.text).not.toContain('"d"');
  });

  it("keeps the hundred sessions that were used last", async () => {
    const first = await signUp(engine, "many");
    let last = first;
    for (let count = 0; count < 102; count++) last = await signIn(engine, "many");
    expect((await me(first)).status).toBe(401);
    const listed = (await engine.get("/api/auth/sessions", bearer(last))).json;
    expect(listed).toHaveLength(100);
    expect(listed).toContainEqual(expect.objectContaining({ current: true }));
  }, 300_000);

  it("shows no password, hash or token to anybody but its owner", async () => {
    const tokens = await signUp(engine, "canary");
    await engine.post("/api/auth/sign-in", { email: "canary@example.com", password: PASSWORD });
    const answers = await Promise.all([
      me(tokens),
      engine.get("/api/users"),
      engine.get("/api/auth/sessions", bearer(tokens)),
      engine.get("/.well-known/jwks.json"),
    ]);
    const shown = [...answers.map(({ text }) => text), ...observed].join("\n");
    expect(shown).toContain("canary");
    for (const secret of [PASSWORD, "$argon2", tokens.access_token, tokens.refresh_token])
      expect(shown).not.toContain(secret);
  });

  it("made no fault", () => {
    expect(engine.faults).toEqual([]);
  });
});
