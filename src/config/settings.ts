import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { senderOf } from "../schema/mail-address.ts";
import { mailServerOf } from "./mail-url.ts";
import { publicOriginOf } from "./public-origin.ts";
import { decideProviders, type ProviderConfig, type ProviderSettings } from "./provider-settings.ts";

/** How the engine runs: development is a command, never the absence of a variable. */
export type Mode = "dev" | "start";

/** Everything that can be configured, with its value decided. */
export interface Settings {
  readonly port: number;
  /** Whether somebody named the port: then a taken one ends the start. */
  readonly portNamed: boolean;
  readonly host: string;
  /** `sqlite:PATH` or `postgres://…`. */
  readonly database: string;
  readonly sqliteDriver: "auto" | "better-sqlite3" | "node-sqlite";
  readonly secret: string | undefined;
  readonly origins: readonly string[];
  readonly docs: boolean;
  readonly console: boolean;
  readonly queryTimeoutMs: number;
  /** Where browsers reach the application: an http or https origin. */
  readonly url: string | undefined;
  /** `smtp://` or `smtps://`, with a password. */
  readonly mailUrl: string | undefined;
  /** An address, or a name with an address in angle brackets. */
  readonly mailFrom: string | undefined;
  readonly providers: readonly ProviderSettings[];
  readonly tokenAlgorithm: "EdDSA" | "ES256" | "HS256";
  readonly trustProxy: number;
  /** Of how many requests one is followed; 0 is none. */
  readonly followEvery: number;
  readonly metricsToken: string | undefined;
  /** Of how many requests one is logged; 0 is none. */
  readonly logEvery: number;
  readonly logSlowMs: number;
  /** Without the path of the traces. */
  readonly otlpUrl: string | undefined;
}

/** The name of a setting in `servery.config.ts`. */
export type SettingKey = keyof ConfigFile;

/** One setting: its key in `servery.config.ts`, its variable, and how its text is read. */
interface SettingSpec<Value> {
  readonly key: SettingKey;
  readonly variable: string;
  readonly help: string;
  readonly fallback: (mode: Mode) => Value;
  /** The value of a text, or undefined when the text is none. */
  readonly read: (text: string) => Value | undefined;
  readonly expects: string;
}

const LONGEST_TIMEOUT_MS = 600_000;
const SHORTEST_SECRET = 32;

function wholeNumber(min: number, max: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined);
}

const port: SettingSpec<number> = {
  key: "port",
  variable: "PORT",
  help: "The port to listen on.",
  fallback: () => 5000,
  read: wholeNumber(0, 65_535),
  expects: "a number from 0 to 65535",
};
const host: SettingSpec<string> = {
  key: "host",
  variable: "HOST",
  help: "The address to listen on. dev: 127.0.0.1, start: 0.0.0.0.",
  fallback: (mode) => (mode === "dev" ? "127.0.0.1" : "0.0.0.0"),
  read: (text) => (/^[\w.:%-]{1,253}$/.test(text) ? text : undefined),
  expects: "a host name or an address",
};
/** The URL of a database server. */
export function isServerUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\/./.test(text) && URL.canParse(text);
}

