import { email, everyone, servery, table } from "servery";
import { ADDRESS_ATTEMPTS } from "#servery/auth/limits.js";
import { afterEach, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { PASSWORD } from "./declaration.ts";

const world = servery({
  tables: {
    users: table({ email: email(100).unique() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone }),
  },
});

let engine: EngineUnderTest;
let url: string;
async function open(trustProxy: number | undefined): Promise<void> {
  engine = await openEngine(world, {
    now: () => 1_900_000_000_000,
    ...(trustProxy === undefined ? {} : { trustProxy }),
  });
  ({ url } = await engine.listen());
}
afterEach(() => engine.close());

const post = (path: string, body: object, forwarded?: string): Promise<Response> =>
  fetch(new URL(path, url), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }),
    },
    body: JSON.stringify(body),
  });

let guesses = 0;
/** One wrong password for an account that nobody has tried, so that the address alone counts. */
const guess = async (forwarded?: string): Promise<number> =>
  (await post("/api/auth/sign-in", { email: `u${++guesses}@example.com`, password: "wrong" }, forwarded)).status;

/** How many guesses pass before one is a 429, of a few more than an address has. */
async function passing(forwarded: (count: number) => string | undefined): Promise<number> {
  for (let count = 0; count < ADDRESS_ATTEMPTS + 3; count++) if ((await guess(forwarded(count))) === 429) return count;
  return Number.POSITIVE_INFINITY;
}

test.each([
  ["no setting", undefined, (count: number) => `10.0.${count}.1`],
  ["no proxy trusted", 0, (count: number) => `10.0.${count}.1`],
  ["no proxy trusted, and a whole chain", 0, (count: number) => `10.0.${count}.1, 10.1.${count}.1, 10.2.${count}.1`],
  ["one proxy, and what stands in front of what it wrote", 1, (count: number) => `10.0.${count}.1, 203.0.113.9`],
  ["one proxy, and another chain in front", 1, (count: number) => `10.0.${count}.1, 10.1.${count}.1,203.0.113.9`],
  ["two proxies, and what stands in front", 2, (count: number) => `10.0.${count}.1, 203.0.113.9, 192.0.2.1`],
  ["two proxies, and another way between them", 2, (count: number) => `203.0.113.9, 192.0.2.${count}`],
  ["two proxies, and a request that came past the outer one", 2, (count: number) => `10.0.${count}.1`],
  ["one proxy that writes nothing", 1, () => ""],
])("%s: one bucket", async (_is, trustProxy, forwarded) => {
  await open(trustProxy);
  expect(await passing(forwarded)).toBe(ADDRESS_ATTEMPTS);
});

test.each([
  ["one proxy", 1, (last: number) => `10.0.0.1, 203.0.113.${last}`],
  ["two proxies", 2, (last: number) => `10.0.0.1, 203.0.113.${last}, 192.0.2.1`],
])("behind %s each address has its own bucket, and sessions name it", async (_is, trustProxy, forwarded) => {
  await open(trustProxy);
  expect(await passing(() => forwarded(9))).toBe(ADDRESS_ATTEMPTS);
  expect([await guess(forwarded(10)), await guess(forwarded(9))]).toEqual([401, 429]);
  const made = await post("/api/auth/sign-up", { email: "ann@example.com", password: PASSWORD }, forwarded(11));
  const { access_token: token } = (await made.json()) as { access_token: string };
  const sessions = await engine.get("/api/auth/sessions", { authorization: `Bearer ${token}` });
  expect(sessions.json).toMatchObject([{ address: "203.0.113.11" }]);
});
