import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Authenticator, type Oddities } from "./authenticator.ts";
import { type Answered, AccountWorld, type Person } from "./world.ts";

const ORIGIN = "https://servery.test";
const REGISTER = "/api/auth/passkeys/register";
const SIGN_IN = "/api/auth/sign-in/passkey";

type Options = Parameters<Authenticator["create"]>[0];

let world: AccountWorld;
let anna: Person;

beforeEach(async () => {
  world = await AccountWorld.open();
  anna = await world.person("anna@example.com");
});

afterEach(async () => {
  await world.close();
});

async function optionsOf(url: string, session?: string): Promise<Options> {
  const answer = await world.post(url, undefined, session);
  expect(answer.status).toBe(200);
  return answer.json as Options;
}

async function registered(session = anna.session, label?: string): Promise<Authenticator> {
  const authenticator = new Authenticator(ORIGIN);
  const credential = authenticator.create(await optionsOf(REGISTER, session));
  const answer = await world.post(
    `${REGISTER}/verify`,
    { credential, ...(label === undefined ? {} : { label }) },
    session,
  );
  expect(answer.status).toBe(201);
  return authenticator;
}

async function signIn(authenticator: Authenticator, odd: Oddities = {}): Promise<Answered> {
  const credential = authenticator.get(await optionsOf(SIGN_IN), odd);
  return world.post(`${SIGN_IN}/verify`, { credential });
}

const codeOf = ({ status, json }: Answered): unknown => [
  status,
  (json as { readonly code?: string } | undefined)?.code,
];

/** An answer without what differs from request to request. */
function masked(answer: Answered): unknown {
  return {
    ...answer,
    text: answer.text.replace(answer.headers["x-request-id"] ?? "?", ""),
    json: undefined,
    sql: undefined,
    headers: { ...answer.headers, "x-request-id": "" },
  };
}

const reasons = (): string[] =>
  world.observed.flatMap((observation) => (observation.is === "passkey_refused" ? [observation.reason] : []));

