import { addressName } from "../../auth/address-name.ts";
import { ADDRESS_ATTEMPTS, ADDRESS_REFILL_SECONDS } from "../../auth/limits.ts";
import { checkPassword } from "../../auth/password-text.ts";
import type { Passwords } from "../../auth/passwords.ts";
import { Throttle } from "../../auth/throttle.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { AccountTokenRepository } from "../../repository/account-token-repository.ts";
import type { AskMailCommand, ResetCommand } from "../../validation/command.ts";
import type { AccountMail } from "./account-mail.ts";
import { linkOver, type MailedTokens } from "./mailed-tokens.ts";
import { storableIdentifier } from "./storable-identifier.ts";
import type { Client, Sessions } from "./sessions.ts";

interface AddressProofParts {
  readonly accounts: AccountRepository;
  readonly tokens: AccountTokenRepository;
  readonly mailed: MailedTokens;
  readonly mail: AccountMail;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What whoever reads the mail of an address may do: verify it, and choose a new password. */
export class AddressProof {
  readonly #parts: AddressProofParts;
  readonly #asking: Throttle;

  constructor(parts: AddressProofParts) {
    this.#parts = parts;
    this.#asking = new Throttle({
      attempts: ADDRESS_ATTEMPTS,
      refillSeconds: ADDRESS_REFILL_SECONDS,
      now: parts.now,
    });
  }

  /** Another mail to verify an address by, where it is not verified. What it does is the same work for everybody. */
  async resend({ table, identifier }: AskMailCommand, client: Client): Promise<void> {
    this.#asking.take(addressName(client.address));
    const found = await this.#parts.accounts.find(table, storableIdentifier(identifier));
    const open = table.accounts.verify && found?.account?.verifiedAt === null && found.account.disabledAt === null;
    const account = open ? found?.account : undefined;
    const address = account === undefined ? undefined : found?.address;
    await this.#parts.mailed.send({ about: "verification", table, account, address });
  }

  /** Verifies the address that a token was mailed to. */
  async verify(token: string): Promise<void> {
    const { mailed, tokens, sessions } = this.#parts;
    if (!(await tokens.verify(await mailed.find("verification", token)))) throw linkOver();
    sessions.changed();
  }

  /** A mail to choose a new password by. What it does is the same work whether there is an account or not. */
  async askReset({ table, identifier }: AskMailCommand, client: Client): Promise<void> {
    this.#asking.take(addressName(client.address));
    const { accounts, tokens, mailed, now } = this.#parts;
    const named = storableIdentifier(identifier);
    // A row that was made without a password gets its first one so.
    await tokens.ensure(table, named, new Date(now()).toISOString());
    const found = await accounts.find(table, named);
    const account = found?.account?.disabledAt === null ? found.account : undefined;
    const address = account === undefined ? undefined : found?.address;
    await mailed.send({ about: "reset", table, account, address });
  }

  /** A new password for a token from a mail: every session ends, and the address is verified by it. */
  async reset({ token, password }: ResetCommand): Promise<void> {
    const { accounts, tokens, mailed, mail, passwords, sessions } = this.#parts;
    const found = await mailed.find("reset", token);
    const account = await accounts.get(found.account);
    const hash = await passwords.hash(checkPassword(password, "/password", { email: found.address }));
    const told = mail.compose({ is: "password_changed" }, found.address);
    if (!(await tokens.reset(found, { hash, mail: told, verified: typeof account?.verifiedAt === "string" })))
      throw linkOver();
    mail.posted();
    sessions.changed();
  }
}
