import { hashOneTimeSecret, isOneTimeSecret, newOneTimeSecret } from "../../auth/one-time-secret.ts";
import { Throttle } from "../../auth/throttle.ts";
import { ACCOUNT_MAIL_REFILL_SECONDS, ACCOUNT_MAILS } from "../../auth/limits.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountName } from "../../repository/account-repository.ts";
import type { AccountTokenRepository, TakenToken, TokenAbout } from "../../repository/account-token-repository.ts";
import { type AccountsTable, isAccountsTable, type SchemaModel } from "../../schema/model.ts";
import type { AccountMail, MailAbout } from "./account-mail.ts";

/** Hours for which a link is good. */
const HOURS: Readonly<Record<TokenAbout, number>> = { verification: 24, reset: 1 };
const MS_OF_AN_HOUR = 3_600_000;
/** What their texts begin with. */
const PREFIX: Readonly<Record<TokenAbout, string>> = { verification: "svvf", reset: "svrs" };
/** Whom mails are written to that nobody gets, so that they cost what others do (RFC 6761 §6.4). */
const NOBODY = "somebody@example.invalid";

interface MailedTokensParts {
  readonly schema: SchemaModel;
  readonly tokens: AccountTokenRepository;
  readonly mail: AccountMail;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A mail that may be due. */
export interface DueAccountMail {
  readonly about: "verification" | "reset" | "already_registered";
  readonly table: AccountsTable;
  /** Whose token it holds; undefined where the mail has none, or nobody is to get one. */
  readonly account: AccountName | undefined;
  /** Undefined where there is nobody to write to: then the same work is done, and nothing is kept. */
  readonly address: string | undefined;
}

/** The secrets that go out in mails, and come back once. */
export class MailedTokens {
  readonly #parts: MailedTokensParts;
  readonly #mails: Throttle;

  constructor(parts: MailedTokensParts) {
    this.#parts = parts;
    this.#mails = new Throttle({
      attempts: ACCOUNT_MAILS,
      refillSeconds: ACCOUNT_MAIL_REFILL_SECONDS,
      now: parts.now,
    });
  }

  /** Writes a mail and its token, or does as much for nobody. Beyond so many for one address nothing is sent, and nobody is told. */
  async send({ about, table, account, address }: DueAccountMail): Promise<void> {
    const { tokens, mail, now } = this.#parts;
    const of = about === "reset" ? "reset" : "verification";
    // Each kind of mail has its own limit: whoever signs up with an address must not keep its owner from a reset.
    const sent = address !== undefined && this.#mayWrite(`${about} ${table.name} ${address.toLowerCase()}`);
    const { text, hash } = newOneTimeSecret(PREFIX[of]);
    const hours = HOURS[of];
    const letter: MailAbout = about === "already_registered" ? { is: about } : { is: about, token: text, hours };
    await tokens.issue({
      // One that is mailed to nobody must not take the place of one that was.
      account: sent ? account : undefined,
      about: of,
      hash,
      address: address ?? NOBODY,
      expiresAt: new Date(now() + hours * MS_OF_AN_HOUR).toISOString(),
      mail: mail.compose(letter, address ?? NOBODY),
      sent,
    });
    mail.posted();
  }

  /** The account that a token from a mail opens. Throws a `Problem` where it opens none (any more). */
  async find(about: TokenAbout, text: string): Promise<TakenToken & { readonly account: AccountName }> {
    const { schema, tokens, now } = this.#parts;
    if (!isOneTimeSecret(PREFIX[about], text)) throw linkOver();
    const hash = hashOneTimeSecret(text);
    const at = new Date(now()).toISOString();
    const found = await tokens.find(hash, about, at);
    const table = found === undefined ? undefined : schema.tables.get(found.table);
    if (found === undefined || table === undefined || !isAccountsTable(table)) throw linkOver();
    const key = table.key[0]?.kind.parse(found.key);
    if (key === undefined) throw linkOver();
    return { account: { table, key: found.key }, key, hash, address: found.address, now: at };
  }

  #mayWrite(name: string): boolean {
    try {
      this.#mails.take(name);
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  }
}

/** One answer for every token that opens nothing. */
export function linkOver(): Problem {
  return new Problem("link_over", "This link was used already, is too old, or a newer one was sent.");
}