describe("the life of a passkey", () => {
  test("it is made, listed, signs in, and is removed", async () => {
    const passkey = await registered(anna.session, "My laptop");
    const listed = await world.send({ url: "/api/auth/passkeys", session: anna.session });
    expect(listed.json).toEqual([
      {
        id: passkey.id,
        label: "My laptop",
        transports: ["internal"],
        created_at: "2030-01-01T00:00:00.000Z",
        last_used_at: null,
      },
    ]);
    world.now += 60_000;
    const signed = await signIn(passkey);
    expect(signed.status).toBe(200);
    expect(signed.json).toMatchObject({ token_type: "Bearer", user: { id: anna.id, email: "anna@example.com" } });
    const { access_token: session } = signed.json as { readonly access_token: string };
    const again = await world.send({ url: "/api/auth/passkeys", session });
    expect(again.json).toMatchObject([{ id: passkey.id, last_used_at: "2030-01-01T00:01:00.000Z" }]);
    const removed = await world.send({ method: "DELETE", url: `/api/auth/passkeys/${passkey.id}`, session });
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect(codeOf(await signIn(passkey))).toEqual([401, "passkey_refused"]);
    expect((await world.send({ url: "/api/auth/passkeys", session })).json).toEqual([]);
  });

  test("its options ask for a passkey that knows its account and verifies its user, and tell nothing else", async () => {
    const first = await optionsOf(REGISTER, anna.session);
    expect(first).toMatchObject({
      rp: { id: "servery.test" },
      user: { name: "anna@example.com" },
      attestation: "none",
      excludeCredentials: [],
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    const passkey = await registered();
    const second = (await optionsOf(REGISTER, anna.session)) as { readonly excludeCredentials?: unknown };
    expect(second.excludeCredentials).toEqual([{ id: passkey.id, transports: ["internal"], type: "public-key" }]);
    const options = await optionsOf(SIGN_IN);
    expect(options).toMatchObject({ rpId: "servery.test", userVerification: "required" });
    expect(Object.keys(options).toSorted()).toEqual(["challenge", "rpId", "timeout", "userVerification"]);
  });

  test("all passkeys of an account have one handle, which says nothing of the account", async () => {
    const first = await optionsOf(REGISTER, anna.session);
    const other = new Authenticator(ORIGIN);
    await world.post(`${REGISTER}/verify`, { credential: other.create(first) }, anna.session);
    const second = await optionsOf(REGISTER, anna.session);
    expect(second.user?.id).toBe(first.user?.id);
    expect(Buffer.from(first.user?.id ?? "", "base64url")).toHaveLength(32);
  });

  test("an authenticator that counts nothing signs in again and again", async () => {
    const passkey = await registered();
    for (let time = 0; time < 3; time++) expect((await signIn(passkey, { counter: 0 })).status).toBe(200);
  });

  test("a passkey that is registered already is not registered again, for nobody", async () => {
    const passkey = await registered();
    const ben = await world.person("ben@example.com");
    for (const session of [anna.session, ben.session]) {
      const credential = passkey.create(await optionsOf(REGISTER, session));
      expect(codeOf(await world.post(`${REGISTER}/verify`, { credential }, session))).toEqual([400, "passkey_invalid"]);
    }
    expect((await world.send({ url: "/api/auth/passkeys", session: ben.session })).json).toEqual([]);
  });

  test("an account has at most 20", async () => {
    const last = new Authenticator(ORIGIN);
    for (let count = 0; count < 19; count++) await registered();
    const credential = last.create(await optionsOf(REGISTER, anna.session));
    await world.run(
      "INSERT INTO _servery_passkeys SELECT 'other', account, handle, public_key, 0, '[]', '', created_at, NULL FROM _servery_passkeys LIMIT 1",
    );
    expect(codeOf(await world.post(`${REGISTER}/verify`, { credential }, anna.session))).toEqual([409, "too_many"]);
    expect(codeOf(await world.post(REGISTER, undefined, anna.session))).toEqual([409, "too_many"]);
  });
});

describe("a challenge", () => {
  test("is answered once, also by two at once", async () => {
    const passkey = await registered();
    const options = await optionsOf(SIGN_IN);
    const answers = await Promise.all(
      [passkey.get(options), passkey.get(options)].map((credential) => world.post(`${SIGN_IN}/verify`, { credential })),
    );
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 400]);
    const late = await world.post(`${SIGN_IN}/verify`, { credential: passkey.get(options) });
    expect(codeOf(late)).toEqual([400, "challenge_refused"]);
  });

  test("registers one passkey, also when two come at once", async () => {
    const options = await optionsOf(REGISTER, anna.session);
    const answers = await Promise.all(
      [new Authenticator(ORIGIN), new Authenticator(ORIGIN)].map((authenticator) =>
        world.post(`${REGISTER}/verify`, { credential: authenticator.create(options) }, anna.session),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 400]);
    expect((await world.send({ url: "/api/auth/passkeys", session: anna.session })).json).toHaveLength(1);
  });

  test("is used up by an answer that does not hold", async () => {
    const passkey = await registered();
    const options = await optionsOf(SIGN_IN);
    const wrong = await world.post(`${SIGN_IN}/verify`, {
      credential: passkey.get(options, { origin: "https://evil.test" }),
    });
    expect(codeOf(wrong)).toEqual([401, "passkey_refused"]);
    const right = await world.post(`${SIGN_IN}/verify`, { credential: passkey.get(options) });
    expect(codeOf(right)).toEqual([400, "challenge_refused"]);
  });

  test("lasts five minutes", async () => {
    const passkey = await registered();
    const early = await optionsOf(SIGN_IN);
    world.now += 299_999;
    expect((await world.post(`${SIGN_IN}/verify`, { credential: passkey.get(early) })).status).toBe(200);
    const late = await optionsOf(SIGN_IN);
    const mine = await optionsOf(REGISTER, anna.session);
    world.now += 300_000;
    const answer = await world.post(`${SIGN_IN}/verify`, { credential: passkey.get(late) });
    expect(codeOf(answer)).toEqual([400, "challenge_refused"]);
    const made = await world.post(
      `${REGISTER}/verify`,
      { credential: new Authenticator(ORIGIN).create(mine) },
      anna.session,
    );
    expect(codeOf(made)).toEqual([400, "challenge_refused"]);
  });

  test("serves one purpose and one person", async () => {
    const passkey = await registered();
    const ben = await world.person("ben@example.com");
    const mine = await optionsOf(REGISTER, anna.session);
    const anybodys = await optionsOf(SIGN_IN);
    const made = new Authenticator(ORIGIN);
    const registration = (options: Options, session: string): Promise<Answered> =>
      world.post(`${REGISTER}/verify`, { credential: made.create({ ...mine, ...options }) }, session);
    expect(codeOf(await registration(mine, ben.session))).toEqual([400, "challenge_refused"]);
    expect(codeOf(await registration(anybodys, anna.session))).toEqual([400, "challenge_refused"]);
    const credential = passkey.get({ ...anybodys, challenge: mine.challenge });
    expect(codeOf(await world.post(`${SIGN_IN}/verify`, { credential }))).toEqual([400, "challenge_refused"]);
    expect((await registration(mine, anna.session)).status).toBe(201);
  });

  test("that nobody gave out is refused, and so is one that is none", async () => {
    const passkey = await registered();
    const options = await optionsOf(SIGN_IN);
    for (const challenge of ["AAAA", "", "' OR 1=1 --"]) {
      const answer = await world.post(`${SIGN_IN}/verify`, { credential: passkey.get(options, { challenge }) });
      expect(codeOf(answer)).toEqual([400, "challenge_refused"]);
    }
  });

  test("leaves nothing behind: the expired ones go with those that come", async () => {
    for (let count = 0; count < 12; count++) await optionsOf(SIGN_IN);
    world.now += 300_000;
    for (let count = 0; count < 3; count++) await optionsOf(SIGN_IN);
    expect(await world.rows("SELECT count(*) FROM _servery_challenges")).toEqual([[3]]);
    for (let count = 0; count < 5; count++) await optionsOf(REGISTER, anna.session);
    expect(await world.rows("SELECT count(*) FROM _servery_challenges WHERE purpose = 'register'")).toEqual([[1]]);
  });
});