const database: SettingSpec<string> = {
  key: "database",
  variable: "DATABASE_URL",
  help: "Where the rows are: sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE. Without it .servery/data.db beside the declaration.",
  fallback: () => "",
  read: (text) => (/^sqlite:.+/.test(text) || isServerUrl(text) ? text : undefined),
  expects: "sqlite:PATH, for example sqlite:./data.db, or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
};
const sqliteDriver: SettingSpec<Settings["sqliteDriver"]> = {
  key: "sqliteDriver",
  variable: "SERVERY_SQLITE_DRIVER",
  help: "Which SQLite binding to use: auto, better-sqlite3 or node-sqlite.",
  fallback: () => "auto",
  read: (text) => (text === "auto" || text === "better-sqlite3" || text === "node-sqlite" ? text : undefined),
  expects: "auto, better-sqlite3 or node-sqlite",
};
const secret: SettingSpec<string | undefined> = {
  key: "secret",
  variable: "SERVERY_SECRET",
  help: "Signs cursors and tokens. Without it the database keeps one of its own, which is refused by servery start where there are accounts.",
  fallback: () => undefined,
  read: (text) => (text.length >= SHORTEST_SECRET ? text : undefined),
  expects: `at least ${SHORTEST_SECRET} characters`,
};
const origins: SettingSpec<readonly string[]> = {
  key: "origins",
  variable: "SERVERY_ORIGINS",
  help: "Web pages that may call the API in production, divided by commas. dev allows every loopback origin.",
  fallback: () => [],
  read: (text) => {
    const list = text === "" ? [] : text.split(",").map((origin) => origin.trim());
    return list.every((origin) => /^https?:\/\/[^/\s*]+$/.test(origin)) ? list : undefined;
  },
  expects: "origins like https://app.example.com, divided by commas",
};
const docs: SettingSpec<boolean> = {
  key: "docs",
  variable: "SERVERY_DOCS",
  help: "Whether /docs and /openapi.json answer. dev: true, start: false.",
  fallback: (mode) => mode === "dev",
  read: (text) => (text === "true" ? true : text === "false" ? false : undefined),
  expects: "true or false",
};
const webConsole: SettingSpec<boolean> = {
  ...docs,
  key: "console",
  variable: "SERVERY_CONSOLE",
  help: "Whether /console answers. dev: true, start: false.",
};
const queryTimeoutMs: SettingSpec<number> = {
  key: "queryTimeoutMs",
  variable: "SERVERY_QUERY_TIMEOUT_MS",
  help: "Milliseconds after which a slow query is ended.",
  fallback: () => 10_000,
  read: wholeNumber(100, LONGEST_TIMEOUT_MS),
  expects: `a number from 100 to ${LONGEST_TIMEOUT_MS}`,
};
const url: SettingSpec<string | undefined> = {
  key: "url",
  variable: "SERVERY_URL",
  help: "Where browsers reach the application: links in mails begin with it. dev: the address it listens on.",
  fallback: () => undefined,
  read: publicOriginOf,
  expects: "an origin like https://shop.example.com",
};
const mailUrl: SettingSpec<string | undefined> = {
  key: "mailUrl",
  variable: "SERVERY_MAIL_URL",
  help: "The server that takes mails. Without it dev prints them, and start keeps them until there is one.",
  fallback: () => undefined,
  read: (text) => (mailServerOf(text) === undefined ? undefined : text),
  expects: "smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the first byte on",
};
const mailFrom: SettingSpec<string | undefined> = {
  key: "mailFrom",
  variable: "SERVERY_MAIL_FROM",
  help: "Who mails are from. Needed beside mailUrl.",
  fallback: () => undefined,
  read: (text) => (senderOf(text) === undefined ? undefined : text),
  expects: "an address like shop@example.com, or a name followed by it in angle brackets",
};
/** Read member by member, so it has no text of its own. */
const providers = {
  key: "providers",
  variable: "SERVERY_PROVIDER_NAME_CLIENT_ID",
  help: "Ways to sign in beside a password. NAME is GOOGLE, GITHUB or a name of yours; …_CLIENT_SECRET and …_ISSUER go with it.",
  expects: "the client id that the provider gave you",
} as const;

const tokenAlgorithm: SettingSpec<Settings["tokenAlgorithm"]> = {
  key: "tokenAlgorithm",
  variable: "SERVERY_TOKEN_ALGORITHM",
  help: "What new access tokens are signed by: EdDSA, ES256 or HS256.",
  fallback: () => "EdDSA",
  read: (text) => (text === "EdDSA" || text === "ES256" || text === "HS256" ? text : undefined),
  expects: "EdDSA, ES256 or HS256",
};
/** More proxies than this stand in front of nobody. */
const MOST_PROXIES = 20;
const followEvery: SettingSpec<number> = {
  key: "followEvery",
  variable: "SERVERY_FOLLOW_EVERY",
  help: "Of how many requests one is followed for the X-ray; 0 follows none. dev: 1, start: 0.",
  fallback: (mode) => (mode === "dev" ? 1 : 0),
  read: wholeNumber(0, 999_999),
  expects: "a number from 0 to 999999",
};
const metricsToken: SettingSpec<string | undefined> = {
  key: "metricsToken",
  variable: "SERVERY_METRICS_TOKEN",
  help: "What a scraper shows as a bearer token to read /metrics. Without it dev lets everybody read them, and start counts nothing.",
  fallback: () => undefined,
  read: (text) => (/^[\w.~+/-]{16,512}=*$/.test(text) ? text : undefined),
  expects: "16 to 512 letters, digits and -._~+/",
};
const logEvery: SettingSpec<number> = {
  key: "logEvery",
  variable: "SERVERY_LOG_EVERY",
  help: "Of how many requests start writes one to its log, beside those that failed or were slow; 0 is none but those.",
  fallback: () => 100,
  read: wholeNumber(0, 999_999),
  expects: "a number from 0 to 999999",
};
const logSlowMs: SettingSpec<number> = {
  key: "logSlowMs",
  variable: "SERVERY_LOG_SLOW_MS",
  help: "Milliseconds from which on a request is slow, and start writes it to its log.",
  fallback: () => 1_000,
  read: wholeNumber(0, LONGEST_TIMEOUT_MS),
  expects: `a number from 0 to ${LONGEST_TIMEOUT_MS}`,
};
const otlpUrl: SettingSpec<string | undefined> = {
  key: "otlpUrl",
  variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
  help: "Where traces of the requests that are followed are sent, by OTLP over HTTP: http://localhost:4318.",
  fallback: () => undefined,
  read: (text) => (/^https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/.test(text) ? text.replace(/\/$/, "") : undefined),
  expects: "a URL like http://localhost:4318",
};
const trustProxy: SettingSpec<number> = {
  key: "trustProxy",
  variable: "SERVERY_TRUST_PROXY",
  help: "How many proxies stand in front of the server, whose X-Forwarded-For is believed.",
  fallback: () => 0,
  read: wholeNumber(0, MOST_PROXIES),
  expects: `a number from 0 to ${MOST_PROXIES}`,
};

