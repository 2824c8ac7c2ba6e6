import { expect, test } from "vitest";
import { ACCESS_SECONDS, AccessTokens } from "#servery/auth/tokens/access-tokens.js";
import { KeyRing } from "#servery/auth/tokens/key-ring.js";
import { MemoryKeyStore } from "./key-store.ts";

const SECRET = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";
const START = Date.parse("2026-01-01T00:00:00Z");
const SUBJECT = { subject: "7", table: "users", session: "s1" };

for (const algorithm of ["EdDSA", "ES256", "HS256"] as const) {
  test(`${algorithm}: a token says whom it speaks for until it expires`, async () => {
    let now = START;
    const clock = () => now;
    const ring = await KeyRing.open({ store: new MemoryKeyStore(), secret: SECRET, algorithm, now: clock });
    const tokens = new AccessTokens({ ring, issuer: "https://a.example", now: clock });
    const { token, expiresIn } = await tokens.sign(SUBJECT);
    expect(expiresIn).toBe(ACCESS_SECONDS);
    const issuedAt = START / 1000;
    expect(await tokens.verify(token)).toEqual({ ...SUBJECT, issuedAt, expiresAt: issuedAt + ACCESS_SECONDS });
    now += ACCESS_SECONDS * 1000 - 1;
    expect(await tokens.verify(token)).toMatchObject(SUBJECT);
    now += 1;
    await expect(tokens.verify(token)).rejects.toMatchObject({
      code: "token_expired",
      error: "Token expired",
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  });
}
