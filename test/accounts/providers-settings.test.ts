import { expect, test } from "vitest";
import { decideProviders } from "#servery/config/provider-settings.js";
import { decideSettings } from "#servery/config/settings.js";

const client = { clientId: "id", clientSecret: "a-secret" };
const environment = {};

test("Google and GitHub are known by their names", () => {
  expect(decideProviders({ google: client, github: client }, environment)).toEqual([
    {
      name: "google",
      title: "Google",
      ...client,
      issuer: "https://accounts.google.com",
      scopes: ["openid", "email", "profile"],
    },
    {
      name: "github",
      title: "GitHub",
      ...client,
      endpoints: {
        authorize: "https://github.com/login/oauth/authorize",
        token: "https://github.com/login/oauth/access_token",
        user: "https://api.github.com/user",
        emails: "https://api.github.com/user/emails",
      },
      scopes: ["read:user", "user:email"],
    },
  ]);
});

test("a variable wins over the file, and may bring a provider of its own", () => {
  const decided = decideProviders(
    { google: client },
    {
      SERVERY_PROVIDER_GOOGLE_CLIENT_SECRET: "another",
      SERVERY_PROVIDER_MY_COMPANY_CLIENT_ID: "theirs",
      SERVERY_PROVIDER_MY_COMPANY_CLIENT_SECRET: "secret",
      SERVERY_PROVIDER_MY_COMPANY_ISSUER: "https://id.example.com/realms/all/.well-known/openid-configuration",
      SERVERY_PROVIDER_GITHUB_CLIENT_ID: "",
    },
  );
  expect(decided).toMatchObject([
    { name: "google", clientId: "id", clientSecret: "another" },
    { name: "my_company", title: "My_company", clientId: "theirs", issuer: "https://id.example.com/realms/all" },
  ]);
});

const wrong: readonly (readonly [what: string, file: unknown, environment: Record<string, string>, place: string])[] = [
  ["no object", "google", {}, "providers"],
  ["a list", [], {}, "providers"],
  ["a name with a dash", { "my-company": client }, {}, "providers"],
  ["a name of a prototype", { __proto__x: client }, {}, "providers"],
  ["an unknown member", { google: { ...client, clientid: "x" } }, {}, "clientId"],
  ["a missing secret", { google: { clientId: "id" } }, {}, "providers.google.clientSecret"],
  ["a missing id", { google: { clientSecret: "s" } }, {}, "providers.google.clientId"],
  ["a secret that is no text", { google: { ...client, clientSecret: 7 } }, {}, "providers.google.clientSecret"],
  ["a secret of two lines", { google: { ...client, clientSecret: "a\nb" } }, {}, "providers.google.clientSecret"],
  ["a missing issuer", { acme: client }, {}, "providers.acme.issuer"],
  ["an issuer in the clear", { acme: { ...client, issuer: "http://id.example.com" } }, {}, "providers.acme.issuer"],
  [
    "an issuer that only begins like loopback",
    { acme: { ...client, issuer: "http://127.0.0.1.evil.example" } },
    {},
    "x",
  ],
  [
    "an issuer with a query",
    { acme: { ...client, issuer: "https://id.example.com?x=1" } },
    {},
    "providers.acme.issuer",
  ],
  [
    "an issuer with a password",
    { acme: { ...client, issuer: "https://a@id.example.com" } },
    {},
    "providers.acme.issuer",
  ],
  ["an issuer for GitHub", { github: { ...client, issuer: "https://github.com" } }, {}, "providers.github.issuer"],
  ["endpoints for Google", { google: { ...client, endpoints: {} } }, {}, "providers.google.endpoints"],
  ["half of the endpoints", { github: { ...client, endpoints: { token: "https://x.example/t" } } }, {}, "authorize"],
  ["scopes without openid", { google: { ...client, scopes: ["email"] } }, {}, "providers.google.scopes"],
  ["a scope with a space", { google: { ...client, scopes: ["openid email"] } }, {}, "providers.google.scopes"],
  ["a variable that is none", {}, { SERVERY_PROVIDER_GOOGLE_SECRET: "s" }, "SERVERY_PROVIDER_GOOGLE_SECRET"],
];

test.each(wrong)("%s ends the start", (...[, file, variables, place]) => {
  const message = (): string => {
    try {
      return `decided ${JSON.stringify(decideProviders(file, variables))}`;
    } catch (error) {
      return error instanceof Error && error.name === "DeclarationError" ? error.message : `threw ${String(error)}`;
    }
  };
  expect(message()).toContain(place === "x" ? "providers.acme.issuer" : place);
  expect(message()).not.toMatch(/^(?:decided|threw)/);
  expect(message()).not.toContain("a-secret");
});

test("production wants the public URL with providers, and only its origin counts", () => {
  const file = { providers: { google: client } };
  expect(() => decideSettings({ mode: "start", environment, file })).toThrow("url");
  expect(decideSettings({ mode: "dev", environment, file })).toMatchObject({ url: undefined });
  const decided = decideSettings({ mode: "start", environment: { SERVERY_URL: "https://A.example/" }, file });
  expect(decided).toMatchObject({ url: "https://a.example", providers: [{ name: "google" }] });
  for (const publicUrl of ["a.example", "https://a.example/app", "javascript:alert(1)", "https://a@b.example"])
    expect(() => decideSettings({ mode: "dev", environment, file: { url: publicUrl } }), publicUrl).toThrow("url");
});
