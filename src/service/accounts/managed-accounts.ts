import { ADMINISTRATOR } from "../../auth/account.ts";
import type { Principal } from "../../auth/principal.ts";
import { requireSession } from "../../auth/require-session.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountList, ListedAccount } from "../../repository/account-list.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { SessionRepository } from "../../repository/session-repository.ts";
import type { ManageAccountCommand } from "../../validation/command.ts";
import type { AccountListCommand, EndSessionsCommand } from "../../validation/parse-account-list.ts";
import type { AccountRoles } from "./account-administration.ts";

interface ManagedAccountsParts {
  readonly accounts: AccountRepository;
  readonly list: AccountList;
  readonly sessions: Pick<SessionRepository, "endAll">;
  /** Told when something about accounts has changed. */
  readonly changed: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What administrators may do about the accounts of others. */
export class ManagedAccounts {
  readonly #parts: ManagedAccountsParts;

  constructor(parts: ManagedAccountsParts) {
    this.#parts = parts;
  }

  /** What is kept of accounts beside their rows. Whoever may look after accounts is let in by the route. */
  list(command: AccountListCommand): Promise<readonly ListedAccount[]> {
    return this.#parts.list.of(command, new Date(this.#parts.now()).toISOString());
  }

  /** Signs an account out everywhere. Its API keys stay: they are no session. */
  async endSessions(principal: Principal, { table, key }: EndSessionsCommand): Promise<void> {
    const { accounts, sessions, changed, now } = this.#parts;
    requireAdministrator(principal);
    if ((await accounts.get({ table, key })) === undefined)
      throw new Problem("not_found", `There is no such account in ${table.path}.`);
    await sessions.endAll({ table: table.name, key }, new Date(now()).toISOString());
    changed();
  }

  /** Changes roles, and whether an account may sign in; both hold for tokens that are out already. */
  async change(
    principal: Principal,
    { table, key, roles, disabled }: ManageAccountCommand,
  ): Promise<AccountRoles & { readonly disabled: boolean }> {
    const { accounts, changed, now } = this.#parts;
    requireAdministrator(principal);
    const stored = table.key[0]?.kind.parse(key);
    if (stored === undefined || !(await accounts.exists(table, stored)))
      throw new Problem("not_found", `There is no such account in ${table.path}.`);
    const name = { table, key: String(stored) };
    const at = new Date(now()).toISOString();
    await accounts.ensure(name, at);
    if (roles !== undefined) await accounts.change(name, { set: "roles", roles }, at);
    if (disabled !== undefined) await accounts.change(name, { set: "disabled", at: disabled ? at : null }, at);
    changed();
    const account = await accounts.get(name);
    if (account === undefined) throw new Problem("not_found", `There is no such account in ${table.path}.`);
    return { table: table.path, key: name.key, roles: account.roles, disabled: account.disabledAt !== null };
  }
}

/** An API key must not be able to open other accounts. */
function requireAdministrator(principal: Principal): void {
  const own = requireSession(principal.kind === "account" ? principal.account : undefined);
  if (!own.roles.includes(ADMINISTRATOR)) throw new Problem("forbidden", "Only administrators change accounts.");
}
