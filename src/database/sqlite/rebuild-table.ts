import type { ColumnSource } from "../migration/schema-change.ts";
import { carriedValue, countsItself, lacksValue, type TableChange } from "./carried-value.ts";
import { tableStatement } from "./create-table.ts";
import { quoteName as quote } from "./quote-name.ts";
import { literal } from "./storage.ts";

/** In front of a table's name while it is rebuilt: no declaration can have such a name. */
const WHILE_REBUILT = "_servery_new_";

/**
 * The way of https://sqlite.org/lang_altertable.html#otheralter: a new table beside the old one, the rows, and then its
 * name. Without indexes; with foreign keys off, in one transaction.
 */
export function rebuildTable(change: TableChange): string[] {
  const { from, to } = change;
  const name = WHILE_REBUILT + to.name;
  return [
    tableStatement(to, name),
    ...keepSequence(change, name),
    copyRows(change, name),
    `DROP TABLE ${quote(from.name)}`,
    // Otherwise the rename also rewrites or refuses triggers and views of others that name the table.
    "PRAGMA legacy_alter_table = ON",
    `ALTER TABLE ${quote(name)} RENAME TO ${quote(to.name)}`,
    "PRAGMA legacy_alter_table = OFF",
  ];
}

/** Ids are never used again, those of deleted rows neither: the new table counts on from where the old one was. */
function keepSequence(change: TableChange, name: string): string[] {
  const { from, to, columns } = change;
  const key = columns.find(({ column }) => countsItself(change, column.name));
  if (!(from.countsKey && to.countsKey) || key?.from?.name !== from.key[0]) return [];
  return [
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${literal(name)}, seq FROM sqlite_sequence WHERE name = ${literal(from.name)}`,
  ];
}

function copyRows(change: TableChange, name: string): string {
  const { from, columns } = change;
  const values = columns.map((source, at) => {
    const comma = at === columns.length - 1 ? "" : ",";
    const hint = hintOf(change, source);
    return `  ${carriedValue(change, source)} AS ${quote(source.column.name)}${comma}${hint === undefined ? "" : ` -- ${hint}`}`;
  });
  return [
    `INSERT INTO ${quote(name)} (${columns.map(({ column }) => quote(column.name)).join(", ")})`,
    "SELECT",
    ...values,
    `FROM ${quote(from.name)}`,
  ].join("\n");
}

/** For whoever reads the migration before it runs. No name in it: one may hold what a reader takes for the end. */
function hintOf(change: TableChange, source: ColumnSource): string | undefined {
  if (lacksValue(change, source))
    return "new and required: instead of NULL write the value for the rows that are there";
  if (source.from?.optional === true && !source.column.optional)
    return "becomes required: coalesce(..., value) fills the rows that have none";
  return undefined;
}
