import type { PrincipalSource } from "../../auth/authentication.ts";
import { knowsEverything, type Principal } from "../../auth/principal.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import { accountsTables, type SchemaModel } from "../../schema/model.ts";

interface ImpersonationParts {
  readonly schema: SchemaModel;
  readonly principals: PrincipalSource;
  readonly accounts: Pick<AccountRepository, "exists" | "get">;
}

/**
 * Lets an administrator ask as somebody else: with that account's rows and rules, and with no more. What it writes is
 * kept as the administrator's own doing.
 */
export class Impersonation {
  readonly #parts: ImpersonationParts;

  constructor(parts: ImpersonationParts) {
    this.#parts = parts;
  }

  /**
   * The account that `name` (`users/5`) names, as the administrator stands in for it. Throws a 401 or 403 to whoever is
   * none, or came by an API key, and a 400 where no account has that name: the account is no secret to who may ask.
   */
  async standIn(by: Principal, name: string): Promise<Principal> {
    requireAdministratorsSession(by);
    const { schema, principals, accounts } = this.#parts;
    const slash = name.indexOf("/");
    const table = accountsTables(schema).find(({ path }) => path === name.slice(0, Math.max(slash, 0)));
    const text = name.slice(slash + 1);
    const key = table?.key[0]?.kind.parse(text);
    // Only the one spelling that answers use is a key.
    if (table === undefined || key === undefined || String(key) !== text)
      throw unnamed(accountsTables(schema).map(({ path }) => path));
    const stored = await accounts.get({ table, key: text });
    if (!(await accounts.exists(table, key))) throw cannot(`There is no account ${name}.`);
    if (typeof stored?.disabledAt === "string") throw cannot(`The account ${name} is disabled: it can do nothing.`);
    const { table: ofTable, key: ofKey } = by.account;
    return principals.account({
      table: table.name,
      key,
      roles: stored?.roles ?? [],
      session: undefined,
      by: { table: ofTable, key: ofKey },
    });
  }
}

function requireAdministratorsSession(
  principal: Principal,
): asserts principal is Extract<Principal, { readonly kind: "account" }> {
  if (principal.kind !== "account")
    throw new Problem("sign_in_required", "Sign in as an administrator to act as somebody else.", {
      headers: { "www-authenticate": "Bearer" },
    });
  if (!knowsEverything(principal))
    throw new Problem("forbidden", "Only administrators act as somebody else: leave X-Servery-As out.");
  if (principal.account.session === undefined)
    throw new Problem("forbidden", "This needs an administrator who has signed in: an API key cannot do it.");
}

function unnamed(paths: readonly string[]): Problem {
  const [first = "users"] = paths;
  return cannot(`X-Servery-As is a table of accounts and a key, like ${first}/5; the tables are ${paths.join(", ")}.`);
}

function cannot(detail: string): Problem {
  return new Problem("cannot_act_as", detail);
}
