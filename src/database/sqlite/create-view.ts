import { DeclarationError } from "../../errors/declaration-error.ts";
import { didYouMean } from "../../errors/nearest-name.ts";
import type { TableModel } from "../../schema/model.ts";
import type { StoredView } from "../../schema/stored-schema.ts";
import { quoteName as quote } from "./quote-name.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

type Scratch = Parameters<Parameters<SqliteDatabase["rehearse"]>[0]>[0];

/**
 * The statements that make the views, in the order of the declaration. SQLite takes a view whose query
 * names what is not there, and fails at its first use; so each is made and looked at in an empty
 * database first, and the file is left as it is when one is wrong.
 */
export function createViews(
  database: Pick<SqliteDatabase, "rehearse">,
  schema: { readonly tables: readonly string[]; readonly models: readonly TableModel[] },
): string[] {
  const views = schema.models.filter((table) => table.view !== undefined);
  if (views.length === 0) return [];
  return database.rehearse((scratch) => {
    for (const statement of schema.tables) scratch.exec(statement);
    return views.map((view) => tried(scratch, view));
  });
}

export function viewStatement({ name, query }: StoredView): string {
  // A comment at the end of the query must not swallow what follows.
  return `CREATE VIEW ${quote(name)} AS\n${query}\n`;
}

function tried(scratch: Scratch, view: TableModel): string {
  const where = `view ${view.name}`;
  const query = queryOf(where, view);
  const statement = viewStatement({ name: view.name, query });
  let answered: string[];
  try {
    scratch.exec(statement);
    // In brackets a second statement is a mistake of its syntax.
    scratch.exec(`SELECT * FROM (\n${query}\n) LIMIT 0`);
    answered = scratch.query("SELECT name FROM pragma_table_info(?)", [view.name]).map(([column]) => String(column));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new DeclarationError(where, `SQLite does not take its query: ${words}`, "Correct the SQL");
  }
  compareColumns(where, view, answered);
  return statement;
}

function queryOf(where: string, { view }: TableModel): string {
  const query = typeof view === "string" ? view : view?.sqlite;
  if (query === undefined)
    throw new DeclarationError(where, "it has no query for SQLite", 'Write { sqlite: "SELECT …" }');
  return query.replace(/[;\s]+$/, "");
}

function compareColumns(where: string, view: TableModel, answered: readonly string[]): void {
  const missing = view.columns.map((column) => column.name).filter((name) => !answered.includes(name));
  const undeclared = answered.filter((name) => !view.column.has(name));
  const [first] = missing;
  if (first !== undefined)
    throw new DeclarationError(
      where,
      `its query answers no ${missing.join(", ")}`,
      didYouMean(first, undeclared).trim() || `Name it in the query: SELECT … AS ${first}`,
    );
  if (undeclared.length > 0)
    throw new DeclarationError(
      where,
      `its query answers ${undeclared.join(", ")}, which the view does not declare`,
      "Declare the column, or leave it out of the query",
    );
}
