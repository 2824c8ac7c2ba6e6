import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { email, everyone, integer, ref, role, self, servery, table, text } from "servery";
import { bearer, signUp } from "../accounts/declaration.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";

/** Columns that are made of what nobody reads, what administrators read, and what only oneself reads. */
const world = servery({
  tables: {
    users: table({
      username: text(30).unique(),
      email: email(100).unique().readable(self),
      pin: text(20).default("pin-secret").private(),
      phone: text(20).default("tel-secret").readable(role("admin")).writable(role("admin")),
    })
      .computed("pin_length", integer(), ["pin"], (row) => row.pin.length)
      .computed("prefix", text(10), ["phone"], (row) => row.phone.slice(0, 3))
      .computed("host", text(100).optional(), ["email"], (row) => row.email.split("@")[1] ?? null)
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone, update: self }),
    posts: table({ user_id: ref("users").owner(), title: text(30) }).allow({ read: everyone, create: everyone }),
  },
});

/** What stands in no answer to whoever may not read what it is made of, beside a name that no column has. */
const COMPUTED = [
  { name: "pin_length", none: "pen_lengxx" },
  { name: "prefix", none: "qqqqqq" },
  { name: "host", none: "qqqq" },
] as const;

type Headers = Readonly<Record<string, string>>;

let engine: EngineUnderTest;
let alice: Headers;
let root: Headers;
beforeAll(async () => {
  engine = await openEngine(world);
  alice = bearer(await signUp(engine, "alice"));
  root = bearer(await signUp(engine, "root"));
  await engine.accounts.setRoles({ identifier: "root@example.com" }, ["admin"]);
  await engine.post("/api/posts", { title: "one" }, alice);
});
afterAll(async () => {
  assert.deepEqual(engine.faults, []);
  await engine.close();
});

const tree = (filter: object): string => `filter=${encodeURIComponent(JSON.stringify(filter))}`;
const asked = ({ sql }: TestAnswer): readonly string[] => sql.filter((one) => !one.includes("_servery_"));
const masked = ({ status, text: body }: TestAnswer, name: string): string =>
  `${status} ${body.replace(/"request_id":"[^"]*"/, "").replaceAll(name, "…")}`;

/** Every way to ask for rows by a column. */
const questions = (name: string): readonly string[] => [
  `/api/users?${name}=11`,
  `/api/users?${name}[gte]=1`,
  `/api/users?${name}[null]=true`,
  `/api/users?sort=${name}`,
  `/api/users?sort=-${name},id`,
  `/api/users?${tree({ [name]: 11 })}`,
  `/api/users?${tree({ not: { [name]: { lt: 11 } } })}`,
  `/api/users?aggregate=max(${name})`,
  `/api/users?aggregate=count&group_by=${name}`,
  `/api/posts?user.${name}=11`,
  `/api/posts?sort=user.${name}`,
  `/api/posts?${tree({ user: { [name]: 11 } })}`,
];

describe("Q32 a computed column is no way to what it is made of", () => {
  test.each(COMPUTED)(
    "Q32 rows are not chosen or sorted by $name, and who does not see it is told of none",
    async (of) => {
      for (const url of [...questions(of.name), `/api/users?fields=id,${of.name}`])
        for (const headers of [{}, alice]) {
          const [hidden, missing] = [
            await engine.get(url, headers),
            await engine.get(url.replaceAll(of.name, of.none), headers),
          ];
          expect([hidden.status, asked(hidden)], `${url} ${hidden.text}`).toEqual([400, []]);
          expect(masked(hidden, of.name), url).toBe(masked(missing, of.none));
        }
      // Who sees it cannot ask by it either: the database does not have it.
      for (const url of questions(of.name)) expect((await engine.get(url, root)).status, url).toBe(400);
    },
  );

  test.each(COMPUTED)("Q32 $name is not written, and chooses no row to change", async ({ name }) => {
    for (const request of [
      { method: "PATCH", url: "/api/users/1", json: { [name]: 1 } },
      { method: "PUT", url: `/api/users?on_conflict=${name}`, json: { username: "x", email: "x@example.com" } },
      { method: "PATCH", url: `/api/users?${name}=11`, json: { username: "x" } },
      { method: "DELETE", url: `/api/users?${name}=11` },
    ])
      for (const headers of [alice, root]) {
        const answer = await engine.send({ ...request, headers });
        expect([400, 403], `${request.method} ${request.url} ${answer.text}`).toContain(answer.status);
      }
  });

  test("Q32 it is answered to whoever reads what it is made of in every row, and to nobody else", async () => {
    for (const url of ["/api/users", "/api/users/1", "/api/posts?include=user", "/api/auth/me"]) {
      const answers = { nobody: await engine.get(url), alice: await engine.get(url, alice) };
      for (const [who, { text: body }] of Object.entries(answers))
        expect(body, `${url} as ${who}`).not.toMatch(/pin_length|prefix|host"|pin-|tel-|"tel"/);
      const seen = (await engine.get(url, root)).text;
      expect(seen).toContain('"prefix":"tel"');
      expect(seen).not.toMatch(/pin_length|pin-/);
    }
  });
});
