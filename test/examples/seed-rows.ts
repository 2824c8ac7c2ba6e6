import { createHash } from "node:crypto";
import type { AnyDeclaration } from "servery";

/** All rows of one table of a seed. */
export function seedRows<Row>(declaration: AnyDeclaration, table: string): Row[] {
  return [...(declaration.seed?.() ?? [])]
    .filter((part) => part.table === table)
    .flatMap((part) => [...part.rows]) as Row[];
}

/** A SHA-256 over every row in the order of the seed: equal when, and only when, all rows are equal. */
export function seedHash(declaration: AnyDeclaration): string {
  const hash = createHash("sha256");
  for (const { table, rows } of declaration.seed?.() ?? []) {
    for (const row of rows) hash.update(`${table} ${JSON.stringify(row)}\n`);
  }
  return hash.digest("hex");
}
