/** The tokens of a session, as a page keeps them. */
export interface KeptTokens {
  readonly access: string;
  readonly refresh: string;
  /** When one signed in, in milliseconds since 1970: the next session is another one, the next tokens are not. */
  readonly since: number;
}

/** Where a page keeps its tokens. */
export interface TokenStorage {
  read(): KeptTokens | undefined;
  /** Undefined takes them away. */
  write(tokens: KeptTokens | undefined): void;
  /** Calls back whenever another page has written. */
  watch?(written: () => void): void;
}

/** Tokens that go with the page. */
export function memoryTokens(): TokenStorage {
  let kept: KeptTokens | undefined;
  return {
    read: () => kept,
    write: (tokens) => {
      kept = tokens;
    },
  };
}

/** The part of a browser that is used here; where there is no browser, there are no types of one. */
interface Browser {
  readonly localStorage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  addEventListener(type: "storage", listener: (event: { readonly key: string | null }) => void): void;
}

/**
 * Tokens that outlive the page and are shared by all pages of the origin, in the browser's `localStorage`. Every script
 * of the origin can read them: one that somebody else brought in can carry them away.
 */
export function localStorageTokens(key = "servery.tokens"): TokenStorage {
  const browser = globalThis as unknown as Browser;
  const { localStorage } = browser;
  return {
    read: () => keptTokens(localStorage.getItem(key)),
    write: (tokens) => {
      if (tokens === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(tokens));
    },
    watch: (written) => {
      // Without a key all of the storage was emptied.
      browser.addEventListener("storage", (event) => {
        if (event.key === key || event.key === null) written();
      });
    },
  };
}

/** What somebody else wrote under the key is no session. */
function keptTokens(text: string | null): KeptTokens | undefined {
  try {
    const { access, refresh, since } = JSON.parse(text ?? "{}") as Partial<Record<keyof KeptTokens, unknown>>;
    if (typeof access === "string" && typeof refresh === "string" && typeof since === "number")
      return { access, refresh, since };
  } catch {
    // Nor is what is no JSON.
  }
  return undefined;
}