const misfits: readonly (readonly [string, Oddities])[] = [
  ["another origin", { origin: "https://evil.test" }],
  ["another port", { origin: "https://servery.test:8443" }],
  ["another scheme", { origin: "http://servery.test" }],
  ["a host below", { origin: "https://sub.servery.test" }],
  ["a host that begins alike", { origin: "https://servery.test.evil.test" }],
  ["another relying party", { rpId: "evil.test" }],
  ["a user who was not verified", { unverified: true }],
  ["a frame of another origin", { crossOrigin: true }],
  ["another ceremony", { type: "payment.get" }],
];

describe("what does not fit is refused", () => {
  test.each(misfits)("at registration: %s", async (_, odd) => {
    const credential = new Authenticator(ORIGIN).create(await optionsOf(REGISTER, anna.session), odd);
    const answer = await world.post(`${REGISTER}/verify`, { credential }, anna.session);
    expect(codeOf(answer)).toEqual([400, "passkey_invalid"]);
    expect(await world.rows("SELECT count(*) FROM _servery_passkeys")).toEqual([[0]]);
  });

  test.each([...misfits, ["another account's handle", { userHandle: "AAAA" }] as const])(
    "at sign-in: %s",
    async (_, odd) => {
      const passkey = await registered();
      const answer = await signIn(passkey, odd);
      expect(codeOf(answer)).toEqual([401, "passkey_refused"]);
      expect(answer.cookies).toEqual([]);
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(reasons()).toEqual(["not_verified"]);
      expect(await world.rows("SELECT last_used_at FROM _servery_passkeys")).toEqual([[null]]);
    },
  );

  test("a signature of another key", async () => {
    const passkey = await registered();
    const other = new Authenticator(ORIGIN);
    const credential = { ...other.get(await optionsOf(SIGN_IN)), id: passkey.id, rawId: passkey.id };
    expect(codeOf(await world.post(`${SIGN_IN}/verify`, { credential }))).toEqual([401, "passkey_refused"]);
  });

  test("a counter that does not go on, and it is reported", async () => {
    const passkey = await registered();
    expect((await signIn(passkey, { counter: 7 })).status).toBe(200);
    for (const counter of [7, 6, 0])
      expect(codeOf(await signIn(passkey, { counter }))).toEqual([401, "passkey_refused"]);
    expect(reasons()).toEqual(["counter_went_back", "counter_went_back", "counter_went_back"]);
    expect((await signIn(passkey, { counter: 8 })).status).toBe(200);
  });

  test("two uses with one counter: one of them", async () => {
    const passkey = await registered();
    const [first, second] = [await optionsOf(SIGN_IN), await optionsOf(SIGN_IN)];
    const answers = await Promise.all(
      [first, second].map((options) =>
        world.post(`${SIGN_IN}/verify`, { credential: passkey.get(options, { counter: 3 }) }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401]);
    expect(reasons()).toEqual(["counter_went_back"]);
  });

  test("an account that is disabled or gone, with the answer of a passkey that never was", async () => {
    const passkey = await registered();
    const ben = await world.person("ben@example.com");
    const other = await registered(ben.session);
    await world.disable("anna@example.com");
    await world.remove(ben.id);
    const answers = [await signIn(passkey), await signIn(other), await signIn(new Authenticator(ORIGIN))];
    expect(answers.map(codeOf)).toEqual([
      [401, "passkey_refused"],
      [401, "passkey_refused"],
      [401, "passkey_refused"],
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(masked(answer)))).size).toBe(1);
    expect(reasons()).toEqual(["no_account", "unknown", "unknown"]);
  });
});

