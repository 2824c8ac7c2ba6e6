import { randomUUID } from "node:crypto";
import type { Passwords } from "../../auth/passwords.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { SessionRepository } from "../../repository/session-repository.ts";
import type { AccountsTable, ColumnModel } from "../../schema/model.ts";
import { pointerTo } from "../../schema/json-pointer.ts";
import type { NewAccount, SignUpCommand } from "../../validation/command.ts";
import type { RecordWrites, Writer } from "../record-writes.ts";
import type { MailedTokens } from "./mailed-tokens.ts";
import type { Client } from "./sessions.ts";
import type { SignedIn, SignIn } from "./sign-in.ts";

/** Revocations that are so old, in milliseconds, are known to every process: no token lives longer. */
const KNOWN_AFTER_MS = 3_600_000;

interface SignUpParts {
  readonly accounts: AccountRepository;
  readonly sessions: Pick<SessionRepository, "tidy">;
  readonly writes: RecordWrites;
  readonly passwords: Passwords;
  readonly mailed: MailedTokens;
  readonly signIn: SignIn;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes rows with accounts. */
export class SignUp {
  readonly #parts: SignUpParts;

  constructor(parts: SignUpParts) {
    this.#parts = parts;
  }

  /**
   * A new row with its account. Where addresses are verified the answer is undefined, whether the address was taken or
   * not: only whoever reads its mail learns that, and both are the same work. Else the account is signed in, and a
   * taken address is a 409.
   */
  async run(command: SignUpCommand, writer: Writer, client: Client): Promise<SignedIn | undefined> {
    const { accounts, passwords, mailed, sessions, now } = this.#parts;
    const { table, address } = command;
    const hash = await passwords.hash(command.password);
    const verifies = table.accounts.verify;
    // Else a name that is taken would tell of the address beside it: the database says which of both only by chance.
    if (verifies) await this.#refuseClash(command);
    // Hooks would be called twice; what they refuse, they refuse before the address is looked at.
    if (verifies && table.hooks.length === 0) await this.#rehearse(command, writer);
    const key = await this.#make(command, hash, writer).catch((error: unknown) => {
      if (verifies && isTaken(error, command)) return undefined;
      throw error;
    });
    if (!verifies) return this.#signedIn(command, key as string, client);
    // Each writes once more, so that neither the statements nor the disk tell the two apart.
    if (key === undefined) await accounts.touch(table, address);
    else await sessions.tidy(new Date(now() - KNOWN_AFTER_MS).toISOString());
    const account = key === undefined ? undefined : { table, key };
    await mailed.send({ about: key === undefined ? "already_registered" : "verification", table, account, address });
    return undefined;
  }

  async #make({ create }: SignUpCommand, hash: string, writer: Writer): Promise<string> {
    const { operations } = await this.#parts.writes.write([{ ...create, account: newAccount(hash) }], writer);
    const key = operations[0]?.rows[0]?.key;
    if (key === undefined) throw new Error("the new account's row has no key");
    return decodeURIComponent(key);
  }

  /**
   * What a rule refuses of the row is refused whether its address is taken or not: the database tells of a taken one first,
   * so the rules are asked before, about the same row with an address that nobody has.
   */
  async #rehearse({ table, create }: SignUpCommand, writer: Writer): Promise<void> {
    const hidden = hiddenColumn(table);
    const rows = create.rows.map((row) => ({
      ...row,
      assignments: row.assignments.map((assignment) =>
        assignment.column.name === hidden.name ? { ...assignment, value: nobodysAddress() } : assignment,
      ),
    }));
    const undone = new Error("a rehearsal is never kept");
    await this.#parts.writes
      .transaction(async ({ writes }) => {
        await writes.write([{ ...create, rows, account: newAccount(null) }], writer);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });
  }

  async #refuseClash({ table, create }: SignUpCommand): Promise<void> {
    const assignments = create.rows[0]?.assignments ?? [];
    const columns = await this.#parts.accounts.clash(table, assignments);
    if (columns === undefined) return;
    const names = columns.map(({ name }) => name);
    throw new Problem("unique", `Another row of ${table.path} has this ${names.join(", ")}.`, {
      errors: names.map((name) => ({ pointer: pointerTo(name), code: "unique", message: `${name} is already taken.` })),
    });
  }

  async #signedIn({ table }: SignUpCommand, key: string, client: Client): Promise<SignedIn> {
    const account = await this.#parts.accounts.get({ table, key });
    if (account === undefined) throw new Error("the new account is gone");
    return this.#parts.signIn.complete(account, client);
  }
}

/** What is made beside the row; `password` is its hash. */
function newAccount(password: string | null): NewAccount {
  return { password, roles: [], verifiedAt: null };
}

/** An address that no row has (RFC 6761 §6.4). */
function nobodysAddress(): string {
  return `${randomUUID().slice(0, 8)}@a.invalid`;
}

/** Whether the address is that of another row. */
function isTaken(error: unknown, { table }: SignUpCommand): boolean {
  if (!(error instanceof Problem) || error.code !== "unique") return false;
  return error.errors.some(({ pointer }) => pointer === pointerTo(hiddenColumn(table).name));
}

/** What only the reader of a mail may learn of: that it is taken. */
function hiddenColumn({ accounts }: AccountsTable): ColumnModel {
  return accounts.address ?? accounts.identifier;
}
