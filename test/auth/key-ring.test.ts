import { beforeEach, expect, test } from "vitest";
import { ACCESS_SECONDS, AccessTokens } from "#servery/auth/tokens/access-tokens.js";
import {
  KEY_GRACE_SECONDS,
  KeyRing,
  LONGEST_TOKEN_SECONDS,
  type TokenAlgorithm,
  UNKNOWN_KID_SECONDS,
  VIEW_SECONDS,
} from "#servery/auth/tokens/key-ring.js";
import { algorithms, compact, headerOf, signer } from "./forged/ground.ts";
import { MemoryKeyStore } from "./key-store.ts";

const SECRET = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";
const ISSUER = "https://a.example";
const SUBJECT = { subject: "7", table: "users", session: "s1" };

let store: MemoryKeyStore;
let time: number;
const now = () => time;

beforeEach(() => {
  store = new MemoryKeyStore();
  time = Date.parse("2026-03-01T12:00:00Z");
});

/** As another process of the same application opens it. */
async function opened({ algorithm = "EdDSA", secret = SECRET }: { algorithm?: TokenAlgorithm; secret?: string } = {}) {
  const ring = await KeyRing.open({ store, secret, algorithm, now });
  return { ring, tokens: new AccessTokens({ ring, issuer: ISSUER, now }) };
}

function pass(seconds: number) {
  time += seconds * 1000;
}

const inForce = () => [...store.rows.values()].filter(({ retiredAt }) => retiredAt === null);
const refused = { code: "invalid_token" };

test.each(algorithms)("%s: a rotation signs nobody out", async (algorithm) => {
  const { ring, tokens } = await opened({ algorithm });
  const before = (await tokens.sign(SUBJECT)).token;
  await ring.rotate();
  const after = (await tokens.sign(SUBJECT)).token;
  expect(after.split(".")[0]).not.toBe(before.split(".")[0]);
  expect(inForce().length).toBe(1);
  pass(ACCESS_SECONDS - 1);
  await ring.reload();
  await expect(tokens.verify(before)).resolves.toMatchObject(SUBJECT);
  await expect(tokens.verify(after)).resolves.toMatchObject(SUBJECT);
  pass(1);
  await expect(tokens.verify(before)).rejects.toMatchObject({ code: "token_expired" });
});

test.each(algorithms)("%s: a retired key is refused after its grace, and not before", async (algorithm) => {
  const { ring, tokens } = await opened({ algorithm });
  const old = await ring.signingKey();
  await ring.rotate();
  const fresh = () => {
    const iat = Math.floor(time / 1000);
    const { subject: sub, table, session: sid } = SUBJECT;
    const claims = { sub, table, sid, iss: ISSUER, aud: `${ISSUER}/api`, iat, exp: iat + 60 };
    return compact(headerOf(old), claims, signer(old));
  };
  expect(KEY_GRACE_SECONDS).toBeGreaterThan(LONGEST_TOKEN_SECONDS + VIEW_SECONDS);
  pass(KEY_GRACE_SECONDS - 1);
  await expect(tokens.verify(await fresh())).resolves.toMatchObject(SUBJECT);
  expect(ring.jwks().keys.length).toBe(algorithm === "HS256" ? 0 : 2);
  // Also where the keys were loaded before it was over.
  pass(1);
  await expect(tokens.verify(await fresh())).rejects.toMatchObject(refused);
  expect(ring.jwks().keys.length).toBe(algorithm === "HS256" ? 0 : 1);
  await ring.reload();
  await expect(tokens.verify(await fresh())).rejects.toMatchObject(refused);
  expect(await ring.verifyingKey(old.stored.kid)).toBeUndefined();
});

test("another process accepts the new key's tokens at once, and signs with it soon", async () => {
  const [one, other] = [await opened(), await opened()];
  await one.ring.rotate();
  const { token } = await one.tokens.sign(SUBJECT);
  pass(UNKNOWN_KID_SECONDS);
  // All that arrive while the keys are loaded wait for them.
  const answers = await Promise.all(Array.from({ length: 20 }, () => other.tokens.verify(token)));
  expect(answers.map(({ subject }) => subject)).toEqual(Array.from({ length: 20 }, () => "7"));
  const third = await opened();
  await one.ring.rotate();
  pass(VIEW_SECONDS);
  const kids = [one, other, third].map(async ({ ring }) => (await ring.signingKey()).stored.kid);
  expect(new Set(await Promise.all(kids)).size).toBe(1);
});

