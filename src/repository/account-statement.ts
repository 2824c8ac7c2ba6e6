import type { WriteStep } from "../database/database.ts";
import { insertAccount } from "../database/sql/accounts.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { insertFirstAccount } from "../database/sql/first-administrator.ts";

/** What keeps a new account: any, or the first administrator's, which is refused where there is one by then. */
export function accountStatement(
  { first }: { readonly first?: true },
  dialect: SqlDialect,
): Pick<WriteStep, "sql" | "expect"> {
  if (first !== true) return { sql: insertAccount };
  return { sql: insertFirstAccount(dialect), expect: [{ is: "some", otherwise: { code: "first_run_over" } }] };
}
