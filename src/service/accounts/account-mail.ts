import type { PostedMail } from "../../repository/outbox-repository.ts";

/** What an account is told by mail. */
export type MailAbout =
  /** The address has to be proved: with a link that only whoever reads the mail has. */
  | { readonly is: "verification"; readonly token: string; readonly hours: number }
  /** Somebody signed up with an address that has an account already. */
  | { readonly is: "already_registered" }
  /** A link to choose a new password by. */
  | { readonly is: "reset"; readonly token: string; readonly hours: number }
  | { readonly is: "password_changed" };

/** Port: the mails that accounts are told by. They are stored with what they are about, and go out by themselves. */
export interface AccountMail {
  /** A mail as the outbox takes it; undefined where the address can get none, or nobody knows where links lead. */
  compose(about: MailAbout, address: string): PostedMail | undefined;
  /** To be said when such mails were stored. */
  posted(): void;
}
