import { API_KEY_DAYS, LABEL_CHARACTERS } from "../auth/limits.ts";
import { readScopes, scopeText } from "../auth/scopes.ts";
import type { Json } from "../schema/stored.ts";
import { BodyMembers } from "./body-members.ts";
import type { Checked } from "./command.ts";

/** Days for which a key is good that does not say. */
const DEFAULT_DAYS = 90;

/** An API key that somebody asks for. */
export interface CreateKeyCommand extends Checked {
  readonly label: string;
  /** As they are written; whether there are such tables is yet to be asked. */
  readonly scopes: readonly string[];
  readonly days: number;
}

export function parseKeyCreation(body: Json | undefined): CreateKeyCommand {
  const members = new BodyMembers(body, ["label", "scopes", "expires_in_days"]);
  const label = members.text("label", { most: LABEL_CHARACTERS });
  // No key is good for ever: the one that nobody remembers is the one that leaks.
  const days = members.wholeNumber("expires_in_days", { least: 1, most: API_KEY_DAYS, fallback: DEFAULT_DAYS });
  members.end();
  const scopes = readScopes(members.value("scopes"), { pointer: "/scopes" }).map(scopeText);
  return { label, days, scopes } as unknown as CreateKeyCommand;
}
