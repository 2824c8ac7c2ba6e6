import { writeLetter } from "./letter.ts";
import type { Mail } from "./mail.ts";
import { publicLink } from "./public-link.ts";

/** Where the links of account mails lead, unless the application says otherwise. */
const VERIFY_PATH = "/verify-email";
const RESET_PATH = "/reset-password";

/** What every account mail is made of. */
export interface AccountMail {
  /** The address as the account has it stored, never as a request spelled it. */
  readonly to: string;
  /** What the person is called; a name that could carry a message is left out. */
  readonly name?: string | undefined;
  /** The application's title. */
  readonly title: string;
  /** The configured public origin, never a request's. */
  readonly origin: string;
}

/** One that opens something: the token is a secret. */
export interface TokenMail extends AccountMail {
  readonly token: string;
  /** For how many hours the token is valid. */
  readonly hours: number;
  /** The page of the application that takes `?token=…`. */
  readonly path?: string;
}

/** Asks the owner of an address to confirm it. */
export function verificationMail({ to, name, title, origin, token, hours, path = VERIFY_PATH }: TokenMail): Mail {
  return writeLetter({
    to,
    title,
    name,
    subject: "Confirm your address for",
    before: ["Please confirm that this is your address."],
    link: { label: "Confirm my address", url: publicLink(origin, path, { token }) },
    after: [
      `The link works once, within ${lasting(hours)}.`,
      "If you did not sign up, ignore this mail: without your confirmation nothing happens.",
    ],
  });
}

/** Lets the owner of an account choose a new password. */
export function passwordResetMail({ to, name, title, origin, token, hours, path = RESET_PATH }: TokenMail): Mail {
  return writeLetter({
    to,
    title,
    name,
    subject: "Choose a new password for",
    before: ["Somebody, hopefully you, asked for a new password for your account."],
    link: { label: "Choose a new password", url: publicLink(origin, path, { token }) },
    after: [
      `The link works once, within ${lasting(hours)}. Give it to nobody.`,
      "If you did not ask for it, ignore this mail: your password stays as it is.",
    ],
  });
}

/** Tells the owner of an account of a sign-up with their address; whoever signed up is not told that there is one. */
export function existingAccountMail({ to, name, title, origin }: AccountMail): Mail {
  return writeLetter({
    to,
    title,
    name,
    subject: "You already have an account at",
    before: [
      "Somebody, hopefully you, tried to sign up with your address. You have an account already, so nothing was changed.",
    ],
    link: { label: "Sign in, or ask for a new password", url: publicLink(origin, "/") },
    after: ["If it was not you, you need not do anything."],
  });
}

/** Tells the owner of an account that its password is another one now. */
export function passwordChangedMail({ to, name, title, origin }: AccountMail): Mail {
  return writeLetter({
    to,
    title,
    name,
    subject: "Your password was changed at",
    before: ["The password of your account was changed just now."],
    link: { label: "Open the application", url: publicLink(origin, "/") },
    after: ["If it was not you, ask for a new password at once: somebody else may know the one you had."],
  });
}

function lasting(hours: number): string {
  return hours === 1 ? "one hour" : `${hours} hours`;
}
