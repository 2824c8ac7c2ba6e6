import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { client, plainServer, providerWorld, signInWith } from "./provider-world.ts";

/** A server that answers like GitHub, and what it was asked. */
async function gitHub() {
  const state = {
    user: JSON.stringify({ id: 583_231, login: "ada", name: "Ada", email: "whatever@she.wrote" }),
    emails: JSON.stringify([
      { email: "old@example.com", primary: false, verified: true },
      { email: "ada@example.com", primary: true, verified: true },
    ]),
    status: 200,
    token: { access_token: "gho_token", token_type: "bearer", scope: "read:user,user:email" } as object,
    issuer: undefined as string | undefined,
    asked: [] as string[],
  };
  let challenge = "";
  const { url } = await plainServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
    const send = (status: number, body: string): void => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
      response.end(body);
    };
    if (pathname === "/login/oauth/authorize") {
      challenge = searchParams.get("code_challenge") ?? "";
      const back = new URL(searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", "the-code");
      back.searchParams.set("state", searchParams.get("state") ?? "");
      if (state.issuer !== undefined) back.searchParams.set("iss", state.issuer);
      response.writeHead(302, { location: back.href });
      response.end();
    } else if (pathname === "/login/oauth/access_token") {
      let text = "";
      request.on("data", (piece: Buffer) => (text += piece.toString()));
      request.on("end", () => {
        const form = new URLSearchParams(text);
        const verifier = createHash("sha256")
          .update(form.get("code_verifier") ?? "")
          .digest("base64url");
        const right =
          form.get("code") === "the-code" &&
          form.get("client_secret") === client.clientSecret &&
          form.get("redirect_uri") === "https://app.example/api/auth/with/github/callback" &&
          verifier === challenge;
        send(200, JSON.stringify(right ? state.token : { error: "bad_verification_code" }));
      });
    } else {
      const { authorization = "", accept = "" } = request.headers;
      state.asked.push(`${pathname} ${authorization} ${accept}`);
      send(state.status, pathname === "/user" ? state.user : state.emails);
    }
  });
  const endpoints = {
    authorize: `${url}/login/oauth/authorize`,
    token: `${url}/login/oauth/access_token`,
    user: `${url}/user`,
    emails: `${url}/user/emails`,
  };
  const world = await providerWorld({ github: { ...client, endpoints } });
  return { state, world, url };
}

const code = ({ text }: { readonly text: string }): unknown => (JSON.parse(text) as { code: unknown }).code;

test("GitHub's API is asked who has come, and the primary verified address counts", async () => {
  const { state, world, url } = await gitHub();
  expect((await world.get("/api/auth/providers")).text).toBe('[{"name":"github","title":"GitHub"}]');
  const answer = await signInWith(world, "github");
  expect([answer.status, answer.headers["location"]]).toEqual([302, "https://app.example/"]);
  expect(state.asked).toEqual([
    "/user Bearer gho_token application/vnd.github+json",
    "/user/emails Bearer gho_token application/vnd.github+json",
  ]);
  expect(await world.accounts.rows("SELECT email, name FROM people")).toEqual([["ada@example.com", "Ada"]]);
  expect(await world.accounts.rows("SELECT provider, subject FROM _servery_identities")).toEqual([
    ["github", "583231"],
  ]);
  // By its number the same user, whatever else has changed.
  state.user = JSON.stringify({ id: 583_231, login: "ada-lovelace" });
  state.emails = "[]";
  state.issuer = `${url}/login/oauth`;
  expect((await signInWith(world, "github")).status).toBe(302);
  expect(await world.accounts.rows("SELECT person FROM sessions")).toEqual([[1], [1]]);
  state.issuer = "https://evil.example";
  expect(code(await signInWith(world, "github"))).toBe("provider_refused");
});

const addresses: readonly (readonly [string, unknown])[] = [
  [
    "an unverified primary address beside a verified one",
    [
      { email: "a@b.example", primary: true, verified: false },
      { email: "ada@example.com", primary: false, verified: true },
    ],
  ],
  ['the text "true"', [{ email: "ada@example.com", primary: true, verified: "true" }]],
  ["no primary address", [{ email: "ada@example.com", verified: true }]],
  ["no address", []],
  ["what is no list", { message: "Not Found" }],
  ["what is no address", [null, 7, { email: 7, primary: true, verified: true }]],
];

test.each(addresses)("%s leads to no account", async (_what, emails) => {
  const { state, world } = await gitHub();
  state.emails = JSON.stringify(emails);
  await world.accounts.add("ada@example.com", { verified: true });
  const answer = await signInWith(world, "github");
  expect([answer.status, code(answer)]).toEqual([403, "unverified_address"]);
  expect(await world.accounts.rows("SELECT 1 FROM sessions")).toEqual([]);
});

test.each(["{}", '{"id":"7"}', '{"id":null}', '{"id":1.5}', '{"id":0}', "null", "[]"].map((user) => [user]))(
  "a user like %s is refused, unless it has an id",
  async (user) => {
    const { state, world } = await gitHub();
    state.user = user;
    const answer = await signInWith(world, "github");
    expect([user, answer.status]).toEqual([user, user === '{"id":"7"}' ? 302 : 401]);
  },
);

test("an API that is down, or answers no JSON, is not available", async () => {
  const { state, world } = await gitHub();
  state.status = 502;
  expect(code(await signInWith(world, "github"))).toBe("provider_unavailable");
  state.status = 200;
  state.user = "<h1>unicorn</h1>";
  expect(code(await signInWith(world, "github"))).toBe("provider_unavailable");
  expect(world.faults.map(String)).toEqual([
    "ProviderFault: provider github: answer: status 502",
    "ProviderFault: provider github: answer: no JSON",
  ]);
});

test("an error that comes with 200, as GitHub sends it, is a refusal", async () => {
  const { state, world } = await gitHub();
  state.token = { error: "bad_verification_code" };
  const answer = await signInWith(world, "github");
  expect([answer.status, code(answer), answer.cookies]).toEqual([401, "provider_refused", []]);
  expect(String(world.faults[0])).toContain("access_token");
});
