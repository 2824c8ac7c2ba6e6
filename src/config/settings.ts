import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";

/** How the engine runs: development is a command, never the absence of a variable. */
export type Mode = "dev" | "start";

/** Everything that can be configured, with its value decided. */
export interface Settings {
  readonly port: number;
  /** Whether somebody named the port: then a taken one ends the start. */
  readonly portNamed: boolean;
  readonly host: string;
  /** `sqlite:PATH`. */
  readonly database: string;
  readonly sqliteDriver: "auto" | "better-sqlite3" | "node-sqlite";
  readonly secret: string | undefined;
  readonly origins: readonly string[];
  readonly docs: boolean;
  readonly queryTimeoutMs: number;
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
const database: SettingSpec<string> = {
  key: "database",
  variable: "DATABASE_URL",
  help: "Where the rows are: sqlite:PATH. Without it .servery/data.db beside the declaration.",
  fallback: () => "",
  read: (text) => (/^sqlite:.+/.test(text) ? text : undefined),
  expects: "sqlite:PATH, for example sqlite:./data.db",
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
  help: "Signs cursors. Without it the database keeps one of its own.",
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
const queryTimeoutMs: SettingSpec<number> = {
  key: "queryTimeoutMs",
  variable: "SERVERY_QUERY_TIMEOUT_MS",
  help: "Milliseconds after which a slow query is ended.",
  fallback: () => 10_000,
  read: wholeNumber(100, LONGEST_TIMEOUT_MS),
  expects: `a number from 100 to ${LONGEST_TIMEOUT_MS}`,
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
  queryTimeoutMs,
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
  readonly queryTimeoutMs?: number;
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
  const portValue = valueOf(port, sources);
  return {
    port: portValue.value,
    portNamed: portValue.named,
    host: valueOf(host, sources).value,
    database: valueOf(database, sources).value,
    sqliteDriver: valueOf(sqliteDriver, sources).value,
    secret: valueOf(secret, sources).value,
    origins: valueOf(origins, sources).value,
    docs: valueOf(docs, sources).value,
    queryTimeoutMs: valueOf(queryTimeoutMs, sources).value,
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
