import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { AccessTokens } from "#servery/auth/tokens/access-tokens.js";
import { MAX_TOKEN_LENGTH } from "#servery/auth/tokens/signed-tokens.js";
import { errorCatalog } from "#servery/errors/catalog.js";
import { Problem } from "#servery/errors/problem.js";
import {
  algorithms,
  claimsOf,
  compact,
  type ForgingGround,
  headerOf,
  mainKey,
  prepareKeys,
  signer,
} from "./forged/ground.ts";
import { forgedTokens, LEAST_TOKENS } from "./forged-tokens.ts";
import { MemoryKeyStore } from "./key-store.ts";

const SECRET = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";
const NOW = Date.parse("2026-03-01T12:00:00Z");
const ISSUER = "https://a.example";
const SUBJECT = { subject: "7", table: "users", session: "0199c3b2-5b1e-7c3a-9d51-6f3e2a1b4c5d" };
const now = () => NOW;

for (const algorithm of algorithms) {
  describe(`${algorithm}`, async () => {
    const store = new MemoryKeyStore();
    const keys = await prepareKeys({ store, secret: SECRET, algorithm, now });
    const tokens = new AccessTokens({ ring: keys.ring, issuer: ISSUER, now });
    const { token: valid } = await tokens.sign(SUBJECT);
    const ground: ForgingGround = { ...keys, issuer: ISSUER, valid, subject: SUBJECT, now, sentWithin: 0 };

    const accepted = () => expect(tokens.verify(valid)).resolves.toMatchObject(SUBJECT);
    beforeAll(accepted);
    // Nothing that was sent may spoil the server for the others.
    afterAll(accepted);
    afterEach(() => vi.restoreAllMocks());

    test("what the forger would sign is accepted as long as nothing is wrong", async () => {
      expect(keys.keys.map(({ stored }) => stored.algorithm).sort()).toEqual([...algorithms].sort());
      for (const key of keys.keys) {
        const token = await compact(headerOf(key), { ...claimsOf(ground), scope: "x", nbf: NOW / 1000 }, signer(key));
        await expect(tokens.verify(token)).resolves.toMatchObject(SUBJECT);
      }
    });

    test.each(forgedTokens(ground))("refused: $name", async ({ tokens: forged, code }) => {
      const list = await forged();
      expect(new Set(list).size).toBe(list.length);
      expect(list).not.toContain(valid);
      expect(list.length).toBeGreaterThanOrEqual(LEAST_TOKENS);
      const wrong: { token: string; answer: unknown }[] = [];
      for (const token of list) {
        const answer: unknown = await tokens.verify(token).catch((error: unknown) => error);
        if (!isRefusal(answer, code)) wrong.push({ token, answer });
      }
      expect(wrong).toEqual([]);
    });

    test.each([["longer than any token"], ["too few and too many segments"]])(
      "refused before its key is looked for or its signature is checked: %s",
      async (name) => {
        const family = forgedTokens(ground).find((one) => one.name === name);
        const list = (await family?.tokens()) ?? [];
        expect(list.length).toBeGreaterThanOrEqual(LEAST_TOKENS);
        const looked = vi.spyOn(keys.ring, "verifyingKey");
        const checked = vi.spyOn(crypto.subtle, "verify");
        for (const token of list) await expect(tokens.verify(token)).rejects.toMatchObject({ code: "invalid_token" });
        expect([looked.mock.calls.length, checked.mock.calls.length]).toEqual([0, 0]);
        await tokens.verify(valid);
        expect(looked.mock.calls.length).toBe(1);
      },
    );

    test("tokens up to the limit are accepted, longer ones are not", async () => {
      const key = mainKey(ground);
      const padded = (length: number) =>
        compact(headerOf(key), { ...claimsOf(ground), pad: "x".repeat(length) }, signer(key));
      const bare = (await padded(0)).length;
      // Three bytes are four characters; four lengths around the limit.
      const first = Math.floor(((MAX_TOKEN_LENGTH - bare) * 3) / 4) - 1;
      const list = await Promise.all([0, 1, 2, 3].map((more) => padded(first + more)));
      const fits = list.filter((token) => token.length <= MAX_TOKEN_LENGTH);
      const longer = list.filter((token) => token.length > MAX_TOKEN_LENGTH);
      for (const token of fits) await expect(tokens.verify(token)).resolves.toMatchObject(SUBJECT);
      for (const token of longer) await expect(tokens.verify(token)).rejects.toMatchObject({ code: "invalid_token" });
      expect([fits.length, longer.length]).not.toContain(0);
    });
  });
}

function isRefusal(answer: unknown, code: string): boolean {
  if (!(answer instanceof Problem) || answer.code !== code) return false;
  const challenge = answer.headers["www-authenticate"];
  return errorCatalog[answer.code].status === 401 && challenge === 'Bearer error="invalid_token"';
}
