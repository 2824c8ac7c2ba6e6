import { DatabaseError, type DatabaseFailure } from "../database.ts";

/** What the classes and codes of SQLSTATE mean (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const kindByState: Readonly<Record<string, DatabaseFailure["kind"]>> = {
  "23505": "unique",
  "23503": "foreign_key",
  "23001": "foreign_key",
  "23514": "check",
  "23502": "not_null",
  "22003": "overflow",
  "22P02": "type",
  "22007": "type",
  "22008": "type",
  "22021": "type",
  "22P05": "type",
  "22001": "too_big",
  "54000": "too_big",
  "53100": "full",
  "53200": "unavailable",
  "53300": "busy",
  "53400": "busy",
  "55P03": "busy",
  "40001": "busy",
  "40P01": "busy",
  "57014": "timeout",
  "25006": "read_only",
  "25P03": "timeout",
  P0001: "aborted",
  "09000": "aborted",
};

/** Connection exceptions, failed sign-ins, catalogues that are not there, an operator's hand, errors of the system. */
const UNAVAILABLE = /^(?:08|28|3D|57P|58|F0|XX)/;

/** Errors of the socket, which have no SQLSTATE: nobody knows what became of the statement. */
const LOST = /^(?:E[A-Z]+|ERR_[A-Z_]+)$/;
const LOST_WORDS =
  /^(?:Connection terminated|Client has encountered|Client was closed|timeout expired|Query read timeout|The server does not support SSL)/;

/** What PostgreSQL or its client says when something fails. */
interface PostgresError extends Error {
  readonly code?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly detail?: string;
}

/** What any error of the client means, in the words of the port. */
export function mapError(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseError) return error.failure;
  if (!(error instanceof Error)) return { kind: "other", message: String(error) };
  const { code = "", table, column, constraint, detail, message } = error as PostgresError;
  if (isLost(code, message)) return { kind: "unavailable", message: message || code };
  const kind = kindByState[code] ?? (UNAVAILABLE.test(code) ? "unavailable" : "other");
  switch (kind) {
    case "unique":
      return { kind, ...named({ table, constraint }), columns: clashingColumns(detail ?? ""), message };
    case "not_null":
      return { kind, ...named({ table }), columns: column === undefined ? [] : [column], message };
    case "check":
    case "foreign_key":
      return { kind, ...named({ table, constraint }), message };
    default:
      return { kind, message };
  }
}

/** Two transactions met: carried out again, the write may well succeed. */
export function mayRepeat(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "40001" || code === "40P01";
}

/** The connection is of no more use. */
export function breaksConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "", message } = error as PostgresError;
  return isLost(code, message) || /^(?:08|57P|25P03)/.test(code);
}

function isLost(code: string, message: string): boolean {
  return LOST.test(code) || (code === "" && LOST_WORDS.test(message));
}

function named(names: { table?: string | undefined; constraint?: string | undefined }): Partial<DatabaseFailure> {
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
}

/** `Key (lower(email), "a b")=(…) already exists.`, in whatever language the server speaks. */
function clashingColumns(detail: string): string[] {
  const [, list = ""] = /\(([^]*?)\)=\(/.exec(detail) ?? [];
  const names = list.match(/"(?:[^"]|"")+"|[\w$\u0080-\uffff]+/g) ?? [];
  // What stands around a column of an expression is no column.
  return names
    .filter((name) => name !== "lower" && name !== "text")
    .map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name));
}
