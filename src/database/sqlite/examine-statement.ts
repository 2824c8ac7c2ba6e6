import { DatabaseError, type Stored } from "../database.ts";
import type { StatementFacts } from "../asked-statement.ts";
import type { Connection } from "./connection.ts";
import { statementForm } from "./statement-form.ts";

/** The page of the table of tables: https://sqlite.org/fileformat2.html#storage_of_the_sql_database_schema. */
const SCHEMA_PAGE = 1;
const SCHEMA = "sqlite_schema";
/** How far the keys of each table are counted: https://sqlite.org/autoinc.html. */
const COUNTS = "sqlite_sequence";
/** The number of the file among those that a connection has open; beside an adopted file, Servery's own is another. */
const MAIN = 0;
const TEMPORARY = 1;
/** A table of another file, or one that is none. */
const UNKNOWN = "such a table";
/** Between two looks at the schema it may change; three times in a row it does not. */
const TRIES = 3;

/**
 * What a statement would do: from its byte code (https://sqlite.org/opcode.html), in which every table that it opens
 * stands as a number, whatever it is called and whichever view or trigger leads there. Throws the binding's error, or
 * `UnaskableStatement`.
 */
export function examineStatement(connection: Connection, sql: string): StatementFacts {
  const form = statementForm(sql);
  const noValues = Array.from({ length: form.values }, () => null);
  for (let tries = 0; tries < TRIES; tries++) {
    const version = schemaVersion(connection);
    const names = tablesByPage(connection);
    const program = connection.query(`EXPLAIN ${sql}`, noValues);
    if (schemaVersion(connection) === version) return { ...form, ...factsOf(program, names) };
  }
  throw new DatabaseError({ kind: "busy", message: "The schema is being changed." });
}

function schemaVersion(connection: Connection): Stored | undefined {
  return connection.query("PRAGMA schema_version")[0]?.[0];
}

/** Indexes have pages of their own, and are named by their table. */
function tablesByPage(connection: Connection): ReadonlyMap<number, string> {
  const rows = connection.query("SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0");
  return new Map([[SCHEMA_PAGE, SCHEMA], ...rows.map(([page, table]) => [Number(page), String(table)] as const)]);
}

function factsOf(
  program: readonly (readonly Stored[])[],
  names: ReadonlyMap<number, string>,
): Pick<StatementFacts, "writes" | "target" | "closed"> {
  let [writes, target, closed] = [false, undefined as string | undefined, undefined as string | undefined];
  const meets = ({ page, file, writing }: Opened): void => {
    if (file === TEMPORARY) return;
    const table = file === MAIN ? (names.get(Number(page)) ?? UNKNOWN) : UNKNOWN;
    // An INSERT counts its keys there; who writes nothing else means the count itself.
    if (writing && table !== COUNTS) target ??= table;
    if (isClosed(table, writing)) closed ??= table;
  };
  for (const [, opcode, first, second, third] of program) {
    if (opcode === "OpenRead" || opcode === "ReopenIdx") meets({ page: second, file: third, writing: false });
    else if (opcode === "OpenWrite") meets({ page: second, file: third, writing: true });
    else if (opcode === "Clear" || opcode === "Destroy") meets({ page: first, file: second, writing: true });
    if (opcode === "VUpdate" || (opcode === "Transaction" && second !== 0)) writes = true;
  }
  // What is written is no table but the index of one, whose own tables stand in no byte code.
  if (writes && target === undefined) closed ??= UNKNOWN;
  return { writes, target, closed };
}

interface Opened {
  readonly page: Stored | undefined;
  readonly file: Stored | undefined;
  readonly writing: boolean;
}

function isClosed(table: string, writing: boolean): boolean {
  return table === UNKNOWN || /^_servery/i.test(table) || (writing && table !== COUNTS && /^sqlite_/i.test(table));
}
