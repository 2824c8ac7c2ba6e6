import { beforeAll, expect, test } from "vitest";
import { AccessTokens } from "#servery/auth/tokens/access-tokens.js";
import { LONGEST_TOKEN_SECONDS } from "#servery/auth/tokens/key-ring.js";
import { StepTokens } from "#servery/auth/tokens/step-tokens.js";
import { claimsOf, type ForgingGround, prepareKeys } from "./forged/ground.ts";
import { forgedTokens, LEAST_TOKENS } from "./forged-tokens.ts";
import { MemoryKeyStore } from "./key-store.ts";

const ISSUER = "https://a.example";
const SUBJECT = { subject: "7", table: "users", session: "s1" };

let time = Date.parse("2026-03-01T12:00:00Z");
const now = () => time;
let steps: StepTokens;
let access: AccessTokens;
let ground: ForgingGround;

beforeAll(async () => {
  const secret = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";
  const keys = await prepareKeys({ store: new MemoryKeyStore(), secret, algorithm: "EdDSA", now });
  const options = { ring: keys.ring, issuer: ISSUER, now };
  steps = new StepTokens(options);
  access = new AccessTokens(options);
  const { token: valid } = await access.sign(SUBJECT);
  ground = { ...keys, issuer: ISSUER, valid, subject: SUBJECT, now, sentWithin: 0 };
});

test("a step carries its claims to the next one, whatever they are called", async () => {
  const claims = { verifier: "v", back: "/a", iss: "mine", exp: 0, aud: null, list: [1] };
  const token = await steps.sign("oauth-state", claims, 600);
  expect(await steps.verify("oauth-state", token)).toEqual(claims);
});

test("a step is over after its seconds", async () => {
  const token = await steps.sign("ticket", {}, 30);
  time += 29_000;
  await expect(steps.verify("ticket", token)).resolves.toEqual({});
  time += 1000;
  await expect(steps.verify("ticket", token)).rejects.toMatchObject({ code: "token_expired" });
});

test("a step is of one kind, and no access token is a step", async () => {
  const kinds = ["ticket", "ticket-2", "tick", "oauth-state", "api", "at"];
  const signed = await Promise.all(kinds.map((kind) => steps.sign(kind, claimsOf(ground), 60)));
  for (const [at, kind] of kinds.entries()) {
    await expect(steps.verify(kind, signed[at] ?? "")).resolves.toMatchObject({ sub: "7" });
    for (const token of signed.toSpliced(at, 1)) {
      await expect(steps.verify(kind, token)).rejects.toMatchObject({ code: "invalid_token" });
    }
    await expect(steps.verify(kind, ground.valid)).rejects.toMatchObject({ code: "invalid_token" });
  }
});

test("no forged token is a step of any kind", async () => {
  for (const family of forgedTokens(ground)) {
    // True steps of this kind are among them.
    if (family.name === "another kind of token") continue;
    const tokens = await family.tokens();
    expect(tokens.length).toBeGreaterThanOrEqual(LEAST_TOKENS);
    for (const token of tokens) await expect(steps.verify("state", token)).rejects.toMatchObject({ name: "Problem" });
  }
});

test.each([0, -1, 0.5, Number.NaN, LONGEST_TOKEN_SECONDS + 1])("no token lives %d s", async (seconds) => {
  await expect(steps.sign("ticket", {}, seconds)).rejects.toThrow(RangeError);
});

test.each(["", "At", "a b", "a+b", "a/b", "1a", "a".repeat(41)])("no kind is called %j", (kind) => {
  expect(() => steps.sign(kind, {}, 60)).toThrow(TypeError);
});
