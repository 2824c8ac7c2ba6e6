import type { SentMessageInfo, SMTPTransportOptions, Transporter } from "nodemailer";
import { mailServerOf, type MailServer } from "../config/mail-url.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { MailRejected, type MailTransport, type OutgoingMail } from "./mail.ts";

/** Milliseconds until the connection stands, TLS included. */
const CONNECT_MS = 10_000;
/** Milliseconds until the server's first line. */
const GREETING_MS = 10_000;
/** Milliseconds in which nothing comes. RFC 5321 §4.5.3.2 allows more; a retry is better than a long wait. */
const SILENCE_MS = 20_000;

/** Between a process and its own machine nobody listens, and mail servers there mostly have no certificate of use. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

export interface SmtpOptions {
  /** `smtp://USER:PASSWORD@HOST:PORT`, which changes to TLS by STARTTLS, or `smtps://…`, which begins with it. */
  readonly url: string;
  /** Whether mails may leave in the clear where the URL is no smtps: by default on this machine alone. */
  readonly tls?: "required" | "off";
  /** A certificate to trust beside the known ones, as PEM. */
  readonly ca?: string;
}

/** What of nodemailer's error tells the reason. */
interface SmtpFailure {
  readonly command?: unknown;
  readonly responseCode?: unknown;
}

/** Delivers mails through a mail server, each over a connection of its own. Throws `DeclarationError` for a wrong URL. */
export function smtpTransport(options: SmtpOptions): MailTransport {
  const server = mailServerOf(options.url);
  // The URL itself is not repeated: it holds a password.
  if (server === undefined)
    throw new DeclarationError("mail", "the URL names no mail server", "Write smtp://USER:PASSWORD@HOST:PORT");
  const settings = connectionOptions(server, options);
  // Loaded with the first mail: most starts send none.
  let transporter: Promise<Transporter<SentMessageInfo, SMTPTransportOptions>> | undefined;
  const load = async () => (await import("nodemailer")).createTransport(settings);
  return {
    async send(mail, signal) {
      transporter ??= load();
      try {
        await (await transporter).sendMail({ ...messageOf(mail), signal });
      } catch (error) {
        throw isFinal(error) ? new MailRejected(reasonOf(error), { cause: error }) : error;
      }
    },
  };
}

function connectionOptions(server: MailServer, { tls, ca }: SmtpOptions): SMTPTransportOptions {
  const { host, port, secure, credentials } = server;
  const plain = (tls ?? (LOOPBACK.test(host) ? "off" : "required")) === "off";
  return {
    host,
    port,
    secure,
    // STARTTLS that is only used where it is offered can be taken away by whoever stands between.
    ...(secure ? {} : plain ? { ignoreTLS: true } : { requireTLS: true }),
    ...(credentials === undefined ? {} : { auth: { user: credentials.user, pass: credentials.password } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Addresses go in as objects: a text would be read as a list of addresses. */
function messageOf({ from, to, subject, text, html, messageId }: OutgoingMail) {
  return {
    from,
    to: { name: "", address: to },
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    messageId,
    // So that holiday replies stay away (RFC 3834 §5).
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** A missing or wrong password (RFC 4954 §6): somebody mends that. */
const SIGN_IN_CODES = /^53\d$/;

/** A 5xx to the recipient or to the mail itself is the server's last word (RFC 5321 §4.2.1). */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { command, responseCode } = error as Error & SmtpFailure;
  return (
    (command === "RCPT TO" || command === "DATA") &&
    Number(responseCode) >= 500 &&
    !SIGN_IN_CODES.test(String(responseCode))
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
