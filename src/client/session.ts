import type { ErrorCode } from "../errors/catalog.ts";
import type { AuthChange, AuthReason } from "./auth-types.ts";
import type { Carrier, Issued } from "./carriers.ts";
import type { Call, Received, Send } from "./send.ts";
import { isServeryError } from "./servery-error.ts";

/** A refresh may help. With cookies a request whose first one is over comes as nobody's. */
const OVER: readonly string[] = ["token_expired", "invalid_token", "sign_in_required"] satisfies ErrorCode[];

/** No refresh will ever help again. */
const ENDED: readonly string[] = ["token_expired", "invalid_token", "refresh_reused"] satisfies ErrorCode[];

type Listener = (change: AuthChange) => void;

/** Sends requests as whoever is signed in, and keeps the session alive. */
export class Session {
  readonly #send: Send;
  readonly #carrier: Carrier;
  readonly #listeners = new Set<Listener>();
  /** Many requests find out at once that the tokens are over: one of them asks for the next. */
  #renewing: Promise<boolean> | undefined;

  constructor(send: Send, carrier: Carrier) {
    this.#send = send;
    this.#carrier = carrier;
  }

  async send(call: Call): Promise<Received> {
    const carrier = this.#carrier;
    if (carrier.isStale()) await this.renew(carrier.mark());
    const used = carrier.mark();
    try {
      return await this.#sendOnce(call);
    } catch (error) {
      if (used === undefined || !hasCode(error, OVER) || !(await this.renew(used))) throw error;
    }
    try {
      return await this.#sendOnce(call);
    } catch (error) {
      // What was renewed a moment ago is not accepted either.
      if (hasCode(error, OVER)) this.end("session_over");
      throw error;
    }
  }

  /** Asks for the next tokens unless somebody has since `used` was sent. Answers whether somebody is signed in. */
  async renew(used: string | number | undefined): Promise<boolean> {
    const now = this.#carrier.mark();
    if (now === undefined || now !== used) return now !== undefined;
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  begin(issued: Issued, reason: AuthReason, user: unknown): void {
    this.#carrier.take(issued, true);
    this.tell({ signedIn: true, reason, user });
  }

  end(reason: AuthReason): void {
    const was = this.#carrier.signedIn();
    this.#carrier.drop();
    if (was === true) this.tell({ signedIn: false, reason, user: undefined });
  }

  listen(listener: Listener): () => void {
    // Its own function: the same one may listen twice.
    const own: Listener = (change) => {
      listener(change);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  tell(change: AuthChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #sendOnce(call: Call): Promise<Received> {
    return this.#send({ ...call, headers: { ...this.#carrier.headers(), ...call.headers } });
  }

  async #renewOnce(): Promise<boolean> {
    const carrier = this.#carrier;
    const used = carrier.mark();
    try {
      const { body } = await this.#send({ method: "POST", path: "/api/auth/refresh", body: carrier.proof() });
      // Whoever signed out meanwhile stays so.
      if (carrier.mark() === used) carrier.take(body as Issued, false);
    } catch (error) {
      if (!hasCode(error, ENDED)) throw error;
      // Another page may have been faster: then its tokens are good.
      if (carrier.mark() === used) this.end("session_over");
    }
    return carrier.mark() !== undefined;
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return isServeryError(error) && codes.includes(error.code);
}
