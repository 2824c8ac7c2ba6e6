import { DatabaseError } from "../database/database.ts";
import { DeclarationError } from "../errors/declaration-error.ts";

/** A known mistake is one line behind `prefix`, without a stack; anything else is a bug and shows its stack. */
export function explainError(error: unknown, prefix = ""): string {
  if (!(error instanceof Error)) return String(error);
  const isKnown =
    error instanceof DeclarationError ||
    error instanceof DatabaseError ||
    ("code" in error && typeof error.code === "string" && error.code.startsWith("E"));
  return isKnown ? `${prefix}${error.message}` : (error.stack ?? error.message);
}
