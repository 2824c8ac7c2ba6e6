import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, createEngine, type Engine } from "servery";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { observedDatabase } from "#servery/database/observed-database.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { KeyRepository } from "#servery/repository/key-repository.js";
import {
  claimsOf,
  compact,
  type ForgingGround,
  headerOf,
  mainKey,
  prepareKeys,
  signer,
} from "../auth/forged/ground.ts";
import { forgedTokens, LEAST_TOKENS } from "../auth/forged-tokens.ts";
import { guardedWorld } from "./guarded-declaration.ts";
import { exchange, rawRequest } from "./raw-socket.ts";

const SECRET = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";
const ISSUER = "https://a.example";
const PASSWORD = "correct horse battery";
const now = () => Date.now();

/** What a header can carry, by RFC 9110: anything else never becomes a request. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Tokens of each family that go over a socket, each on a connection of its own; inside all of them are sent. */
const OVER_SOCKETS = 8;

const folder = mkdtempSync(join(tmpdir(), "servery-forged-"));
const database = `sqlite:${join(folder, "data.db")}`;
const sql: string[] = [];
const faults: unknown[] = [];
let engine: Engine;
let port: number;
let ground: ForgingGround;
/** Stands where keys of tokens say that theirs are found. */
let bait: Server;
const caught: string[] = [];

const options = {
  database,
  secret: SECRET,
  publicUrl: ISSUER,
  observe: (observation: { readonly is: string }) => {
    if (observation.is === "sql") sql.push((observation as unknown as { sql: string }).sql);
    if (observation.is === "fault") faults.push(observation);
  },
};

async function send(
  headers: Record<string, string>,
  url = "/api/posts",
  method = "GET",
): Promise<{ status: number; text: string }> {
  const answer = await engine.handle({ method, url, headers });
  return { status: answer.status, text: JSON.stringify(answer.headers) + String(answer.body as string) };
}

beforeAll(async () => {
  bait = createServer((socket) => {
    caught.push(String(socket.remotePort));
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    bait.listen(0, "127.0.0.1", resolve);
  });
  // The tables are made by a first start; the keys of the ring are laid in before the second.
  await (await createEngine(compile(guardedWorld.declaration), options)).close();
  const file = await openSqlite({ path: join(folder, "data.db"), driver: "auto", mainThreadMs: 10_000 });
  const store = new KeyRepository(observedDatabase(file, () => undefined));
  const keys = await prepareKeys({ store, secret: SECRET, algorithm: "EdDSA", now });
  await file.close();
  engine = await createEngine(compile(guardedWorld.declaration), options);
  await engine.accounts.setPassword({ identifier: "alice@example.com" }, PASSWORD);
  const json = JSON.stringify({ email: "alice@example.com", password: PASSWORD });
  const answer = await engine.handle({
    method: "POST",
    url: "/api/auth/sign-in",
    headers: { "content-type": "application/json" },
    body: json,
  });
  const { access_token: valid } = JSON.parse(String(answer.body as string)) as { access_token: string };
  const claims = JSON.parse(Buffer.from(valid.split(".")[1] ?? "", "base64url").toString()) as {
    sub: string;
    sid: string;
  };
  ground = {
    ...keys,
    issuer: ISSUER,
    valid,
    subject: { subject: claims.sub, table: "users", session: claims.sid },
    now,
    sentWithin: 120,
  };
  ({ port } = await engine.listen({ host: "127.0.0.1", port: 0 }));
});
afterAll(async () => {
  await engine.close();
  await new Promise((resolve) => {
    bait.close(resolve);
  });
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  vi.restoreAllMocks();
  // Nothing that was sent has spoilt the server for the others.
  assert.equal((await send({ authorization: `Bearer ${ground.valid}` }, "/api/notes/1")).status, 200);
  assert.deepEqual(faults, []);
  assert.deepEqual(caught, []);
});

/** Names of the families; the tokens themselves need the running server. */
const names = forgedTokens({} as ForgingGround).map(({ name }) => name);

