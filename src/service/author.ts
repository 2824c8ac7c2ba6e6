import type { Principal } from "../auth/principal.ts";
import type { Author } from "./write-plan.ts";

/** Who writes, as the audit keeps it. */
export function authorOf(principal: Principal, requestId: string | undefined): Author {
  const account = principal.kind === "account" ? principal.account : undefined;
  // Whoever asks as somebody else did it, and nobody else.
  const actor = account?.by ?? account;
  return {
    kind: principal.kind,
    table: actor?.table ?? null,
    key: actor === undefined ? null : String(actor.key),
    reason: reasonOf(principal),
    requestId: requestId === "" ? null : (requestId ?? null),
  };
}

function reasonOf(principal: Principal): string | null {
  if (principal.kind === "system") return principal.reason;
  if (principal.kind !== "account" || principal.account.by === undefined) return null;
  return `as ${principal.account.table}/${String(principal.account.key)}`;
}
