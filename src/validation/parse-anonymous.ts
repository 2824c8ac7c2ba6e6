import { checkPassword } from "../auth/password-text.ts";
import type { AccountsTable } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import { BodyMembers, sessionForm, type SessionForm } from "./body-members.ts";
import type { BodyValidator } from "./body-validator.ts";
import type { Checked } from "./command.ts";

/** An account without a name. */
export interface BeginAnonymousCommand extends Checked {
  readonly table: AccountsTable;
  readonly form: SessionForm;
}

/** What an anonymous account wants to become. */
export interface PromoteCommand extends Checked {
  readonly identifier: string;
  readonly password: string;
}

/** Code points of an identifier, before its column is asked. */
const IDENTIFIER_CHARACTERS = 1_000;

/** `tables` are those that have anonymous accounts: the first is meant unless the body names another. */
export function parseAnonymous(body: Json | undefined, tables: readonly AccountsTable[]): BeginAnonymousCommand {
  const members = new BodyMembers(body ?? {}, ["session", "accounts"]);
  const form = sessionForm(members);
  const named = members.value("accounts") ?? tables[0]?.path;
  const paths = tables.map(({ path }) => path);
  const table =
    tables.find(({ path }) => path === named) ??
    members.refuse("accounts", `Accounts is one of ${paths.join(", ")}.`, tables[0]);
  members.end();
  return { table, form } as unknown as BeginAnonymousCommand;
}

export function parsePromotion(body: Json | undefined, table: AccountsTable, bodies: BodyValidator): PromoteCommand {
  const { name, kind } = table.accounts.identifier;
  const members = new BodyMembers(body, [name, "password"]);
  const sent = members.text(name, { most: IDENTIFIER_CHARACTERS });
  members.end();
  bodies.check(table, { [name]: sent }, { use: "update" });
  const identifier = String(kind.store(sent));
  const password = checkPassword(members.value("password"), "/password", { email: identifier });
  return { identifier, password } as unknown as PromoteCommand;
}
