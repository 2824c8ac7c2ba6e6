import type { MailTransport, OutgoingMail } from "./mail.ts";

/** Hands every mail to a function instead of sending it. */
export function developmentTransport(show: (mail: OutgoingMail) => void): MailTransport {
  return {
    catches: true,
    send(mail) {
      show(mail);
      return Promise.resolve();
    },
  };
}
