import { DatabaseError, type DatabaseFailure } from "../database.ts";

/** The primary result codes of SQLite (https://sqlite.org/rescode.html) that mean something of their own here. */
const code = {
  perm: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  interrupt: 9,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  auth: 23,
  notADatabase: 26,
} as const;

/** The extended codes of SQLITE_CONSTRAINT, as `primary | (detail << 8)`. */
const constraint = {
  check: 275,
  foreignKey: 787,
  notNull: 1299,
  primaryKey: 1555,
  trigger: 1811,
  unique: 2067,
  rowId: 2579,
  dataType: 3091,
} as const;

/** better-sqlite3 names its codes; the others give the number. */
const codeByName: Readonly<Record<string, number>> = {
  SQLITE_PERM: code.perm,
  SQLITE_BUSY: code.busy,
  SQLITE_LOCKED: code.locked,
  SQLITE_NOMEM: code.noMemory,
  SQLITE_READONLY: code.readOnly,
  SQLITE_INTERRUPT: code.interrupt,
  SQLITE_IOERR: code.ioError,
  SQLITE_CORRUPT: code.corrupt,
  SQLITE_FULL: code.full,
  SQLITE_CANTOPEN: code.cantOpen,
  SQLITE_PROTOCOL: code.protocol,
  SQLITE_TOOBIG: code.tooBig,
  SQLITE_CONSTRAINT: code.constraint,
  SQLITE_CONSTRAINT_CHECK: constraint.check,
  SQLITE_CONSTRAINT_FOREIGNKEY: constraint.foreignKey,
  SQLITE_CONSTRAINT_NOTNULL: constraint.notNull,
  SQLITE_CONSTRAINT_PRIMARYKEY: constraint.primaryKey,
  SQLITE_CONSTRAINT_TRIGGER: constraint.trigger,
  SQLITE_CONSTRAINT_UNIQUE: constraint.unique,
  SQLITE_CONSTRAINT_ROWID: constraint.rowId,
  SQLITE_CONSTRAINT_DATATYPE: constraint.dataType,
  SQLITE_MISMATCH: code.mismatch,
  SQLITE_AUTH: code.auth,
  SQLITE_NOTADB: code.notADatabase,
};

const kindByCode: Readonly<Record<number, DatabaseFailure["kind"]>> = {
  [code.perm]: "unavailable",
  [code.busy]: "busy",
  [code.locked]: "busy",
  [code.noMemory]: "unavailable",
  [code.readOnly]: "read_only",
  [code.interrupt]: "timeout",
  [code.ioError]: "unavailable",
  [code.corrupt]: "unavailable",
  [code.full]: "full",
  [code.cantOpen]: "unavailable",
  [code.protocol]: "busy",
  [code.tooBig]: "too_big",
  [code.mismatch]: "type",
  [code.auth]: "unavailable",
  [code.notADatabase]: "unavailable",
};

/** SQLite's own words for a result code: @photostructure/sqlite gives no code for a statement that answers rows. */
const codeByMessage: readonly (readonly [RegExp, number])[] = [
  [/^UNIQUE constraint failed/, constraint.unique],
  [/^NOT NULL constraint failed/, constraint.notNull],
  [/^CHECK constraint failed/, constraint.check],
  [/^FOREIGN KEY constraint failed/, constraint.foreignKey],
  [/^cannot store \w+ value in \w+ column/, constraint.dataType],
  [/^datatype mismatch/, code.mismatch],
  [/^string or blob too big/, code.tooBig],
  [/^database (?:table |schema )?is locked/, code.busy],
  [/^database or disk is full/, code.full],
  [/^disk I\/O error/, code.ioError],
  [/^database disk image is malformed/, code.corrupt],
  [/^attempt to write a readonly database/, code.readOnly],
  [/^unable to open database file/, code.cantOpen],
  [/^file is not a database/, code.notADatabase],
  [/^interrupted/, code.interrupt],
  [/^out of memory/, code.noMemory],
];

/** What any error of either binding means, in the words of the port. */
export function mapError(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  const found = resultCode(error);
  // SQLite has no code of its own for a sum() beyond 64 bits.
  if (message === "integer overflow") return { kind: "overflow", message };
  // A foreign key of an adopted file that names no key of its parent: SQLite refuses what would have to look for it.
  if (message.startsWith("foreign key mismatch")) return { kind: "aborted", message };
  if (found === undefined) return fromBinding(message);
  if ((found & 0xff) === code.constraint) return fromConstraint(found, message);
  return { kind: kindByCode[found & 0xff] ?? "other", message };
}

/** SQLite's result code of an error, extended where it is, or nothing for an error of the binding itself. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode;
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  if (error.code === "ERR_SQLITE_ERROR") {
    const known = codeByMessage.find(([words]) => words.test(error.message))?.[1];
    // What is wrong with a statement has its code: what is left while it runs is the text of a trigger's RAISE.
    return known ?? (/JSON|overflow/.test(error.message) ? undefined : constraint.trigger);
  }
  if (!error.code.startsWith("SQLITE_")) return undefined;
  // An extended name that is not listed, such as SQLITE_IOERR_FSYNC, falls back to its primary one.
  return codeByName[error.code] ?? codeByName[error.code.split("_", 2).join("_")] ?? 1;
}

/** Values that no statement can take are the caller's: the bindings find them out before SQLite sees them. */
function fromBinding(message: string): DatabaseFailure {
  if (/too big|too large|too long/i.test(message)) return { kind: "too_big", message };
  if (/cannot be (?:bound|stored)|SQLite cannot store|can only bind/i.test(message)) return { kind: "type", message };
  return { kind: "other", message };
}

function fromConstraint(found: number, message: string): DatabaseFailure {
  const [, subject = ""] = /^[\w ]+ constraint failed: ([^]*)$/.exec(message) ?? [];
  switch (found) {
    case constraint.unique:
    case constraint.primaryKey:
    case constraint.rowId:
      return { kind: "unique", ...clashOf(subject), message };
    case constraint.notNull:
      return { kind: "not_null", ...clashOf(subject), message };
    case constraint.check:
      return { kind: "check", ...(subject === "" ? {} : { constraint: subject }), message };
    case constraint.foreignKey:
      return { kind: "foreign_key", message };
    case constraint.dataType:
      return { kind: "type", ...clashOf(/ column ([^]*)$/.exec(message)?.[1] ?? ""), message };
    case constraint.trigger:
      // SQLite carries out ON DELETE RESTRICT as a trigger of its own.
      return { kind: message === "FOREIGN KEY constraint failed" ? "foreign_key" : "aborted", message };
    default:
      return { kind: "other", message };
  }
}

/** `users.email, users.name` or `index 'users_lower_email'`, as SQLite names what clashed. */
function clashOf(subject: string): Pick<DatabaseFailure, "table" | "columns" | "constraint"> {
  const [, index] = /^index '([^]*)'$/.exec(subject) ?? [];
  if (index !== undefined) return { constraint: index };
  const dot = subject.indexOf(".");
  if (dot <= 0) return {};
  const table = subject.slice(0, dot);
  // Column names may hold commas and dots: only the table's own name, repeated, divides the list.
  return { table, columns: subject.slice(dot + 1).split(`, ${table}.`) };
}
