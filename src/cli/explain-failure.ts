import { DatabaseError } from "../database/database.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { Problem } from "../errors/problem.ts";
import { SourceError, type SourcePlace } from "../errors/source-error.ts";
import { UsageError } from "./usage-error.ts";

/** The program ends with it when the command line was wrong, and nothing was done. */
const WRONG_USAGE = 2;
const FAILED = 1;

/** Why a command did not do what it was asked for. */
export interface Failure {
  readonly exitCode: number;
  /** One line; for a bug of Servery the stack too. */
  readonly text: string;
  /** What stands under `error` in the document of a command that was asked for JSON. */
  readonly told: { readonly message: string; readonly place?: SourcePlace };
}

/** A known mistake is one line without a stack; anything else is a bug and shows its stack. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof UsageError)
    return { exitCode: WRONG_USAGE, text: error.message, told: { message: error.message } };
  if (error instanceof SourceError)
    return { exitCode: FAILED, text: error.message, told: { message: error.message, place: error.place } };
  if (error instanceof Problem && error.code !== "internal") {
    const { error: message } = error;
    return { exitCode: FAILED, text: message, told: { message } };
  }
  const message = error instanceof Error ? error.message : String(error);
  const text = isKnown(error) || !(error instanceof Error) ? message : (error.stack ?? message);
  return { exitCode: FAILED, text, told: { message } };
}

function isKnown(error: unknown): boolean {
  if (error instanceof DeclarationError || error instanceof DatabaseError) return true;
  // The system's own: a taken port, a folder that cannot be written.
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code);
}
