import { createHash } from "node:crypto";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { Loss } from "./schema-change.ts";
import { type SqlStatement, splitStatements } from "./split-statements.ts";
import { MIGRATIONS_FOLDER } from "./migrations-path.ts";

/** Digits of the number that a file's name begins with. */
export const NUMBER_DIGITS = 4;

const FILE_NAME = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)*)\.(sql|ts|mts|js|mjs)$/;
const HASH = /^[0-9a-f]{16}$/;

/** One file of the migrations folder. */
export interface MigrationFile {
  readonly number: number;
  /** Its name in the folder, such as `0002_add_slug.sql`. */
  readonly name: string;
  readonly path: string;
  readonly language: "sql" | "module";
  readonly text: string;
  /** SHA-256 of the text, whatever its line ends: git may change those. */
  readonly checksum: string;
  /** The schema that the file begins with and the one it leads to; files written by hand name none. */
  readonly leads: { readonly from: string; readonly to: string } | undefined;
  /** What is gone afterwards, as was consented to when the file was made. */
  readonly losses: readonly Loss[];
}

/** The number, name and language of a file name; undefined where it names no migration. */
export function migrationName(name: string): Pick<MigrationFile, "number" | "name" | "language"> | undefined {
  const [, digits, , extension] = FILE_NAME.exec(name) ?? [];
  if (digits === undefined || Number(digits) === 0) return undefined;
  return { number: Number(digits), name, language: extension === "sql" ? "sql" : "module" };
}

/** `0007` of 7. */
export function numberText(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, "0");
}

/** Reads a file's text. Throws `DeclarationError` where its first lines are no longer what was written there. */
export function migrationFile(
  named: Pick<MigrationFile, "number" | "name" | "language">,
  file: { readonly path: string; readonly text: string },
): MigrationFile {
  const text = file.text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const where = `${MIGRATIONS_FOLDER}/${named.name}`;
  if (text.includes("\0"))
    throw new DeclarationError(where, "it holds U+0000, where SQLite stops reading", "Take it out");
  const head = headerOf(text);
  const [from, to] = [head.find(([key]) => key === "from"), head.find(([key]) => key === "to")].map(
    (line) => line?.[1],
  );
  const isWhole = from !== undefined && to !== undefined && HASH.test(from) && HASH.test(to);
  if (!isWhole && (from ?? to) !== undefined)
    throw new DeclarationError(
      where,
      "one of its lines -- from and -- to is missing or changed",
      "Restore the file from your repository",
    );
  return {
    ...named,
    path: file.path,
    text,
    checksum: createHash("sha256").update(text).digest("hex"),
    leads: isWhole ? { from, to } : undefined,
    losses: head.flatMap(([key, rest]) => (key === "loses" ? [lossOf(rest)] : [])),
  };
}

/**
 * The statements of a SQL file. Throws `DeclarationError` for one that would end the transaction that the file runs in,
 * or cannot run inside of one.
 */
export function statementsOf(file: Pick<MigrationFile, "name" | "text">): readonly SqlStatement[] {
  const where = `${MIGRATIONS_FOLDER}/${file.name}`;
  let statements: readonly SqlStatement[];
  try {
    statements = splitStatements(file.text);
  } catch (error) {
    throw new DeclarationError(where, error instanceof Error ? error.message : String(error), "Close it");
  }
  for (const { sql, line } of statements) {
    const refused = refusedWord(sql);
    if (refused !== undefined) throw new DeclarationError(`${where}, line ${line}`, ...refused);
  }
  return statements;
}

/** Why a statement cannot be a part of a migration and what to do instead, if it cannot. */
export function refusedWord(sql: string): [problem: string, instead: string] | undefined {
  const [, word = ""] = /^(\w+)/.exec(sql) ?? [];
  switch (word.toUpperCase()) {
    case "BEGIN":
    case "COMMIT":
    case "END":
    case "ROLLBACK":
    case "SAVEPOINT":
    case "RELEASE":
      return [`${word} stands where Servery runs the whole file in one transaction`, "Leave it out"];
    case "PRAGMA":
      // What a rebuilt table needs while it gets its name.
      if (/^PRAGMA\s+legacy_alter_table\b/i.test(sql)) return undefined;
      return [`${word} does nothing inside a transaction, or belongs to the connection`, "Leave it out"];
    case "VACUUM":
    case "ATTACH":
    case "DETACH":
      return [`${word} cannot run inside a transaction`, "Run it by hand, while no server runs"];
    default:
      return undefined;
  }
}

/** The words behind `-- from`, `-- to` and `-- loses` in the comment lines that a file begins with. */
function headerOf(text: string): (readonly [key: string, rest: string])[] {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("--"));
  return lines.slice(0, end === -1 ? undefined : end).flatMap((line) => {
    const [, key, rest] = /^-- (from|to|loses) (.+?)\s*$/.exec(line) ?? [];
    return key === undefined || rest === undefined ? [] : [[key, rest] as const];
  });
}

function lossOf(text: string): Loss {
  const at = text.indexOf(": ");
  return at === -1 ? { name: text, what: "" } : { name: text.slice(0, at), what: text.slice(at + 2) };
}
