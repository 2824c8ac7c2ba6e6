import type { Account } from "../../auth/account.ts";
import { Problem } from "../../errors/problem.ts";

/** Names an account: its table, and the key of its row. */
export type AccountName = Pick<Account, "table" | "key">;

/** What passkeys and API keys ask of accounts. */
export interface AccountDirectory {
  /** The number of an account, which no other account ever has; undefined where there is none. */
  numberOf(account: AccountName): Promise<number | undefined>;
  /** The account as it may act now, without a session; undefined where it is gone or disabled. */
  byNumber(number: number): Promise<Account | undefined>;
  /** What its person signs in with; undefined for an account that has nothing yet. */
  identifierOf(account: AccountName): Promise<string | undefined>;
}

/** The number of whoever asks. An account may go while its own request is under way. */
export function requireNumber(number: number | undefined): number {
  if (number !== undefined) return number;
  throw new Problem("sign_in_required", "This account is not there any more.", {
    headers: { "www-authenticate": "Bearer" },
  });
}