/** Every setting, in the order of the help text and the documentation. */
export const settingSpecs: readonly Pick<SettingSpec<unknown>, "key" | "variable" | "help" | "expects">[] = [
  port,
  host,
  database,
  sqliteDriver,
  secret,
  origins,
  docs,
  webConsole,
  queryTimeoutMs,
  url,
  mailUrl,
  mailFrom,
  providers,
  tokenAlgorithm,
  trustProxy,
  followEvery,
  metricsToken,
  logEvery,
  logSlowMs,
  otlpUrl,
];

/** The keys of every setting. */
export const settingKeys: readonly SettingKey[] = settingSpecs.map(({ key }) => key);

/** What `servery.config.ts` may export by default. */
export interface ConfigFile {
  readonly port?: number;
  readonly host?: string;
  readonly database?: string;
  readonly sqliteDriver?: Settings["sqliteDriver"];
  readonly secret?: string;
  readonly origins?: readonly string[];
  readonly docs?: boolean;
  readonly console?: boolean;
  readonly queryTimeoutMs?: number;
  readonly url?: string;
  readonly mailUrl?: string;
  readonly mailFrom?: string;
  readonly providers?: Readonly<Record<string, ProviderConfig>>;
  readonly tokenAlgorithm?: Settings["tokenAlgorithm"];
  readonly trustProxy?: number;
  readonly followEvery?: number;
  readonly metricsToken?: string;
  readonly logEvery?: number;
  readonly logSlowMs?: number;
  readonly otlpUrl?: string;
}

export interface SettingSources {
  readonly mode: Mode;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile;
}

/** Decides every setting: the environment before the file before the default. A wrong value ends the start and says which. */
export function decideSettings(sources: SettingSources): Settings {
  const keys: readonly string[] = settingKeys;
  for (const key of Object.keys(sources.file)) {
    if (!keys.includes(key))
      throw new DeclarationError(
        "servery.config",
        `there is no setting ${key}`,
        didYouMean(key, keys).trim() || `Write ${keys.join(", ")}`,
      );
  }
  const decidedProviders = decideProviders(sources.file.providers, sources.environment);
  const origin = valueOf(url, sources).value;
  if (decidedProviders.length > 0 && origin === undefined && sources.mode === "start")
    throw new DeclarationError(
      "url",
      "it is missing, and providers send people back to it",
      `Write ${url.expects} into servery.config or ${url.variable}`,
    );
  const portValue = valueOf(port, sources);
  const mail = { mailUrl: valueOf(mailUrl, sources).value, mailFrom: valueOf(mailFrom, sources).value };
  if (mail.mailUrl !== undefined && mail.mailFrom === undefined)
    throw new DeclarationError(mailFrom.variable, "mails need a sender", `Write ${mailFrom.expects}`);
  return {
    port: portValue.value,
    portNamed: portValue.named,
    host: valueOf(host, sources).value,
    database: valueOf(database, sources).value,
    sqliteDriver: valueOf(sqliteDriver, sources).value,
    secret: valueOf(secret, sources).value,
    origins: valueOf(origins, sources).value,
    docs: valueOf(docs, sources).value,
    console: valueOf(webConsole, sources).value,
    queryTimeoutMs: valueOf(queryTimeoutMs, sources).value,
    url: origin,
    ...mail,
    providers: decidedProviders,
    tokenAlgorithm: valueOf(tokenAlgorithm, sources).value,
    trustProxy: valueOf(trustProxy, sources).value,
    followEvery: valueOf(followEvery, sources).value,
    metricsToken: valueOf(metricsToken, sources).value,
    logEvery: valueOf(logEvery, sources).value,
    logSlowMs: valueOf(logSlowMs, sources).value,
    otlpUrl: valueOf(otlpUrl, sources).value,
  };
}

function valueOf<Value>(spec: SettingSpec<Value>, sources: SettingSources): { value: Value; named: boolean } {
  const variable = sources.environment[spec.variable];
  const inFile = (sources.file as Readonly<Record<string, unknown>>)[spec.key];
  if ((variable === undefined || variable === "") && inFile === undefined)
    return { value: spec.fallback(sources.mode), named: false };
  const fromVariable = variable !== undefined && variable !== "";
  const text = fromVariable ? variable : Array.isArray(inFile) ? inFile.join(",") : String(inFile);
  const value = spec.read(text);
  // The value itself is not repeated: it may be a secret.
  if (value === undefined)
    throw new DeclarationError(
      fromVariable ? spec.variable : `servery.config, ${spec.key}`,
      "the value is not one it takes",
      `Write ${spec.expects}`,
    );
  return { value, named: true };
}
