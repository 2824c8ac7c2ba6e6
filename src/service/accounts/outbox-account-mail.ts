import {
  existingAccountMail,
  passwordChangedMail,
  passwordResetMail,
  verificationMail,
} from "../../mail/account-mails.ts";
import type { Mail } from "../../mail/mail.ts";
import type { Outbox } from "../../mail/outbox.ts";
import type { Observer } from "../../observability/observation.ts";
import type { PostedMail } from "../../repository/outbox-repository.ts";
import { isMailAddress } from "../../schema/mail-address.ts";
import type { AccountMail, MailAbout } from "./account-mail.ts";

interface AccountMailParts {
  readonly outbox: Pick<Outbox, "prepare" | "posted">;
  /** The application's title. */
  readonly title: string;
  /** What links begin with; undefined where nobody said it. */
  readonly origin: () => string | undefined;
  readonly observe: Observer | undefined;
}

/** The mails of accounts, through the outbox. */
export class OutboxAccountMail implements AccountMail {
  readonly #parts: AccountMailParts;
  #saidUnlinked = false;

  constructor(parts: AccountMailParts) {
    this.#parts = parts;
  }

  compose(about: MailAbout, address: string): PostedMail | undefined {
    const { outbox, title, origin: originNow, observe } = this.#parts;
    const origin = originNow();
    if (origin === undefined) {
      if (!this.#saidUnlinked) observe?.({ is: "mail", outcome: "unlinked" });
      this.#saidUnlinked = true;
      return undefined;
    }
    // Who signed up with it is answered as everybody is.
    if (!isMailAddress(address)) return undefined;
    return outbox.prepare(letterOf(about, { to: address, title, origin }));
  }

  posted(): void {
    this.#parts.outbox.posted();
  }
}

function letterOf(
  about: MailAbout,
  to: { readonly to: string; readonly title: string; readonly origin: string },
): Mail {
  switch (about.is) {
    case "verification":
      return verificationMail({ ...to, token: about.token, hours: about.hours });
    case "already_registered":
      return existingAccountMail(to);
    case "reset":
      return passwordResetMail({ ...to, token: about.token, hours: about.hours });
    case "password_changed":
      return passwordChangedMail(to);
  }
}
