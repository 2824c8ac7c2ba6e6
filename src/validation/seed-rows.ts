import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import type { AnyDeclaration } from "../schema/application.ts";
import { declaredTables, type SchemaModel, type TableModel } from "../schema/model.ts";
import type { BodyValidator } from "./body-validator.ts";
import type { CreateCommand, ImportCommand } from "./command.ts";
import { parseSeedRow } from "./parse-create.ts";
import { parseFill, type RowStream } from "./parse-import.ts";

/** What rows without a caller are checked against. */
export interface FilledApplication {
  readonly declaration: AnyDeclaration;
  readonly schema: SchemaModel;
  readonly validation: { readonly bodies: BodyValidator };
}

/** The command that puts rows into a table as the server's own work. Throws `DeclarationError` where there is no such table. */
export function fillCommand({ schema, validation }: FilledApplication, name: string, rows: RowStream): ImportCommand {
  return parseFill(seedTable(schema, name), rows, validation.bodies);
}

/** The declared first rows, checked like every other row. */
export function* seedCommands(application: FilledApplication): Generator<CreateCommand> {
  const { bodies } = application.validation;
  for (const { table, rows } of application.declaration.seed?.() ?? []) {
    const model = seedTable(application.schema, table);
    let number = 0;
    for (const row of rows) {
      number++;
      try {
        yield parseSeedRow(model, row, bodies);
      } catch (error) {
        throw seedMistake(`seed, table ${table}, row ${number}`, error);
      }
    }
  }
}

/** A table that rows can be put into without a caller. */
function seedTable(schema: SchemaModel, name: string): TableModel {
  const model = schema.tables.get(name);
  if (model === undefined || model.own === true) {
    const names = declaredTables(schema).map((table) => table.name);
    const instead = didYouMean(name, names).trim() || `Name one of ${names.join(", ")}`;
    throw new DeclarationError("seed", `there is no table ${name}`, instead);
  }
  if (model.view === undefined) return model;
  throw new DeclarationError("seed", `${name} is a view: its query makes its rows`, "Fill the tables that it reads");
}

/** What is wrong with a first row is a mistake of the declaration, told in one line. */
export function seedMistake(where: string, error: unknown): unknown {
  if (!(error instanceof Problem) || error.code === "internal") return error;
  const [problem = "", suggestion = "Correct the row"] = error.error.split(/\.(?: (?=Did you mean )|$)/);
  return new DeclarationError(where, problem, suggestion === "" ? "Correct the row" : suggestion);
}
