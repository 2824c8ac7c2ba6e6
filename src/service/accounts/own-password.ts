import type { Passwords } from "../../auth/passwords.ts";
import type { SignInThrottle } from "../../auth/sign-in-throttle.ts";
import { Problem } from "../../errors/problem.ts";
import type { StoredAccount } from "../../repository/account-repository.ts";
import type { Client } from "./sessions.ts";

/** The current password, from somebody who is signed in. */
export interface PasswordProof {
  readonly password: string;
  readonly client: Client;
  /** What else must be right; false is answered as a wrong password is. */
  readonly besides?: () => Promise<boolean>;
}

/** Asks a signed-in account for its password again: whoever has taken over a session must not guess it by that. */
export class OwnPassword {
  readonly #passwords: Passwords;
  readonly #throttle: SignInThrottle;

  constructor(passwords: Passwords, throttle: SignInThrottle) {
    this.#passwords = passwords;
    this.#throttle = throttle;
  }

  /** Throws a `Problem` unless the password is right. */
  async require(account: StoredAccount, { password, client, besides }: PasswordProof): Promise<void> {
    const attempt = { account: `${account.table.name} #${account.key}`, address: client.address };
    this.#throttle.before(attempt);
    let right: boolean;
    try {
      right = await this.#passwords.verify(account.password ?? undefined, password);
      if (right && besides !== undefined) right = await besides();
    } catch (error) {
      this.#throttle.undecided(attempt);
      throw error;
    }
    if (right) {
      this.#throttle.succeeded(attempt);
      return;
    }
    this.#throttle.failed(attempt);
    const message = besides === undefined ? "The current password is wrong." : "The password or the code is wrong.";
    throw new Problem("invalid_data", message, {
      errors: [{ pointer: "/current_password", code: "invalid", message }],
    });
  }
}
