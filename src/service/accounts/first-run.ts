import { ADMINISTRATOR } from "../../auth/account.ts";
import { hashOneTimeSecret, sameHash } from "../../auth/one-time-secret.ts";
import type { Passwords } from "../../auth/passwords.ts";
import type { Principal } from "../../auth/principal.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { AccountsTable } from "../../schema/model.ts";
import type { Json } from "../../schema/stored.ts";
import type { SessionForm, SignUpCommand } from "../../validation/command.ts";
import type { FirstRunCommand, FirstRunProof } from "../../validation/parse-first-run.ts";
import type { RecordWrites } from "../record-writes.ts";
import type { Client } from "./sessions.ts";
import type { SignedIn, SignIn } from "./sign-in.ts";

interface FirstRunParts {
  /** The table whose people sign in, unless a body names another. */
  readonly table: AccountsTable;
  /** The system, since there is nobody yet to whom a rule could leave it. */
  readonly principal: Principal;
  readonly accounts: AccountRepository;
  readonly writes: RecordWrites;
  readonly passwords: Passwords;
  readonly signIn: SignIn;
  /** Checks the members of a sign-up. */
  readonly parse: (body: Json | undefined) => SignUpCommand;
  /** Whether whoever sits at the server's own machine needs no token. */
  readonly opensHere: boolean;
  readonly token: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whether there is an administrator, and what making the first one asks for. */
export interface FirstRunState {
  readonly needed: boolean;
  /** The path of the accounts table. */
  readonly table: string;
  readonly needsToken: boolean;
}

/** Makes the first administrator of an application, once. */
export class FirstRun {
  readonly #parts: FirstRunParts;
  readonly #tokenHash: string | undefined;
  /** It stays so until the next start: whoever takes the last administrator's role away opens no door to others. */
  #isOver = false;

  constructor({ token, ...parts }: FirstRunParts) {
    this.#parts = { ...parts, token: undefined };
    this.#tokenHash = token === undefined ? undefined : hashOneTimeSecret(token);
  }

  async isNeeded(): Promise<boolean> {
    this.#isOver ||= await this.#parts.accounts.hasAdministrator();
    return !this.#isOver;
  }

  async state(here: boolean): Promise<FirstRunState> {
    const { table, opensHere } = this.#parts;
    return { needed: await this.isNeeded(), table: table.path, needsToken: !(here && opensHere) };
  }

  /** The first administrator, signed in. A Problem for whoever shows no token, and where there is one already. */
  async run(
    { proof, body }: FirstRunCommand,
    asked: { readonly requestId: string; readonly client: Client },
  ): Promise<SignedIn & { readonly form: SessionForm }> {
    // Who shows nothing costs no look into the database.
    this.#demand(proof);
    if (!(await this.isNeeded())) throw isOver();
    const { parse, passwords, writes, accounts, principal, signIn, now } = this.#parts;
    const command = parse(body);
    const { table, create, form } = command;
    const password = await passwords.hash(command.password);
    const verifiedAt = new Date(now()).toISOString();
    const account = { password, roles: [ADMINISTRATOR], verifiedAt, first: true } as const;
    const { operations } = await writes.write([{ ...create, account }], { principal, requestId: asked.requestId });
    this.#isOver = true;
    const made = await accounts.get({ table, key: decodeURIComponent(operations[0]?.rows[0]?.key ?? "") });
    return { ...(await signIn.proved(made, asked.client)), form };
  }

  #demand({ here, token }: FirstRunProof): void {
    if (here && this.#parts.opensHere) return;
    const kept = this.#tokenHash;
    if (kept !== undefined && token !== undefined && sameHash(kept, hashOneTimeSecret(token))) return;
    throw new Problem(
      "first_run_refused",
      "Send the token that the server's terminal shows as X-First-Run-Token, or run servery admin create there.",
    );
  }
}

/** There is an administrator, or nobody could be one. */
function isOver(): Problem {
  return new Problem("first_run_over", "There is an administrator already, who makes further ones.");
}
