/**
 * Who asks. Only `auth/` makes principals: the brand is a symbol that nobody else can write, so no
 * other layer can invent a caller.
 */
declare const authenticated: unique symbol;

export type Principal = { readonly [authenticated]: true } & (
  | { readonly kind: "anonymous" }
  /** The server itself, for rows it makes by its own. No request becomes this. */
  | { readonly kind: "system"; readonly reason: string }
);

/** A caller that showed no credentials. */
export const anonymous = { kind: "anonymous" } as Principal;

/** The server's own work; `reason` says why no caller stands behind it. */
export function system(reason: string): Principal {
  return { kind: "system", reason } as Principal;
}
