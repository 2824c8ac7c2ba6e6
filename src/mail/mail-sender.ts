import type { Sender } from "../schema/mail-address.ts";
import type { Observer } from "../observability/observation.ts";
import type { ClaimedMail, DueMail, OutboxRepository } from "../repository/outbox-repository.ts";
import { MailRejected, type MailTransport } from "./mail.ts";
import type { OutboxClock } from "./outbox-clock.ts";

/** Milliseconds from a failed attempt to the next one. After the last of them there is one more attempt. */
const PAUSES_MS: readonly number[] = [1_000, 10_000, 60_000, 600_000, 3_600_000];
/** Milliseconds for one attempt. */
const ATTEMPT_MS = 60_000;
/** Milliseconds for which a mail is taken: longer than an attempt, so that only a dead process loses it to another. */
const LEASE_MS = 300_000;
/** Mails sent at once. */
const AT_ONCE = 4;
/** Milliseconds that a mail on its way still gets when the engine closes: one cut off may have arrived, and comes again. */
const CLOSING_MS = 2_000;
/** Milliseconds until the outbox is looked at again where the database did not answer. */
const DATABASE_PAUSE_MS = 10_000;
/** Mails that stay once they are sent or given up. */
export const KEPT_MAILS = 100;

export interface SenderOptions {
  readonly transport: MailTransport;
  readonly from: Sender;
  /** Whether what a mail says stays readable once it is sent. */
  readonly keepTexts: boolean;
  readonly clock: OutboxClock;
  readonly observe: Observer | undefined;
}

/** Delivers the mails of the outbox, one round after another while some are due; between rounds there is one timer at most. */
export class MailSender {
  readonly #store: OutboxRepository;
  readonly #options: SenderOptions;
  readonly #cut = new AbortController();
  #round: Promise<void> | undefined;
  /** Something came while a round was running. */
  #again = false;
  #callOff: (() => void) | undefined;
  #isClosing = false;

  constructor(store: OutboxRepository, options: SenderOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Looks what is due: to be called at the start, and when a mail was posted. */
  wake(): void {
    if (this.#isClosing) return;
    this.#again = true;
    this.#callOff?.();
    this.#callOff = undefined;
    this.#round ??= this.#run();
  }

  /** Ends soon: what is on its way gets a moment, what is not waits in the outbox. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#callOff?.();
    if (this.#round === undefined) return;
    const callOff = this.#options.clock.after(CLOSING_MS, () => this.#cut.abort(new Error("the engine closes")));
    await this.#round;
    callOff();
  }

  async #run(): Promise<void> {
    const { clock, observe } = this.#options;
    try {
      while (this.#again && !this.#isClosing) {
        this.#again = false;
        await this.#sendDue();
        if (!this.#again) this.#planNext(await this.#store.nextDue());
      }
    } catch (cause) {
      observe?.({ is: "fault", requestId: undefined, cause });
      this.#planNext(clock.now() + DATABASE_PAUSE_MS);
    } finally {
      // In the same breath as the loop ends: who wakes us a moment later must not find a round that looks no more.
      this.#round = undefined;
    }
  }

  async #sendDue(): Promise<void> {
    while (!this.#isClosing) {
      const due = await this.#store.due(this.#options.clock.now(), AT_ONCE);
      if (due.length === 0) return;
      const outcomes = await Promise.allSettled(due.map((mail) => this.#deliver(mail)));
      const failed = outcomes.find(({ status }) => status === "rejected");
      if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    }
  }

  #planNext(dueAt: number | undefined): void {
    if (dueAt === undefined || this.#isClosing) return;
    this.#callOff?.();
    this.#callOff = this.#options.clock.after(dueAt - this.#options.clock.now(), () => this.wake());
  }

  async #deliver(due: DueMail): Promise<void> {
    const { clock, observe, keepTexts } = this.#options;
    const mail = await this.#store.claim(due, clock.now() + LEASE_MS);
    if (mail === undefined) return;
    const failure = await this.#attempt(mail);
    if (failure === undefined) {
      await this.#store.end(mail, { state: "sent" }, { texts: keepTexts, mails: KEPT_MAILS });
      observe?.({ is: "mail", id: mail.id, outcome: "sent", attempts: mail.attempts });
    } else await this.#failed(mail, failure.cause);
  }

  /** Answers what went wrong, if anything did. */
  async #attempt({ id, content }: ClaimedMail): Promise<{ readonly cause: unknown } | undefined> {
    const { transport, from, clock } = this.#options;
    const limit = new AbortController();
    const callOff = clock.after(ATTEMPT_MS, () =>
      limit.abort(new Error(`it took longer than ${ATTEMPT_MS / 1_000} s`)),
    );
    const signal = AbortSignal.any([limit.signal, this.#cut.signal]);
    const messageId = `<${id}@${from.address.slice(from.address.lastIndexOf("@") + 1)}>`;
    try {
      await untilAborted(transport.send({ ...content, from, messageId }, signal), signal);
      return undefined;
    } catch (cause) {
      return { cause: signal.aborted ? signal.reason : cause };
    } finally {
      callOff();
    }
  }

  async #failed(mail: ClaimedMail, cause: unknown): Promise<void> {
    const { clock, observe, keepTexts } = this.#options;
    const { id, attempts } = mail;
    if (this.#cut.signal.aborted && cause === this.#cut.signal.reason) {
      // Not the mail's fault: whoever comes next goes on at once.
      return this.#store.postpone(mail, { dueAt: clock.now(), attempts: attempts - 1, error: undefined });
    }
    const error = cause instanceof Error ? cause.message : String(cause);
    const pause = cause instanceof MailRejected ? undefined : PAUSES_MS[attempts - 1];
    if (pause !== undefined) {
      const dueAt = clock.now() + pause;
      await this.#store.postpone(mail, { dueAt, attempts, error });
      observe?.({ is: "mail", id, outcome: "later", attempts, dueAt, cause });
      return;
    }
    await this.#store.end(mail, { state: "given_up", error }, { texts: keepTexts, mails: KEPT_MAILS });
    observe?.({ is: "mail", id, outcome: "given_up", attempts, cause });
  }
}

/** Goes on when the signal is aborted, also where the work does not. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: settled.signal });
  });
  await Promise.race([work, aborted]).finally(() => settled.abort());
}
