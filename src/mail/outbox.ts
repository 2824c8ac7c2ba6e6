import { DeclarationError } from "../errors/declaration-error.ts";
import type { Observer } from "../observability/observation.ts";
import type { KeptMail, OutboxRepository, PostedMail } from "../repository/outbox-repository.ts";
import { senderOf } from "../schema/mail-address.ts";
import { uuidVersion7 } from "../schema/uuid-version-7.ts";
import { checkMail, type Mail, type MailTransport } from "./mail.ts";
import { KEPT_MAILS, MailSender } from "./mail-sender.ts";
import { machineClock, type OutboxClock } from "./outbox-clock.ts";

/** How mails leave. */
export interface MailOptions {
  readonly transport: MailTransport;
  /** An address, or a name with an address in angle brackets. */
  readonly from: string;
  /** Whether the last sent mails stay readable. Default: false, since they hold links that open accounts. */
  readonly keepTexts?: boolean;
  /** Default: the machine's. */
  readonly clock?: OutboxClock;
}

export interface OutboxOptions {
  /** Without it mails are kept until somebody says how they leave. */
  readonly mail: MailOptions | undefined;
  readonly observe: Observer | undefined;
}

/**
 * The mails of an application: each is written into the database and delivered afterwards, so that no answer waits for
 * a mail server and no mail is lost with a process.
 */
export class Outbox {
  readonly #store: OutboxRepository;
  readonly #clock: OutboxClock;
  readonly #observe: Observer | undefined;
  readonly #sender: MailSender | undefined;
  #saidMissing = false;

  /** Throws `DeclarationError` for a sender that is no address. */
  constructor(store: OutboxRepository, { mail, observe }: OutboxOptions) {
    this.#store = store;
    this.#observe = observe;
    this.#clock = mail?.clock ?? machineClock;
    if (mail === undefined) return;
    const { transport, keepTexts = false } = mail;
    const from = senderOf(mail.from);
    if (from === undefined)
      throw new DeclarationError("mail.from", "it is no address", "Write ADDRESS, or NAME <ADDRESS>");
    this.#sender = new MailSender(store, { transport, from, keepTexts, clock: this.#clock, observe });
  }

  /** Goes on with what was not sent before. */
  start(): void {
    this.#sender?.wake();
  }

  /**
   * Stores a mail; fulfilled before it is sent, and then nothing but a lost disk loses it. Rejected with an
   * `UnsendableMail` where it cannot be a mail, with a `DatabaseError` where it was not stored.
   */
  async post(mail: Mail): Promise<void> {
    await this.#store.post(this.prepare(mail));
    this.posted();
  }

  /** A checked mail for `postMailStep`, to be stored by the write that it is about. Throws `UnsendableMail`. */
  prepare(mail: Mail): PostedMail {
    checkMail(mail);
    const { to, subject, text, html } = mail;
    return { id: uuidVersion7(), to, subject, text, html, postedAt: this.#clock.now() };
  }

  /** To be said after such a write. */
  posted(): void {
    if (this.#sender !== undefined) this.#sender.wake();
    else if (!this.#saidMissing) {
      this.#saidMissing = true;
      this.#observe?.({ is: "mail", outcome: "waiting" });
    }
  }

  /** The last mails, the newest first. */
  recent(): Promise<KeptMail[]> {
    return this.#store.recent(KEPT_MAILS);
  }

  /** Ends soon. What is not sent waits for the next start. */
  async close(): Promise<void> {
    await this.#sender?.close();
  }
}