test("a process that has not heard of a rotation signs with the old key, and its tokens live out their time", async () => {
  const [one, late] = [await opened(), await opened()];
  await one.ring.rotate();
  pass(VIEW_SECONDS - 1);
  const { token } = await late.tokens.sign(SUBJECT);
  pass(ACCESS_SECONDS - 1);
  for (const { tokens } of [one, late]) await expect(tokens.verify(token)).resolves.toMatchObject(SUBJECT);
});

test("unknown kids load the keys once in five seconds", async () => {
  const { ring } = await opened();
  pass(UNKNOWN_KID_SECONDS);
  const before = store.loads;
  const ask = async () => {
    const asked = await Promise.all(Array.from({ length: 50 }, (_, at) => ring.verifyingKey(`unknown-${at}`)));
    expect(asked.filter((key) => key !== undefined)).toEqual([]);
    return store.loads - before;
  };
  expect(await ask()).toBe(1);
  pass(UNKNOWN_KID_SECONDS - 1);
  expect(await ask()).toBe(1);
  pass(1);
  expect(await ask()).toBe(2);
});

test("a known key is looked up without the store until the view is old", async () => {
  const { ring } = await opened();
  const { kid } = (await ring.signingKey()).stored;
  const before = store.loads;
  pass(VIEW_SECONDS - 1);
  expect((await ring.verifyingKey(kid))?.stored.kid).toBe(kid);
  expect(store.loads).toBe(before);
  pass(1);
  expect((await ring.verifyingKey(kid))?.stored.kid).toBe(kid);
  expect(store.loads).toBe(before + 1);
});

test("a clock that was put back loads the keys again", async () => {
  const { ring } = await opened();
  const { kid } = (await ring.signingKey()).stored;
  const before = store.loads;
  pass(-3600);
  await ring.verifyingKey(kid);
  expect(store.loads).toBe(before + 1);
  // The new key signs, although it is made at an earlier hour than the one before it.
  await ring.rotate();
  expect((await ring.signingKey()).stored.kid).not.toBe(kid);
});

test("processes that open an empty store at once, or rotate at once, accept each other's tokens", async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => opened()));
  await Promise.all(all.map(({ ring }) => ring.rotate()));
  pass(UNKNOWN_KID_SECONDS);
  const signed = await Promise.all(all.map(async ({ tokens }) => (await tokens.sign(SUBJECT)).token));
  for (const { tokens } of all) {
    for (const token of signed) await expect(tokens.verify(token)).resolves.toMatchObject(SUBJECT);
  }
  expect(inForce().length).toBe(1);
  pass(VIEW_SECONDS);
  const kids = await Promise.all(all.map(async ({ ring }) => (await ring.signingKey()).stored.kid));
  expect(new Set(kids)).toEqual(new Set(inForce().map(({ kid }) => kid)));
});

test("another algorithm in the configuration signs nobody out", async () => {
  const before = await opened({ algorithm: "EdDSA" });
  const { token } = await before.tokens.sign(SUBJECT);
  const after = await opened({ algorithm: "ES256" });
  expect((await after.ring.signingKey()).stored.algorithm).toBe("ES256");
  await expect(after.tokens.verify(token)).resolves.toMatchObject(SUBJECT);
  // A process that still has the old configuration follows, so that the two do not retire each other's keys.
  pass(VIEW_SECONDS);
  expect((await before.ring.signingKey()).stored.algorithm).toBe("ES256");
  expect(store.rows.size).toBe(2);
});

test("a start finds the key that is there", async () => {
  const { ring } = await opened();
  const { kid } = (await ring.signingKey()).stored;
  expect((await (await opened()).ring.signingKey()).stored.kid).toBe(kid);
  expect(store.rows.size).toBe(1);
});

