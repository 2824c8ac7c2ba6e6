import type { AnyDeclaration } from "servery";
import type { CheckComparison } from "#servery/schema/check.js";
import type { ColumnModel, SchemaModel, TableModel } from "#servery/schema/model.js";
import { isRequired, tableOf } from "#servery/schema/model.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import type { Json } from "#servery/schema/stored.js";

type SeedRow = { readonly [column: string]: Json };

/**
 * What is wrong with the rows of a seed, one sentence each; empty when every row could be stored. This reads the rows
 * with its own few rules and not with the validation of the engine, so that neither hides a mistake of the other.
 */
export function seedFindings(declaration: AnyDeclaration): string[] {
  const schema = resolveSchema(declaration);
  const findings: string[] = [];
  /** By table and column(s), the values of the rows so far. */
  const seen = new Map<string, Set<string>>();
  const valuesOf = (name: string): Set<string> => {
    const values = seen.get(name) ?? new Set<string>();
    seen.set(name, values);
    return values;
  };
  for (const { table: name, rows } of declaration.seed?.() ?? []) {
    const table = tableOf(schema, name);
    let at = 0;
    for (const row of rows) {
      const where = `${name}, row ${++at}`;
      for (const finding of rowFindings(table, row)) findings.push(`${where}: ${finding}`);
      for (const finding of referenceFindings(table, row, valuesOf)) findings.push(`${where}: ${finding}`);
      for (const columns of uniqueLists(table)) {
        const values = valuesOf(`${name}.${columns.join()}`);
        const value = JSON.stringify(columns.map((column) => row[column] ?? null));
        if (values.has(value)) findings.push(`${where}: ${columns.join()} ${value} is there twice`);
        values.add(value);
      }
    }
    if (at === 0) findings.push(`${name}: no rows`);
  }
  return [...findings, ...unfilled(schema, declaration)];
}

function rowFindings(table: TableModel, row: SeedRow): string[] {
  const findings: string[] = [];
  for (const name of Object.keys(row)) {
    const column = table.column.get(name);
    if (column === undefined) findings.push(`there is no column ${name}`);
    else if (column.filled !== undefined && column.filled.by !== "caller") findings.push(`the service fills ${name}`);
  }
  for (const column of table.columns) {
    const value = row[column.name];
    if (value === undefined || value === null) {
      if (value === null ? !column.optional : isRequired(column)) findings.push(`${column.name} is missing`);
    } else if (!fits(column, value)) findings.push(`${column.name} ${JSON.stringify(value)} is no ${column.kind.name}`);
  }
  for (const { name, comparisons } of table.checks) {
    if (!comparisons.every((comparison) => holds(row, comparison))) findings.push(`breaks ${name}`);
  }
  return findings;
}

function fits(column: ColumnModel, value: Json): boolean {
  const { storage } = column.kind;
  switch (storage.as) {
    case "text": {
      if (typeof value !== "string" || (storage.values?.includes(value) ?? true) === false) return false;
      const length = [...value].length;
      return length >= storage.min && length <= storage.max;
    }
    case "integer":
      return Number.isInteger(value) && (value as number) >= storage.min && (value as number) <= storage.max;
    case "boolean":
      return typeof value === "boolean";
    case "decimal": {
      const stored = typeof value === "string" ? column.kind.parse(value) : undefined;
      return typeof stored === "bigint" && stored >= (storage.min ?? stored);
    }
    case "timestamp":
      return typeof value === "string" && column.kind.parse(value) !== undefined;
    default:
      // The examples have no other kinds; one that is added must be checked here.
      return false;
  }
}

/** The examples compare for inequality alone. */
function holds(row: SeedRow, { column, operator, operand }: CheckComparison): boolean {
  return operator === "ne" && "column" in operand && row[column] !== row[operand.column];
}

function referenceFindings(table: TableModel, row: SeedRow, valuesOf: (name: string) => Set<string>): string[] {
  return table.columns.flatMap((column) => {
    const value = row[column.name] ?? null;
    if (column.references === undefined || value === null) return [];
    const { table: parent, column: key } = column.references;
    return valuesOf(`${parent}.${key}`).has(JSON.stringify([value]))
      ? []
      : [`no earlier ${parent} has the key ${JSON.stringify(value)}`];
  });
}

function uniqueLists(table: TableModel): string[][] {
  const indexed = table.indexes
    .filter((index) => index.unique)
    .map((index) => index.columns.map((column) => column.name));
  return [table.key.map((column) => column.name), ...indexed];
}

function unfilled(schema: SchemaModel, declaration: AnyDeclaration): string[] {
  const filled = new Set([...(declaration.seed?.() ?? [])].map(({ table }) => table));
  return [...schema.tables.values()]
    .filter((table) => table.view === undefined && !filled.has(table.name))
    .map((table) => `${table.name}: not in the seed`);
}