describe("A05 A06 A07 A08 A09 A13 A14 A16 A17 A18 A19 forged tokens", () => {
  test.each(names)("inside and over a socket, none is accepted: %s", async (name) => {
    const family = forgedTokens(ground).find((one) => one.name === name);
    const tokens = (await family?.tokens()) ?? [];
    expect(tokens.length).toBeGreaterThanOrEqual(LEAST_TOKENS);
    const connected = vi.spyOn(Socket.prototype, "connect");
    await send({ authorization: `Bearer ${ground.valid}` });
    const wrong: unknown[] = [];
    for (const token of tokens) {
      const before = sql.length;
      const answer = await send({ authorization: `Bearer ${token}` });
      const asked = sql.slice(before).filter((one) => !isOwnLook(one));
      if (answer.status !== 401 || !answer.text.includes('"www-authenticate":"Bearer') || asked.length > 0)
        wrong.push({ token, status: answer.status, asked, text: answer.text.slice(0, 200) });
    }
    expect(connected).not.toHaveBeenCalled();
    connected.mockRestore();
    for (const token of some(tokens)) {
      const before = sql.length;
      const { answers } = await exchange(
        port,
        rawRequest({
          method: "GET",
          target: "/api/posts",
          headers: { authorization: `Bearer ${token}` },
          body: undefined,
        }),
        { answers: 1 },
      );
      const status = answers[0]?.status ?? 0;
      const fits = FIELD_VALUE.test(token) ? [401, 431] : [400, 401];
      const asked = sql.slice(before).filter((one) => !isOwnLook(one));
      if (!fits.includes(status) || asked.length > 0) wrong.push({ token, status, asked, over: "socket" });
    }
    expect(wrong).toEqual([]);
  });

  test("there is a family for each of the tricks, and a valid token is one", async () => {
    expect(names.length).toBeGreaterThanOrEqual(15);
    expect((await send({ authorization: `Bearer ${ground.valid}` })).status).toBe(200);
    expect((await send({ authorization: "Bearer " })).status).toBe(401);
  });

  test("A22 claims that the server does not know mean nothing", async () => {
    const key = mainKey(ground);
    const forged = [
      { role: "admin", roles: ["admin"], admin: true, scope: "*" },
      JSON.parse('{"__proto__":{"roles":["admin"]},"constructor":{"roles":["admin"]}}') as object,
      { account: 4, user: { id: 4 }, "urn:role": "admin" },
    ];
    for (const more of forged) {
      const token = await compact(headerOf(key), { ...claimsOf(ground), ...more }, signer(key));
      const own = await send({ authorization: `Bearer ${token}` }, "/api/auth/me");
      expect([own.status, own.text.includes('\\"roles\\":[]') || own.text.includes('"roles":[]')]).toEqual([200, true]);
      expect((await send({ authorization: `Bearer ${token}` }, "/api/ledger")).status).toBe(403);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("A19 a token of the key before is good during its grace, and of one after it none", async () => {
    await engine.accounts.rotateKeys();
    expect((await send({ authorization: `Bearer ${ground.valid}` }, "/api/auth/me")).status).toBe(200);
    const late = await compact(headerOf(ground.retired), claimsOf(ground), signer(ground.retired));
    expect((await send({ authorization: `Bearer ${late}` }, "/api/auth/me")).status).toBe(401);
  });

  test("A08 A09 a key that a token says is somewhere is not fetched", async () => {
    const at = (bait.address() as { port: number }).port;
    const key = mainKey(ground);
    const places = [
      { jku: `http://127.0.0.1:${at}/jwks.json` },
      { x5u: `http://127.0.0.1:${at}/x.pem` },
      { kid: `http://127.0.0.1:${at}/k` },
      { kid: "../../../../etc/passwd" },
      { kid: "' OR 1=1 --" },
      { kid: "__proto__" },
    ];
    for (const place of places) {
      const before = sql.length;
      const token = await compact({ ...headerOf(key), ...place }, claimsOf(ground), signer(key));
      expect((await send({ authorization: `Bearer ${token}` })).status).toBe(401);
      expect(sql.slice(before).filter((one) => !isOwnLook(one))).toEqual([]);
    }
    expect(caught).toEqual([]);
  });

  test("A27 tokens of one beginning are never taken for one another", async () => {
    await engine.accounts.setPassword({ identifier: "bob@example.com" }, PASSWORD);
    const tokens = new Map<string, string>([[ground.valid, "alice"]]);
    for (let count = 0; count < 3; count++) {
      const json = JSON.stringify({ email: "bob@example.com", password: PASSWORD });
      const headers = { "content-type": "application/json" };
      const answer = await engine.handle({ method: "POST", url: "/api/auth/sign-in", headers, body: json });
      tokens.set((JSON.parse(String(answer.body as string)) as { access_token: string }).access_token, "bob");
    }
    const all = [...tokens];
    const answers = await Promise.all(
      Array.from({ length: 400 }, async (_, at) => {
        const [token = "", name = ""] = all[at % all.length] ?? [];
        const { text } = await send({ authorization: `Bearer ${token}` }, "/api/auth/me");
        return text.includes(`username`) && text.includes(name);
      }),
    );
    expect(answers.filter((right) => !right)).toEqual([]);
  });
});

/** Whether a statement only asks whether somebody was signed out, or for the server's own keys: any request with a token may. */
function isOwnLook(statement: string): boolean {
  return /FROM _servery_(?:revocations WHERE|keys$)/.test(statement);
}

/** A few of a list, from its beginning to its end. */
function some<T>(list: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(list.length / OVER_SOCKETS));
  return list.filter((_, at) => at % step === 0);
}
