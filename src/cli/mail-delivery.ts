import type { Mode, Settings } from "../config/settings.ts";
import { developmentTransport, type MailOptions, smtpTransport } from "../engine.ts";
import type { Observation } from "../observability/observation.ts";
import { printable } from "./dev/printable.ts";
import { paint } from "./terminal.ts";

/** Who mails are from that nobody gets. */
const DEVELOPMENT_SENDER = "servery@localhost";
/** Letters of a subject or a reason that a line shows. */
const MOST_LETTERS = 300;

/** How mails leave: by the configured server, else in `dev` onto the terminal, else not at all. */
export function mailDelivery({ mailUrl, mailFrom }: Settings, mode: Mode): MailOptions | undefined {
  const keepTexts = mode === "dev";
  if (mailUrl !== undefined)
    return { transport: smtpTransport({ url: mailUrl }), from: mailFrom ?? DEVELOPMENT_SENDER, keepTexts };
  if (mode !== "dev") return undefined;
  const transport = developmentTransport(({ to, subject, text }) => console.log(mailLines({ to, subject, text })));
  return { transport, from: mailFrom ?? DEVELOPMENT_SENDER, keepTexts };
}

/** What stands on the terminal in the place of a mail: to whom it is, and the link in it. */
function mailLines({
  to,
  subject,
  text,
}: {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}): string {
  const link = /\bhttps?:\/\/\S+/.exec(text)?.[0];
  const first = `${paint.cyan("mail")} to ${printable(to, MOST_LETTERS)}: ${printable(subject, MOST_LETTERS)}`;
  // The link is whole: somebody is to open it.
  return link === undefined ? first : `${first}\n      ${printable(link, link.length)}`;
}

/** What the log says of mails that did not leave; undefined for the others. */
export function mailTrouble(observation: Extract<Observation, { is: "mail" }>): string | undefined {
  switch (observation.outcome) {
    case "sent":
      return undefined;
    case "waiting":
      return "A mail waits in the outbox: set SERVERY_MAIL_URL and SERVERY_MAIL_FROM, and start again.";
    case "unlinked":
      return "A mail about an account was not written, since its links lead nowhere: set SERVERY_URL.";
    case "later": {
      const at = new Date(observation.dueAt).toISOString();
      return `mail ${observation.id} was not sent, and is tried again at ${at}: ${reasonOf(observation.cause)}`;
    }
    case "given_up":
      return `mail ${observation.id} is given up after attempt ${observation.attempts}: ${reasonOf(observation.cause)}`;
  }
}

/** A mail server's words, which are somebody else's. */
function reasonOf(cause: unknown): string {
  return printable(cause instanceof Error ? cause.message : String(cause), MOST_LETTERS);
}
