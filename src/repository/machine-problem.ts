import type { DatabaseFailure } from "../database/database.ts";
import { Problem } from "../errors/problem.ts";

/** Seconds after which a caller may try again when the database was only busy. */
const RETRY_SOON = "1";
/** Seconds after which trying again may help when the machine needs a hand. */
const RETRY_LATER = "10";

/** What the database or its machine could not do; nothing that the caller sent was wrong. */
export function machineProblem(failure: DatabaseFailure, cause: unknown): Problem {
  switch (failure.kind) {
    case "busy":
      return new Problem("database_busy", "Too much waits for the database. Try again.", {
        headers: { "retry-after": RETRY_SOON },
        cause,
      });
    case "timeout":
      return new Problem(
        "query_timeout",
        "The query visits too many rows and was ended. An index on the columns it filters and sorts by would help.",
        { headers: { "retry-after": RETRY_LATER }, cause },
      );
    case "overflow":
      return new Problem("limit_exceeded", "A sum or a product of this request is beyond 64 bits.", { cause });
    case "full":
      return new Problem("storage_full", "The disk is full; nothing was written.", {
        headers: { "retry-after": RETRY_LATER },
        cause,
      });
    case "too_big":
      return new Problem(
        "limit_exceeded",
        "The rows are too large for one answer: ask for fewer of them, or of their columns.",
        {
          cause,
        },
      );
    case "read_only":
    case "unavailable":
      return new Problem("database_unavailable", "The database cannot answer now.", {
        headers: { "retry-after": RETRY_SOON },
        cause,
      });
    default:
      return new Problem("internal", "The server made a mistake. The log has the details under the request id.", {
        cause,
      });
  }
}
