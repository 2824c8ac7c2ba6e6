import type { AnyDeclaration } from "../schema/application.ts";
import type { AccountRow, SignedUp, SignIn, SignUp } from "../schema/infer-accounts.ts";
import type { CallOptions } from "./send.ts";

/** Why somebody is signed in, or is no more. `session_over`: it ended on the server. `other_page`: another page did it. */
export type AuthReason = "sign_up" | "sign_in" | "sign_out" | "session_over" | "other_page";

/** What a listener of `on("change")` is told. */
export interface AuthChange<User = unknown> {
  readonly signedIn: boolean;
  readonly reason: AuthReason;
  /** The row of whoever signed in, where this page did it. */
  readonly user: User | undefined;
}

/** One place where the account is signed in. */
export interface AccountSession {
  readonly id: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly user_agent: string | null;
  readonly address: string | null;
  /** Whether it is the session that asks. */
  readonly current: boolean;
}

/** `api.auth`: signing in and out, and the account itself. */
export interface AuthClient<App extends AnyDeclaration> {
  /** Whether somebody is signed in, as far as is known here; undefined while only the browser's cookies know. */
  readonly signedIn: boolean | undefined;
  /** Makes an account and signs in; undefined where a mail has to be followed first. */
  signUp(account: SignUp<App>, options?: CallOptions): Promise<SignedUp<App>>;
  signIn(account: SignIn<App>, options?: CallOptions): Promise<AccountRow<App>>;
  /** Ends this session, or with `everywhere` all of the account. Nobody being signed in is no mistake. */
  signOut(options?: CallOptions & { readonly everywhere?: boolean }): Promise<void>;
  me(options?: CallOptions): Promise<{ readonly user: AccountRow<App>; readonly roles: readonly string[] }>;
  /** The next tokens, before a request needs them; answers whether somebody is signed in. */
  refresh(): Promise<boolean>;
  /** All other sessions of the account end. */
  changePassword(
    passwords: { readonly current_password: string; readonly new_password: string },
    options?: CallOptions,
  ): Promise<void>;
  sessions(options?: CallOptions): Promise<readonly AccountSession[]>;
  /** Ends one of the account's own sessions. */
  endSession(id: string, options?: CallOptions): Promise<void>;
  /** Tells of every sign-in and sign-out; answers how to stop listening. */
  on(event: "change", listener: (change: AuthChange<AccountRow<App>>) => void): () => void;
}
