import type { AuthChange } from "./auth-types.ts";
import type { Carrier, Issued } from "./carriers.ts";
import { idSegment } from "./path.ts";
import type { CallOptions, Send } from "./send.ts";
import { isServeryError } from "./servery-error.ts";
import type { Session } from "./session.ts";
import type { TokenStorage } from "./tokens.ts";

const AUTH = "/api/auth";

/** The server cannot know an account by what was sent (RFC 9110 §15.5.2). */
const UNAUTHORIZED = 401;

interface AuthParts {
  readonly session: Session;
  readonly carrier: Carrier;
  /** Sends as nobody, for what needs no session or proves it by itself. */
  readonly send: Send;
}

/** What `api.auth` does; auth-types.ts has its types. */
export class Auth {
  readonly #parts: AuthParts;

  constructor(parts: AuthParts) {
    this.#parts = parts;
  }

  get signedIn(): boolean | undefined {
    return this.#parts.carrier.signedIn();
  }

  async signUp(account: object, { signal }: CallOptions = {}): Promise<unknown> {
    const { session, carrier, send } = this.#parts;
    const call = { method: "POST", path: `${AUTH}/sign-up`, body: this.#begun(account), signal };
    // Old cookies come along whatever is sent: they must be renewed or gone.
    const { body } = carrier.session === "cookie" ? await session.send(call) : await send(call);
    return isIssued(body) ? this.#begin(body, "sign_up") : undefined;
  }

  async signIn(account: object, { signal }: CallOptions = {}): Promise<unknown> {
    const body = this.#begun(account);
    const answer = await this.#parts.send({ method: "POST", path: `${AUTH}/sign-in`, body, signal });
    return this.#begin(answer.body as Issued, "sign_in");
  }

  async signOut({ everywhere, signal }: CallOptions & { readonly everywhere?: boolean } = {}): Promise<void> {
    const { session, carrier, send } = this.#parts;
    if (carrier.mark() === undefined) return;
    const body = { ...carrier.proof(), ...(everywhere === true && { everywhere }) };
    const call = { method: "POST", path: `${AUTH}/sign-out`, body, signal };
    // Tokens go at once, whatever the network says; cookies stay until the server takes them back.
    const isCookie = carrier.session === "cookie";
    if (!isCookie) session.end("sign_out");
    try {
      await (isCookie ? session.send(call) : send(call));
    } catch (error) {
      // A session that is over is what was wanted.
      if (!isServeryError(error) || error.status !== UNAUTHORIZED) throw error;
    }
    if (isCookie) session.end("sign_out");
  }

  async me({ signal }: CallOptions = {}): Promise<unknown> {
    return (await this.#parts.session.send({ method: "GET", path: `${AUTH}/me`, signal })).body;
  }

  refresh(): Promise<boolean> {
    const { session, carrier } = this.#parts;
    return session.renew(carrier.mark());
  }

  async changePassword(body: object, { signal }: CallOptions = {}): Promise<void> {
    await this.#parts.session.send({ method: "POST", path: `${AUTH}/change-password`, body, signal });
  }

  async sessions({ signal }: CallOptions = {}): Promise<unknown> {
    return (await this.#parts.session.send({ method: "GET", path: `${AUTH}/sessions`, signal })).body;
  }

  async endSession(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#parts.session.send({ method: "DELETE", path: `${AUTH}/sessions/${idSegment(id)}`, signal });
  }

  on(_event: "change", listener: (change: AuthChange) => void): () => void {
    return this.#parts.session.listen(listener);
  }

  #begun(account: object): object {
    const { carrier } = this.#parts;
    return carrier.session === "cookie" ? { ...account, session: "cookie" } : account;
  }

  #begin(issued: Issued & { readonly user?: unknown }, reason: "sign_up" | "sign_in"): unknown {
    this.#parts.session.begin(issued, reason, issued.user);
    return issued.user;
  }
}

/** Tells what other pages do to the tokens that they share with this one. */
export function watchOthers(storage: TokenStorage, session: Session): void {
  let since = storage.read()?.since;
  session.listen(() => {
    since = storage.read()?.since;
  });
  storage.watch?.(() => {
    const now = storage.read()?.since;
    if (now !== since) session.tell({ signedIn: now !== undefined, reason: "other_page", user: undefined });
  });
}

function isIssued(body: unknown): body is Issued {
  return typeof body === "object" && body !== null && "expires_in" in body;
}