test("the published keys are the public halves", async () => {
  const kids: string[] = [];
  for (const algorithm of algorithms) kids.push((await (await opened({ algorithm })).ring.signingKey()).stored.kid);
  const { ring } = await opened({ algorithm: "HS256" });
  const text = expect.any(String) as string;
  expect(ring.jwks()).toEqual({
    keys: [
      { kty: "OKP", crv: "Ed25519", x: text, kid: kids[0], alg: "EdDSA", use: "sig" },
      { kty: "EC", crv: "P-256", x: text, y: text, kid: kids[1], alg: "ES256", use: "sig" },
    ],
  });
});

test("keys of another secret are left aside and left alone", async () => {
  const right = await opened();
  const { token } = await right.tokens.sign(SUBJECT);
  const { kid } = (await right.ring.signingKey()).stored;
  const wrong = await opened({ secret: "Wm8xq2Vd5tRz7KfLp0cYb3nGh6sJa9eU" });
  expect(wrong.ring.unreadable).toEqual([kid]);
  await expect(wrong.tokens.verify(token)).rejects.toMatchObject(refused);
  expect(store.rows.get(kid)?.retiredAt).toBeNull();
  expect(right.ring.unreadable).toEqual([]);
  await right.ring.reload();
  await expect(right.tokens.verify(token)).resolves.toMatchObject(SUBJECT);
});

test.each([
  ["algorithm", { algorithm: "HS256" as const }],
  ["kid", { kid: "another" }],
  ["sealed key", { sealed: "v1.AAAA" }],
  ["time of its retirement", { retiredAt: "yesterday" }],
])("a row whose %s was changed is no key", async (_what, change) => {
  const { ring, tokens } = await opened();
  const { token } = await tokens.sign(SUBJECT);
  const { kid } = (await ring.signingKey()).stored;
  const row = store.rows.get(kid);
  if (row === undefined) throw new Error("no key was stored");
  store.rows.set(kid, { ...row, ...change });
  await ring.reload();
  await expect(tokens.verify(token)).rejects.toMatchObject(refused);
  expect(ring.jwks().keys).toEqual([]);
  // Signing goes on, with a new key.
  const signed = await tokens.sign(SUBJECT);
  await expect(tokens.verify(signed.token)).resolves.toMatchObject(SUBJECT);
});

test("a store that fails leaves the keys as they were, and is asked again", async () => {
  class Failing extends MemoryKeyStore {
    broken = false;
    override load() {
      return this.broken ? Promise.reject(new Error("the disk is gone")) : super.load();
    }
  }
  const failing = new Failing();
  store = failing;
  const { ring, tokens } = await opened();
  const { token } = await tokens.sign(SUBJECT);
  failing.broken = true;
  await expect(ring.reload()).rejects.toThrow("the disk is gone");
  await expect(tokens.verify(token)).resolves.toMatchObject(SUBJECT);
  failing.broken = false;
  await ring.reload();
  await expect(tokens.verify(token)).resolves.toMatchObject(SUBJECT);
});

test("a store that keeps nothing is told of", async () => {
  class Forgetful extends MemoryKeyStore {
    override add() {
      return Promise.resolve();
    }
  }
  store = new Forgetful();
  const { ring } = await opened();
  await expect(ring.signingKey()).rejects.toThrow("does not keep the signing key");
});

test("a key that was retired in the store signs no more, and is forgotten after its grace", async () => {
  const { ring } = await opened();
  const { kid } = (await ring.signingKey()).stored;
  await store.retire(kid, new Date(time).toISOString());
  await ring.reload();
  expect((await ring.signingKey()).stored.kid).not.toBe(kid);
  expect((await ring.verifyingKey(kid))?.stored.kid).toBe(kid);
  pass(KEY_GRACE_SECONDS);
  // What nobody would verify with is not opened either: its secret may be lost.
  store.rows.set("lost", {
    kid: "lost",
    algorithm: "EdDSA",
    sealed: "",
    createdAt: "",
    retiredAt: "2020-01-01T00:00:00Z",
  });
  await ring.reload();
  expect(ring.unreadable).toEqual([]);
  expect(await ring.verifyingKey(kid)).toBeUndefined();
});
