import { expect, test } from "vitest";
import { type AccountKey, type KnownOfIdentity, linkIdentity } from "#servery/auth/providers/link-identity.js";
import { returnTarget } from "#servery/auth/providers/return-target.js";
import { client, openIdServer, providerWorld } from "./provider-world.ts";

const targets = {
  publicUrl: "https://app.example",
  allows: (origin: string) => origin === "https://www.friend.example",
};

test.each([
  ["/", "https://app.example/"],
  ["/welcome?a=1&b=%2Fc#here", "https://app.example/welcome?a=1&b=%2Fc#here"],
  ["/a//b", "https://app.example/a//b"],
  ["/%E2%82%AC", "https://app.example/%E2%82%AC"],
  ["/?next=//evil.example", "https://app.example/?next=//evil.example"],
  ["https://app.example/x", "https://app.example/x"],
  ["https://www.friend.example", "https://www.friend.example/"],
  ["HTTPS://WWW.friend.example:443/x?y", "https://www.friend.example/x?y"],
])("%s is a place to return to", (text, target) => {
  expect(returnTarget(text, targets)).toBe(target);
});

const hostile = [
  "",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/./\\evil.example",
  "/%2fevil.example",
  "/%2Fevil.example",
  "%2f%2fevil.example",
  "/%5cevil.example",
  "/%252fevil.example",
  "/x%0d%0aset-cookie:a=b",
  "/x%250aset-cookie:a=b",
  "/x\r\nset-cookie: a=b",
  "/%00",
  "https:evil.example",
  "https:/evil.example",
  "https:///evil.example",
  "https:\\\\evil.example",
  "https://evil.example",
  "http://evil.example/https://app.example",
  "https://app.example.evil.example",
  "https://app.example@evil.example",
  "https://evil.example#@app.example",
  "https://evil.example?app.example",
  "https://evil.example\\@app.example",
  "https://user:password@app.example",
  "https://app.example:444",
  "http://app.example",
  "http://www.friend.example",
  "https://friend.example",
  "https://app.example//evil.example",
  "https://app。example",
  "/\u2028x",
  "/é",
  "javascript:alert(1)",
  "JaVaScRiPt://app.example/%0aalert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "//app.example",
  "evil.example",
  "welcome",
  "?x",
  "#x",
  "..",
  `/${"a".repeat(2_000)}`,
];

test.each(hostile.map((text) => [text]))("%j is none", (text) => {
  expect(returnTarget(text, targets)).toBeUndefined();
});

test("a place that is none is a 400 before the provider hears of it", async () => {
  const { issuer } = await openIdServer();
  const world = await providerWorld({ acme: { ...client, issuer } }, { origins: ["https://www.friend.example"] });
  const answers = await Promise.all(
    hostile
      .filter((text) => !text.includes("\0"))
      .map((text) => world.get(`/api/auth/with/acme?return_to=${encodeURIComponent(text)}`)),
  );
  for (const { status, cookies, headers } of answers)
    expect([status, cookies, headers["location"]]).toEqual([400, [], undefined]);
  for (const query of ["?return_to=/&return_to=//evil.example", "?next=/", "?return_to=%", "?return_to=%00"])
    expect([query, (await world.get(`/api/auth/with/acme${query}`)).status]).toEqual([query, 400]);
  const friend = await world.get("/api/auth/with/acme?return_to=https://www.friend.example/x");
  expect(friend.status).toBe(302);
});

const ada: AccountKey = { table: "people", key: 1 };
const bob: AccountKey = { table: "people", key: 2 };
const verified = { email: "ada@example.com", emailVerified: true };
const nothing: KnownOfIdentity = { identity: verified, linked: undefined, holder: undefined, caller: undefined };

test.each<[string, Partial<KnownOfIdentity>, ReturnType<typeof linkIdentity>]>([
  ["nobody's, with a verified address", {}, { is: "create" }],
  ["nobody's, without an address", { identity: { emailVerified: true } }, { is: "refuse", why: "unverified" }],
  [
    "nobody's, with an unverified address",
    { identity: { ...verified, emailVerified: false } },
    { is: "refuse", why: "unverified" },
  ],
  [
    "unverified, of an address that is held",
    { identity: { ...verified, emailVerified: false }, holder: { account: ada, verified: true } },
    { is: "refuse", why: "unverified" },
  ],
  ["linked", { linked: ada }, { is: "sign_in", account: ada }],
  [
    "linked, whatever the address says",
    { linked: ada, identity: { emailVerified: false }, holder: { account: bob, verified: true } },
    { is: "sign_in", account: ada },
  ],
  ["of a verified holder", { holder: { account: ada, verified: true } }, { is: "link", account: ada, signsIn: true }],
  ["of an unverified holder", { holder: { account: ada, verified: false } }, { is: "reclaim", account: ada }],
  ["a caller's own", { caller: ada, linked: { ...ada } }, { is: "sign_in", account: ada }],
  ["a caller's, linked to another", { caller: ada, linked: bob }, { is: "refuse", why: "taken" }],
  [
    "a caller's, linked to an equal key of another table",
    { caller: ada, linked: { table: "admins", key: 1 } },
    { is: "refuse", why: "taken" },
  ],
  [
    "a caller's, linked to the text of its number",
    { caller: ada, linked: { table: "people", key: "1" } },
    { is: "sign_in", account: { table: "people", key: "1" } },
  ],
  [
    "a caller's, new and unverified",
    { caller: ada, identity: { emailVerified: false } },
    { is: "link", account: ada, signsIn: false },
  ],
  [
    "a caller's, of an address that another holds",
    { caller: ada, holder: { account: bob, verified: true } },
    { is: "link", account: ada, signsIn: false },
  ],
])("an identity that is %s", (_what, known, decision) => {
  expect(linkIdentity({ ...nothing, ...known })).toEqual(decision);
});
