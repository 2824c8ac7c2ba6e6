import { type Database, DatabaseError, type Rows, type WriteOutcome, type WriteStep } from "../database/database.ts";
import {
  claimMail,
  dropMail,
  dropOldMails,
  endMail,
  endMailWithoutText,
  findDueMails,
  findNextDue,
  findRecentMails,
  postMail,
  postponeMail,
} from "../database/sql/outbox.ts";
import type { Stored } from "../schema/stored.ts";

/** Letters of a mail server's reason that are kept. */
const MOST_ERROR_LETTERS = 500;

/** What a mail says, and to whom. */
export interface MailContent {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
}

/** A mail as it comes into the outbox. */
export interface PostedMail extends MailContent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly postedAt: number;
}

/** A waiting mail as it was found: who takes it must find it like this. */
export interface DueMail {
  readonly id: string;
  readonly attempts: number;
  readonly dueAt: number;
}

/** A mail that is ours to send until `dueAt`; `attempts` counts this one. */
export interface ClaimedMail extends DueMail {
  readonly content: MailContent;
}

/** A mail of the outbox, as it is shown. The text is empty where it was sent and is not kept. */
export interface KeptMail extends PostedMail {
  readonly state: "waiting" | "sent" | "given_up";
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly error: string | undefined;
}

/** The step that puts a mail into the outbox: alone, or in the write that the mail is about. */
export function postMailStep(mail: PostedMail): WriteStep {
  const { id, to, subject, text, html, postedAt } = mail;
  const params = [id, to, subject, text, html ?? null, postedAt, postedAt];
  return { sql: postMail, params, returns: false, changes: true };
}

/** The step that takes a mail out again, unsent. */
export function dropMailStep(id: string): WriteStep {
  return { sql: dropMail, params: [id], returns: false, changes: true };
}

/** The mails that Servery keeps until they are sent. All methods are rejected with a `DatabaseError`. */
export class OutboxRepository {
  readonly #database: Pick<Database, "read" | "write">;

  constructor(database: Pick<Database, "read" | "write">) {
    this.#database = database;
  }

  /** Fulfilled when the mail would survive a power cut. */
  async post(mail: PostedMail): Promise<void> {
    await this.#write([postMailStep(mail)]);
  }

  async due(now: number, most: number): Promise<DueMail[]> {
    const rows = await this.#read(findDueMails, [now, most]);
    return rows.map(([id, attempts, dueAt]) => ({
      id: String(id),
      attempts: Number(attempts),
      dueAt: Number(dueAt),
    }));
  }

  /** When something is to be done next, in milliseconds since 1970; undefined where nothing waits. */
  async nextDue(): Promise<number | undefined> {
    const [row] = await this.#read(findNextDue, []);
    const time = row?.[0] ?? undefined;
    return time === undefined ? undefined : Number(time);
  }

  /** Takes a mail until a time; undefined where somebody else has taken it. */
  async claim(due: DueMail, until: number): Promise<ClaimedMail | undefined> {
    const params = [until, due.id, due.attempts, due.dueAt];
    const { kept } = await this.#write([{ sql: claimMail, params, returns: true, keep: true, changes: true }]);
    const [row] = kept[0] ?? [];
    if (row === undefined) return undefined;
    const [to, subject, text, html] = row;
    return { id: due.id, attempts: due.attempts + 1, dueAt: until, content: contentOf([to, subject, text, html]) };
  }

  /** Gives a mail back, to be tried again at `dueAt` after so many attempts. */
  async postpone(
    mail: ClaimedMail,
    next: { readonly dueAt: number; readonly attempts: number; readonly error: string | undefined },
  ): Promise<void> {
    const params = [next.dueAt, next.attempts, cut(next.error), ...asClaimed(mail)];
    await this.#write([{ sql: postponeMail, params, returns: false, changes: true }]);
  }

  /** Ends a mail, and forgets the oldest ended ones beyond `keep.mails`; with `keep.texts` it can still be read. */
  async end(
    mail: ClaimedMail,
    how: { readonly state: "sent" | "given_up"; readonly error?: string },
    keep: { readonly texts: boolean; readonly mails: number },
  ): Promise<void> {
    const params = [how.state, cut(how.error), ...asClaimed(mail)];
    const sql = keep.texts ? endMail : endMailWithoutText;
    await this.#write([
      { sql, params, returns: false, changes: true },
      { sql: dropOldMails, params: [keep.mails], returns: false, changes: true },
    ]);
  }

  /** The newest mails first. */
  async recent(most: number): Promise<KeptMail[]> {
    const rows = await this.#read(findRecentMails, [most]);
    return rows.map(([id, to, subject, text, html, state, attempts, postedAt, error]) => ({
      id: String(id),
      ...contentOf([to, subject, text, html]),
      state: String(state) as KeptMail["state"],
      attempts: Number(attempts),
      postedAt: Number(postedAt),
      error: typeof error === "string" ? error : undefined,
    }));
  }

  async #read(sql: string, params: readonly Stored[]): Promise<Rows> {
    return this.#database.read({ sql, scans: false }, params);
  }

  async #write(steps: readonly WriteStep[]): Promise<Extract<WriteOutcome, { ok: true }>> {
    const outcome = await this.#database.write({ steps });
    if (outcome.ok) return outcome;
    throw "failure" in outcome ? new DatabaseError(outcome.failure) : new Error(outcome.refusal.code);
  }
}

function contentOf([to, subject, text, html]: readonly (Stored | undefined)[]): MailContent {
  return {
    to: String(to),
    subject: String(subject),
    text: String(text),
    html: typeof html === "string" ? html : undefined,
  };
}

function asClaimed({ id, attempts, dueAt }: ClaimedMail): Stored[] {
  return [id, attempts, dueAt];
}

function cut(error: string | undefined): string | null {
  return error === undefined ? null : error.toWellFormed().replaceAll("\0", "").slice(0, MOST_ERROR_LETTERS);
}
