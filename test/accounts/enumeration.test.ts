import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { codeOf, PASSWORD, verified } from "./declaration.ts";

let engine: EngineUnderTest;
const posted = () => engine.outbox.recent();
beforeAll(async () => {
  engine = await openEngine(verified, { publicUrl: "https://shop.example.com" });
});
afterAll(() => engine.close());

/** An answer without what tells two requests apart by their nature. */
function plain({ status, headers, text, cookies }: TestAnswer): unknown {
  const id = headers["x-request-id"] ?? "";
  return { status, cookies, headers: { ...headers, "x-request-id": "" }, text: text.replaceAll(id, "") };
}

const signUp = (username: string, address: string) =>
  engine.post("/api/auth/sign-up", { username, email: address, password: PASSWORD });

describe("who has an account is nobody's business", () => {
  it("answers a sign-up alike for a new and a taken address, by mail alone who it was", async () => {
    const fresh = await signUp("alice", "alice@example.com");
    const taken = await signUp("bob", "Alice@example.com");
    expect(fresh.status).toBe(202);
    expect(plain(taken)).toEqual(plain(fresh));
    expect(taken.sql).toHaveLength(fresh.sql.length);
    const subjects = (await posted()).map(({ to, subject }) => [to, subject.split(" ")[0]]);
    expect(subjects).toEqual([
      ["Alice@example.com", "You"],
      ["alice@example.com", "Confirm"],
    ]);
    expect((await engine.get("/api/users?username=bob")).json).toEqual([]);
  });

  it("answers a taken name alike beside a new and a taken address", async () => {
    const fresh = await signUp("alice", "new@example.com");
    const taken = await signUp("alice", "alice@example.com");
    expect([fresh.status, codeOf(fresh)]).toEqual([409, "unique"]);
    expect(plain(taken)).toEqual(plain(fresh));
    expect(taken.sql).toHaveLength(fresh.sql.length);
  });

  it("answers a sign-in alike for no account, a wrong password and a disabled account", async () => {
    await signUp("carol", "carol@example.com");
    await engine.accounts.verify({ identifier: "carol@example.com" });
    const signIn = (address: string, password: string) =>
      engine.post("/api/auth/sign-in", { email: address, password });
    const nobody = await signIn("nobody@example.com", PASSWORD);
    const wrong = await signIn("carol@example.com", "wrong password");
    await engine.accounts.disable({ identifier: "carol@example.com" });
    const disabled = await signIn("carol@example.com", PASSWORD);
    expect([nobody.status, codeOf(nobody)]).toEqual([401, "invalid_credentials"]);
    for (const answer of [wrong, disabled]) {
      expect(plain(answer)).toEqual(plain(nobody));
      expect(answer.sql).toEqual(nobody.sql);
    }
  });

  it("tells only whoever knows the password that the address is not verified", async () => {
    await signUp("dave", "dave@example.com");
    const right = await engine.post("/api/auth/sign-in", { email: "dave@example.com", password: PASSWORD });
    expect([right.status, codeOf(right)]).toEqual([403, "verification_required"]);
    await engine.accounts.verify({ identifier: "dave@example.com" });
    const now = await engine.post("/api/auth/sign-in", { email: "dave@example.com", password: PASSWORD });
    expect(now.status).toBe(200);
  });

  it("made no fault", () => {
    expect(engine.faults).toEqual([]);
  });
});
