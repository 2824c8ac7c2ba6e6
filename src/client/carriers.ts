import type { TokenStorage } from "./tokens.ts";

/** A session whose tokens end within this time, in milliseconds, is renewed before it is used. */
const EARLY_MS = 10_000;

/** What a sign-in and a refresh answer. */
export interface Issued {
  readonly access_token?: string;
  readonly refresh_token?: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** How a session travels: in tokens that the page keeps, or in cookies that no page can read. */
export interface Carrier {
  readonly session: "token" | "cookie";
  /** Differs after every change of the tokens; undefined where nobody is signed in. */
  mark(): string | number | undefined;
  /** Whether somebody is signed in; undefined where only a refresh could tell. */
  signedIn(): boolean | undefined;
  /** Whether a request would go out as nobody's unless the session is renewed first. */
  isStale(): boolean;
  headers(): Readonly<Record<string, string>>;
  /** What proves the session where its tokens are asked for or ended; undefined where cookies do. */
  proof(): { readonly refresh_token: string } | undefined;
  /** `isNew` at a sign-in. */
  take(issued: Issued, isNew: boolean): void;
  drop(): void;
}

/** A session in tokens. They are read anew each time: another page may have renewed them. */
export function tokenCarrier(storage: TokenStorage): Carrier {
  return {
    session: "token",
    // Two access tokens of one second may be equal.
    mark: () => storage.read()?.refresh,
    signedIn: () => storage.read() !== undefined,
    isStale: () => false,
    headers: () => {
      const kept = storage.read();
      return kept === undefined ? {} : { authorization: `Bearer ${kept.access}` };
    },
    proof: () => {
      const kept = storage.read();
      return kept && { refresh_token: kept.refresh };
    },
    take: ({ access_token: access = "", refresh_token: refresh = "" }, isNew) => {
      const since = (isNew ? undefined : storage.read()?.since) ?? Date.now();
      storage.write({ access, refresh, since });
    },
    drop: () => {
      storage.write(undefined);
    },
  };
}

/**
 * A session in cookies. The browser drops the first of them when it is over and goes on as nobody, without an error, so
 * the time is watched here; a page that has just been loaded does not know it and asks.
 */
export function cookieCarrier(): Carrier {
  let generation = 0;
  let until: number | "unknown" | "signed out" = "unknown";
  return {
    session: "cookie",
    mark: () => (until === "signed out" ? undefined : generation),
    signedIn: () => (until === "unknown" ? undefined : until !== "signed out"),
    isStale: () => until === "unknown" || (until !== "signed out" && Date.now() >= until),
    headers: () => ({}),
    proof: () => undefined,
    take: ({ expires_in: seconds }) => {
      generation++;
      until = Date.now() + seconds * 1_000 - EARLY_MS;
    },
    drop: () => {
      until = "signed out";
    },
  };
}
