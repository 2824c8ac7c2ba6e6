import type { Account } from "../auth/account.ts";
import { requireSession } from "../auth/require-session.ts";
import type { AnonymousAccounts } from "../service/accounts/anonymous.ts";
import type { ApiKeys } from "../service/accounts/api-keys.ts";
import type { Passkeys } from "../service/accounts/passkeys.ts";
import type { Client } from "../service/accounts/sessions.ts";
import type { SignedIn } from "../service/accounts/sign-in.ts";
import type { SessionForm } from "../validation/body-members.ts";
import { accountsOf, clientOf, refuseExtras, requireOwnRequest, signedInAnswer } from "./account-answer.ts";
import type { HttpAnswer } from "./http-message.ts";
import type { ControllerHop, RoutedRequest } from "./route.ts";

/** What a caller without a session may ask for only so often. */
export type LimitedDoor = "passkey" | "anonymous" | "signUp" | "firstRun";

/** What the ways into an account beside a password stand on. `open-ways-in.ts` plugs it in. */
export interface AccountDoors {
  readonly passkeys: Passkeys;
  readonly keys: ApiKeys;
  /** By the name of the accounts table. */
  readonly anonymous: ReadonlyMap<string, AnonymousAccounts>;
  /** Begins a session of an account that was proved. */
  signIn(account: Account, client: Client): Promise<SignedIn>;
  /** Counts a request of an address; throws a 429 beyond what one may send. */
  limit(address: string | undefined, door: LimitedDoor): void;
}

/** The doors of an application that has accounts: their routes exist in no other. */
export function doorsOf({ services }: Pick<ControllerHop, "services">): AccountDoors {
  const { doors } = services;
  if (doors === undefined) throw new Error("a route of accounts in an application without any");
  return doors;
}

/** Whoever has signed in, and not with an API key. */
export function signedIn({ principal }: Pick<RoutedRequest, "principal">): Account {
  return requireSession(principal.kind === "account" ? principal.account : undefined);
}

/** A request of somebody who has signed in, about their account: who may not is told that before anything else. */
export function ownRequest(request: RoutedRequest): undefined {
  signedIn(request);
  refuseExtras(request);
}

/** Counts a request of whoever asks. */
export function limitDoor(hop: ControllerHop, door: LimitedDoor): void {
  doorsOf(hop).limit(clientOf(hop, accountsOf(hop)).address, door);
}

/** Another site must not sign a browser in as somebody who then reads along. */
export function refuseForeignCookie(hop: ControllerHop, form: SessionForm): void {
  if (form === "cookie") requireOwnRequest(hop, accountsOf(hop));
}

/** Begins a session and answers it like a sign-in with a password does. */
export async function enter(
  hop: ControllerHop,
  account: Account,
  { status, form }: { readonly status: number; readonly form: SessionForm },
): Promise<HttpAnswer> {
  const accounts = accountsOf(hop);
  const begun = await doorsOf(hop).signIn(account, clientOf(hop, accounts));
  return signedInAnswer(status, begun, { form, secure: accounts.secure });
}
