import { DeclarationError } from "../errors/declaration-error.ts";

/** PostgreSQL cuts names behind 63 bytes; one limit for all keeps a declaration movable. */
const MAX_NAME_BYTES = 63;
/** Names of an adopted file, each a part of URLs, which are bounded too. */
const MAX_ADOPTED_NAME_BYTES = 500;
const DOT_SEGMENTS: ReadonlySet<string> = new Set([".", ".."]);
/** First segments below /api that are not tables. */
const RESERVED_PATHS: ReadonlySet<string> = new Set(["auth", "batch", "server", "x-ray"]);
/** Keys that JavaScript gives a meaning of its own. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Refuses table names that a database, a URL or JavaScript would take for something else. */
export function checkTableName(name: string, { path, adopted }: { path: string | undefined; adopted: boolean }): void {
  const where = `table ${JSON.stringify(name)}`;
  checkName(where, name, adopted);
  if (/^sqlite_/i.test(name))
    throw new DeclarationError(where, "names that begin with sqlite_ belong to SQLite", "Choose another name");
  if (/^_servery/i.test(name))
    throw new DeclarationError(where, "names that begin with _servery belong to Servery", "Choose another name");
  if (path === undefined && (RESERVED_PATHS.has(name) || name.startsWith("_"))) {
    throw new DeclarationError(
      where,
      `/api/${name} belongs to Servery`,
      `Give it a path: table({...}, { path: "${name.replace(/^_+/, "")}s" })`,
    );
  }
  // Every client takes these segments away before it sends a URL (RFC 3986 §5.2.4).
  if (path === undefined && DOT_SEGMENTS.has(name))
    throw new DeclarationError(where, `a URL cannot name ${name}`, 'Give it a path: table({...}, { path: "dots" })');
  if (path !== undefined && (path === "" || /[/?#\\]/.test(path) || RESERVED_PATHS.has(path) || path.startsWith("_"))) {
    throw new DeclarationError(where, `${JSON.stringify(path)} is no path segment of its own`, "Write a plain word");
  }
}

export function checkColumnName(table: string, column: string, adopted: boolean): void {
  checkName(`table ${table}, column ${JSON.stringify(column)}`, column, adopted);
}

/** SQLite compares names without case, so two that differ in case alone are one name there. */
export function refuseCaseClash(where: string, what: string, names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined)
      throw new DeclarationError(where, `the ${what} ${other} and ${name} differ in case alone`, "Rename one of them");
    seen.set(folded, name);
  }
}

/** An adopted name cannot be chosen, and stays in the file that it is in. */
function checkName(where: string, name: string, adopted: boolean): void {
  const bytes = new TextEncoder().encode(name).length;
  const most = adopted ? MAX_ADOPTED_NAME_BYTES : MAX_NAME_BYTES;
  if (name === "" || bytes > most)
    throw new DeclarationError(
      where,
      `a name has 1 to ${most} bytes`,
      adopted ? "Leave it out of the declaration" : "Choose a shorter one",
    );
  if (/[\u0000-\u001f\u007f]/.test(name) || !name.isWellFormed()) {
    throw new DeclarationError(where, "a name holds no control characters", "Use letters, digits and underscores");
  }
  if (FORBIDDEN_NAMES.has(name))
    throw new DeclarationError(where, "JavaScript gives this name a meaning of its own", "Choose another name");
}