describe("who may", () => {
  test("registering, listing and removing need a session", async () => {
    const passkey = await registered();
    const credential = new Authenticator(ORIGIN).create(await optionsOf(REGISTER, anna.session));
    const answers = [
      await world.post(REGISTER),
      await world.post(`${REGISTER}/verify`, { credential }),
      await world.send({ url: "/api/auth/passkeys" }),
      await world.send({ method: "DELETE", url: `/api/auth/passkeys/${passkey.id}` }),
    ];
    expect(answers.map(codeOf)).toEqual(answers.map(() => [401, "sign_in_required"]));
    expect(await world.rows("SELECT count(*) FROM _servery_passkeys")).toEqual([[1]]);
  });

  test("another's passkey is as missing as one that never was", async () => {
    const passkey = await registered();
    const ben = await world.person("ben@example.com");
    const remove = (id: string): Promise<Answered> =>
      world.send({ method: "DELETE", url: `/api/auth/passkeys/${id}`, session: ben.session });
    const [others, missing] = [await remove(passkey.id), await remove("missing")];
    expect(codeOf(others)).toEqual([404, "not_found"]);
    expect(masked(others)).toEqual(masked(missing));
    expect((await signIn(passkey)).status).toBe(200);
  });

  test("no list shows a key or a handle", async () => {
    await registered();
    const [[publicKey, handle] = []] = await world.rows("SELECT public_key, handle FROM _servery_passkeys");
    const { text } = await world.send({ url: "/api/auth/passkeys", session: anna.session });
    expect(text).toContain("label");
    expect(text).not.toContain(String(publicKey));
    expect(text).not.toContain(String(handle));
  });
});

describe("a body that is none", () => {
  test("a label too long, and a member that is none", async () => {
    const credential = new Authenticator(ORIGIN).create(await optionsOf(REGISTER, anna.session));
    const answer = await world.post(
      `${REGISTER}/verify`,
      { credential, label: "x".repeat(101), Label: "y" },
      anna.session,
    );
    expect(answer.json).toMatchObject({
      code: "invalid_data",
      errors: [
        { pointer: "/Label", code: "unknown_field" },
        { pointer: "/label", code: "too_long" },
      ],
    });
  });
});

describe("a session that a passkey begins", () => {
  test("comes in cookies where they are asked for, to the server's own page alone", async () => {
    const passkey = await registered();
    const cookies = async (site: string): Promise<Answered> =>
      world.send({
        url: `${SIGN_IN}/verify`,
        json: { credential: passkey.get(await optionsOf(SIGN_IN)), session: "cookie" },
        headers: { "sec-fetch-site": site },
      });
    const foreign = await cookies("cross-site");
    expect([codeOf(foreign), foreign.cookies]).toEqual([[403, "cross_site"], []]);
    const own = await cookies("same-origin");
    expect([own.status, own.cookies.length]).toEqual([200, 2]);
    expect(Object.keys(own.json as object)).toEqual(["expires_in", "user"]);
    const cookie = own.cookies.map((value) => value.split(";")[0]).join("; ");
    expect((await world.send({ url: "/api/auth/me", headers: { cookie } })).status).toBe(200);
    // Who signs in anew may still have the cookie of a session that is over.
    const stale = { cookie: "__Host-servery_access=over" };
    expect((await world.send({ method: "POST", url: SIGN_IN, headers: stale })).status).toBe(200);
  });

  test("may be asked for by one address only so often", async () => {
    const answers: Answered[] = [];
    for (let count = 0; count < 61; count++) answers.push(await world.post(SIGN_IN));
    expect(answers.slice(0, 60).every(({ status }) => status === 200)).toBe(true);
    expect(codeOf(answers[60] as Answered)).toEqual([429, "too_many_attempts"]);
    expect(answers[60]?.headers["retry-after"]).toBe("2");
    world.now += 2_000;
    expect((await world.post(SIGN_IN)).status).toBe(200);
  });
});
