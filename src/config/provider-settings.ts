import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";

/** Where a provider that speaks plain OAuth 2 answers: for a GitHub of one's own. */
export interface ProviderEndpoints {
  readonly authorize: string;
  readonly token: string;
  readonly user: string;
  readonly emails: string;
}

/** One provider as `servery.config.ts` may write it. */
export interface ProviderConfig {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The issuer of an OpenID provider, or the URL of its discovery document. */
  readonly issuer?: string;
  /** What people read on the button. */
  readonly title?: string;
  readonly scopes?: readonly string[];
  /** Only for `github`. */
  readonly endpoints?: ProviderEndpoints;
}

/** A provider with everything decided: an issuer for OpenID Connect, endpoints for GitHub's OAuth 2. */
export type ProviderSettings = {
  readonly name: string;
  readonly title: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
} & ({ readonly issuer: string } | { readonly endpoints: ProviderEndpoints });

/** Names stand in paths, cookies and variables. */
const NAME = /^[a-z][a-z0-9_]{0,29}$/;
const VARIABLE = /^SERVERY_PROVIDER_([A-Z][A-Z0-9_]*)_(CLIENT_ID|CLIENT_SECRET|ISSUER)$/;
const PREFIX = "SERVERY_PROVIDER_";
const DISCOVERY = "/.well-known/openid-configuration";
/** What may be sent without TLS: to this machine alone. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;
const LONGEST_VALUE = 2_000;

const members = ["clientId", "clientSecret", "issuer", "title", "scopes", "endpoints"] as const;
const ofVariable = { CLIENT_ID: "clientId", CLIENT_SECRET: "clientSecret", ISSUER: "issuer" } as const;

const GOOGLE_ISSUER = "https://accounts.google.com";
const GITHUB: ProviderEndpoints = {
  authorize: "https://github.com/login/oauth/authorize",
  token: "https://github.com/login/oauth/access_token",
  user: "https://api.github.com/user",
  emails: "https://api.github.com/user/emails",
};
const TITLES: Readonly<Record<string, string>> = { google: "Google", github: "GitHub" };

/**
 * The providers of the file and of the environment, which wins member by member. A wrong or a missing value, and a
 * variable that begins like these and is none, end the start. No message repeats a value: it may be the secret.
 */
export function decideProviders(
  file: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): readonly ProviderSettings[] {
  const given = new Map<string, ProviderConfig>();
  for (const [name, config] of Object.entries(recordOf(file, "servery.config, providers")))
    given.set(checkedName(name, "servery.config, providers"), checkedConfig(name, config));
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || value === undefined || value === "") continue;
    const { name, member } = ofName(variable);
    given.set(name, { ...given.get(name), [member]: value });
  }
  return [...given].map(([name, config]) => decided(name, config));
}

function ofName(variable: string): { readonly name: string; readonly member: keyof ProviderConfig } {
  const [, name, end] = VARIABLE.exec(variable) ?? [];
  if (name === undefined)
    throw new DeclarationError(
      variable,
      "a provider has no such variable",
      "Write SERVERY_PROVIDER_NAME_CLIENT_ID, …_CLIENT_SECRET or …_ISSUER",
    );
  return { name: checkedName(name.toLowerCase(), variable), member: ofVariable[end as keyof typeof ofVariable] };
}

function checkedName(name: string, place: string): string {
  if (NAME.test(name)) return name;
  throw new DeclarationError(
    place,
    `${JSON.stringify(name)} cannot name a provider`,
    "Write up to 30 small letters, digits and underscores, a letter first",
  );
}

function checkedConfig(name: string, config: unknown): ProviderConfig {
  const place = `servery.config, providers.${name}`;
  for (const key of Object.keys(recordOf(config, place)))
    if (!members.some((member) => member === key))
      throw new DeclarationError(
        place,
        `there is no ${key}`,
        didYouMean(key, members).trim() || `Write ${members.join(", ")}`,
      );
  return config as ProviderConfig;
}

function decided(name: string, config: ProviderConfig): ProviderSettings {
  const place = `providers.${name}`;
  const own = {
    name,
    title: text(config.title ?? TITLES[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`, `${place}.title`),
    clientId: text(config.clientId, `${place}.clientId`),
    clientSecret: text(config.clientSecret, `${place}.clientSecret`),
  };
  if (name === "github") {
    if (config.issuer !== undefined)
      throw new DeclarationError(`${place}.issuer`, "GitHub has no issuer", "Write endpoints for a GitHub of your own");
    const endpoints = endpointsOf(config.endpoints, `${place}.endpoints`);
    return { ...own, endpoints, scopes: scopes(config.scopes ?? ["read:user", "user:email"], place) };
  }
  if (config.endpoints !== undefined)
    throw new DeclarationError(`${place}.endpoints`, "only github takes them", "Write the issuer");
  const issuer = config.issuer ?? (name === "google" ? GOOGLE_ISSUER : undefined);
  if (issuer === undefined)
    throw new DeclarationError(
      `${place}.issuer`,
      "it is missing, and only google and github are known by their name",
      "Write the URL of the OpenID provider",
    );
  const asked = scopes(config.scopes ?? ["openid", "email", "profile"], place);
  if (!asked.includes("openid"))
    throw new DeclarationError(`${place}.scopes`, "openid is missing", "An OpenID provider is asked for it");
  return { ...own, issuer: issuerOf(issuer, `${place}.issuer`), scopes: asked };
}

/** The issuer itself: whoever gives the URL of the discovery document means the issuer in front of it. */
function issuerOf(value: unknown, place: string): string {
  const url = address(value, place);
  return url.endsWith(DISCOVERY) ? url.slice(0, -DISCOVERY.length) : url;
}

function endpointsOf(value: unknown, place: string): ProviderEndpoints {
  if (value === undefined) return GITHUB;
  const given = recordOf(value, place);
  const [authorize, token, user, emails] = (["authorize", "token", "user", "emails"] as const).map((name) =>
    address(given[name], `${place}.${name}`),
  ) as [string, string, string, string];
  return { authorize, token, user, emails };
}

/** A URL over TLS, or on this machine. */
function address(value: unknown, place: string): string {
  const written = text(value, place);
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname));
  if (url !== undefined && safe && url.username === "" && url.search === "" && url.hash === "") return written;
  throw new DeclarationError(place, "the value is not one it takes", "Write an https URL without a query");
}

function scopes(value: unknown, place: string): readonly string[] {
  // RFC 6749 §3.3.
  if (Array.isArray(value) && value.every((scope) => typeof scope === "string" && /^[!#-[\]-~]{1,200}$/.test(scope)))
    return value as string[];
  throw new DeclarationError(`${place}.scopes`, "the value is not one it takes", "Write a list of scopes");
}

function text(value: unknown, place: string): string {
  if (typeof value === "string" && value !== "" && value.length <= LONGEST_VALUE && !/[\0-\x1f\x7f]/.test(value))
    return value;
  throw new DeclarationError(
    place,
    value === undefined ? "it is missing" : "the value is not one it takes",
    "Write a text that the provider gave you",
  );
}

function recordOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new DeclarationError(place, "the value is not one it takes", "Write an object");
}
