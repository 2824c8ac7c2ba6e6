import { decideSettings, type SettingKey, type SettingSources, settingSpecs } from "./settings.ts";

/** Values that open something: of these is told only whether they are set. */
const SECRETS: readonly SettingKey[] = ["secret", "mailUrl", "metricsToken"];

/** A URL may say how one signs in where it leads (RFC 3986 §3.2.1): name and password end at the last @ of the host. */
const SIGN_IN_OF_URL = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** A setting as whoever runs the application may see it. */
export interface ShownSetting {
  readonly name: string;
  /** The environment variable. */
  readonly variable: string;
  /** Null where it is not set. */
  readonly value: string | number | boolean | readonly string[] | null;
  /** What decided it. */
  readonly source: "environment" | "file" | "default";
  /** Whether `value` only says "set" or "not set". */
  readonly secret: boolean;
  readonly help: string;
}

/** Every setting as it is in force, without what is secret. */
export function shownSettings(sources: SettingSources): ShownSetting[] {
  const settings = decideSettings(sources);
  return settingSpecs.map(({ key, variable, help }) => {
    const secret = SECRETS.includes(key);
    const decided =
      key === "providers" ? settings.providers.map(({ name }) => name) : (settings[key] as ShownSetting["value"]);
    const value = secret ? (decided === undefined ? "not set" : "set") : (withoutSignIn(decided) ?? null);
    return { name: key, variable, value, source: sourceOf(sources, { key, variable }), secret, help };
  });
}

function withoutSignIn(value: ShownSetting["value"]): ShownSetting["value"] {
  return typeof value === "string" ? shownUrl(value) : value;
}

/** A URL without how one signs in there, for people. */
export function shownUrl(url: string): string {
  return url.replace(SIGN_IN_OF_URL, "$1…@");
}

function sourceOf(
  { environment, file }: SettingSources,
  { key, variable }: { readonly key: SettingKey; readonly variable: string },
): ShownSetting["source"] {
  // Each provider has variables of its own, called like it.
  const isGiven =
    key === "providers"
      ? Object.keys(environment).some((name) => /^SERVERY_PROVIDER_.+_CLIENT_ID$/.test(name))
      : (environment[variable] ?? "") !== "";
  if (isGiven) return "environment";
  return file[key] === undefined ? "default" : "file";
}
