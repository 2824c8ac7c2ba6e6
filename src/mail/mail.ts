import { isMailAddress, type Sender } from "../schema/mail-address.ts";

/**
 * The port of mails: what the engine asks of whoever delivers them. A transport (`smtp-transport.ts`,
 * `development-transport.ts`) delivers one mail at a time; when and how often is decided by `mail-sender.ts`.
 */

/** Letters of a subject. */
const LONGEST_SUBJECT = 200;
/** Letters of a text, and of its HTML: a mail is a letter, not a file. */
const LONGEST_TEXT = 200_000;

/** A mail to one address. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}

/** A mail as it leaves. */
export interface OutgoingMail extends Mail {
  readonly from: Sender;
  /** The same at each attempt, so that a mail that arrived twice can be recognised (RFC 5322 §3.6.4). */
  readonly messageId: string;
}

export interface MailTransport {
  /** Nobody gets the mails: they are shown to whoever runs the application. */
  readonly catches?: true;
  /**
   * Fulfilled once somebody has taken the mail over. Rejected with a `MailRejected` where another attempt is of no use,
   * with any other error where it may be; soon, once the signal is aborted.
   */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
}

/** The mail server will never take this mail: nobody has the address, or what it says is refused. */
export class MailRejected extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MailRejected";
  }
}

/** A mail that is not even posted. The message says why, and repeats nothing of the mail. */
class UnsendableMail extends Error {
  readonly part: "to" | "subject" | "text";

  constructor(part: UnsendableMail["part"], problem: string) {
    super(`mail, ${part}: ${problem}`);
    this.name = "UnsendableMail";
    this.part = part;
  }
}

/** Throws `UnsendableMail` for what could become another header, another recipient, or a mail that no server takes. */
export function checkMail({ to, subject, text, html }: Mail): void {
  if (!isMailAddress(to)) throw new UnsendableMail("to", "it is not one address in ASCII letters");
  if (/[\p{Cc}\u2028\u2029]/u.test(subject)) throw new UnsendableMail("subject", "it has a line break or a control");
  if (subject === "" || subject.length > LONGEST_SUBJECT)
    throw new UnsendableMail("subject", `it must have 1 to ${LONGEST_SUBJECT} letters`);
  for (const part of [text, html ?? ""]) {
    if (part.length > LONGEST_TEXT) throw new UnsendableMail("text", `it has more than ${LONGEST_TEXT} letters`);
  }
  if (![subject, text, html ?? ""].every((part) => part.isWellFormed() && !part.includes("\0")))
    throw new UnsendableMail("text", "it holds a letter that no database keeps");
}
