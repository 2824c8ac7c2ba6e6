import type { Principal } from "../../auth/principal.ts";
import { requireSession } from "../../auth/require-session.ts";
import { newRecoveryCodes, newTotpSecret, recoveryHash, totpStep, totpUri } from "../../auth/second-factor.ts";
import { seal, unseal } from "../../auth/tokens/sealed.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository, StoredAccount } from "../../repository/account-repository.ts";
import type { SecondFactorRepository } from "../../repository/second-factor-repository.ts";
import { isAccountsTable, type SchemaModel } from "../../schema/model.ts";
import type { OwnPassword } from "./own-password.ts";
import type { Client, Sessions } from "./sessions.ts";
import { invalidCredentials, type SecondFactor } from "./sign-in.ts";

interface SecondFactorParts {
  readonly schema: SchemaModel;
  readonly accounts: AccountRepository;
  readonly factors: SecondFactorRepository;
  readonly password: OwnPassword;
  readonly sessions: Sessions;
  /** The application's secret: secrets of factors lie sealed under it. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What an authenticator app is told. */
export interface ProposedFactor {
  readonly secret: string;
  readonly uri: string;
}

/**
 * One-time codes of an app (RFC 6238) beside the password, and recovery codes for who has lost it. Whoever changes the
 * factor proves the password again: a session that somebody has taken over must not lock its owner out.
 */
export class SecondFactors implements SecondFactor {
  readonly #parts: SecondFactorParts;

  constructor(parts: SecondFactorParts) {
    this.#parts = parts;
  }

  /**
   * Takes the code of a sign-in whose password was right. A wrong one is the answer to a wrong password: who sends a
   * code with each guess is never told which of both was wrong. Who sends none learns that the password is right, as
   * with every second factor; that answer is counted like a wrong guess, so it is bought from the same few attempts.
   */
  async require(account: StoredAccount, code: string | undefined): Promise<void> {
    if (code === undefined)
      throw new Problem("second_factor_required", "Send the code of the authenticator app, or a recovery code.", {
        headers: { "www-authenticate": "Bearer" },
      });
    if (!(await this.#take(account, code))) throw invalidCredentials();
  }

  /** A new secret for the app. It holds nothing yet: a code of it confirms it. */
  async propose(principal: Principal, password: string, client: Client): Promise<ProposedFactor> {
    const { accounts, factors, schema } = this.#parts;
    const { account } = await this.#own(principal);
    await this.#parts.password.require(account, { password, client });
    const secret = newTotpSecret();
    if (!(await factors.propose(account, this.#seal(account, secret))))
      throw new Problem("second_factor_on", "Switch the second factor off first.");
    const called = await accounts.identifierOf(account);
    return { secret, uri: totpUri({ secret, account: called, issuer: schema.title }) };
  }

  /** Switches the proposed factor on; answers the recovery codes, which are shown this once. All other sessions end. */
  async confirm(principal: Principal, code: string): Promise<readonly string[]> {
    const { factors, now, sessions } = this.#parts;
    const { account, session } = await this.#own(principal);
    const sealed = await factors.pending(account);
    const step = sealed === undefined ? undefined : this.#step(account, sealed, code);
    if (sealed === undefined || step === undefined) throw wrongCode();
    const codes = newRecoveryCodes();
    const kept = { ...account, session, now: new Date(now()).toISOString() };
    if (!(await factors.switchOn(kept, { sealed, step, codes: codes.map(recoveryHash) }))) throw wrongCode();
    sessions.changed();
    return codes;
  }

  /** Switches the factor off; all other sessions end. */
  async switchOff(
    principal: Principal,
    proof: { readonly password: string; readonly code: string },
    client: Client,
  ): Promise<void> {
    const { factors, now, sessions } = this.#parts;
    const { account, session } = await this.#own(principal);
    const { totp } = account;
    const { password, code } = proof;
    const besides = async (): Promise<boolean> => totp !== null && (await this.#take(account, code));
    await this.#parts.password.require(account, { password, client, besides });
    const kept = { ...account, session, now: new Date(now()).toISOString() };
    if (!(await factors.switchOff(kept, totp ?? "")))
      throw new Problem("refused", "The account was changed meanwhile.");
    sessions.changed();
  }

  async #take(account: StoredAccount, code: string): Promise<boolean> {
    const { factors } = this.#parts;
    if (account.totp === null) return false;
    const step = this.#step(account, account.totp, code);
    if (step !== undefined) return factors.takeStep(account, account.totp, step);
    return factors.takeCode(account, recoveryHash(code));
  }

  async #own(principal: Principal): Promise<{ readonly account: StoredAccount; readonly session: string }> {
    const own = requireSession(principal.kind === "account" ? principal.account : undefined);
    const table = this.#parts.schema.tables.get(own.table);
    const known = table !== undefined && isAccountsTable(table) ? table : undefined;
    const account = known && (await this.#parts.accounts.get({ table: known, key: String(own.key) }));
    if (account === undefined) throw new Problem("not_found", "This account is gone.");
    return { account, session: own.session ?? "" };
  }

  #seal({ id }: StoredAccount, secret: string): string {
    return seal(this.#parts.secret, purposeOf(id), secret);
  }

  #step({ id }: StoredAccount, sealed: string, code: string): number | undefined {
    let secret: string;
    try {
      secret = unseal(this.#parts.secret, purposeOf(id), sealed);
    } catch {
      // The application has another secret now: recovery codes are what is left.
      return undefined;
    }
    return totpStep(secret, code, this.#parts.now());
  }
}

/** One that is put beside another account opens nothing there. */
function purposeOf(id: number): string {
  return `second factor of account ${id}`;
}

function wrongCode(): Problem {
  const message = "The code is wrong, or it was used already.";
  return new Problem("invalid_data", message, { errors: [{ pointer: "/code", code: "invalid", message }] });
}
