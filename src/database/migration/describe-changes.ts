import type { StoredColumn, StoredTable } from "../../schema/stored-schema.ts";
import { describeStorage } from "./describe-storage.ts";
import { droppedColumns } from "./difference.ts";
import type { ColumnSource, SchemaChange, SchemaDifference } from "./schema-change.ts";

type TableChange = Extract<SchemaChange, { is: "change table" }>;

/** One line for each thing that changes, for a person: `+` comes, `-` goes, `~` is another than before. */
export function describeChanges({ changes }: SchemaDifference): readonly string[] {
  return changes.flatMap((change) => {
    switch (change.is) {
      case "create table":
        return [`+ table ${change.table.name} (${counted(change.table.columns.length, "column")})`];
      case "drop table":
        return [`- table ${change.table.name} (its rows are lost)`];
      case "change table":
        return [...tableLine(change), ...indexLines(change)];
      case "create view":
      case "drop view":
        return viewLine(change, changes);
    }
  });
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function tableLine(change: TableChange): string[] {
  const { from, to } = change;
  const parts = [
    ...change.columns.flatMap((source) => columnParts(source)),
    ...droppedColumns(change).map(({ name }) => `- column ${name} (its values are lost)`),
    ...keyParts(change),
    ...checkParts(from, to),
    ...searchParts(change),
  ];
  const renamed = from.name === to.name ? "" : ` becomes ${to.name}`;
  if (parts.length === 0) return renamed === "" ? [] : [`~ table ${from.name}${renamed}`];
  return [`~ table ${from.name}${renamed}: ${parts.join(", ")}`];
}

function columnParts({ column, from }: ColumnSource): string[] {
  if (from === undefined) return [`+ column ${column.name}`];
  const parts: string[] = [];
  if (from.name !== column.name) parts.push(`column ${from.name} becomes ${column.name}`);
  const [before, after] = [describeStorage(from.storage), describeStorage(column.storage)];
  if (before !== after) parts.push(`column ${column.name} becomes ${after} (was ${before})`);
  else if (asText(from.storage) !== asText(column.storage)) parts.push(`column ${column.name} has other limits`);
  if (from.optional !== column.optional)
    parts.push(`column ${column.name} becomes ${column.optional ? "optional" : "required"}`);
  if (asText(from.default) !== asText(column.default)) parts.push(`column ${column.name} ${defaultPart(column)}`);
  if (asText(from.references) !== asText(column.references))
    parts.push(`column ${column.name} ${referencePart(column)}`);
  return parts;
}

function defaultPart({ default: value }: StoredColumn): string {
  return value === undefined ? "has no default any more" : `has the default ${asText(value)}`;
}

function referencePart({ references }: StoredColumn): string {
  if (references === undefined) return "refers to no table any more";
  const together = references.takesOwnRows ? ", whose rows go together" : "";
  return `refers to ${references.table}.${references.column}${together}`;
}

function keyParts(change: TableChange): string[] {
  const { from, to } = change;
  const former = to.key.map((name) => formerName(change, name));
  if (former.join("\0") === from.key.join("\0") && from.countsKey === to.countsKey) return [];
  return [`the key becomes ${to.key.join(", ")}${to.countsKey ? " (counted)" : ""}`];
}

function checkParts(from: StoredTable, to: StoredTable): string[] {
  const before = new Set(from.checks.map(asText));
  const after = new Set(to.checks.map(asText));
  return [
    ...to.checks.filter((check) => !before.has(asText(check))).map(({ name }) => `+ check ${name}`),
    ...from.checks.filter((check) => !after.has(asText(check))).map(({ name }) => `- check ${name}`),
  ];
}

function searchParts(change: TableChange): string[] {
  const { from, to } = change;
  const former = to.search.map((name) => formerName(change, name) ?? "");
  if (from.search.toSorted(byText).join("\0") === former.toSorted(byText).join("\0")) return [];
  return [to.search.length === 0 ? "no search any more" : `search in ${to.search.join(", ")}`];
}

function formerName({ columns }: TableChange, name: string): string | undefined {
  return columns.find(({ column }) => column.name === name)?.from?.name;
}

/** An index that only follows the new name of its table or columns is no news. */
function indexLines({ from, to, columns }: TableChange): string[] {
  const names = new Map(columns.map(({ column, from: old }) => [column.name, old?.name ?? `new ${column.name}`]));
  const before = new Map(from.indexes.map((index) => [spelling(index, new Map()), index]));
  const after = new Map(to.indexes.map((index) => [spelling(index, names), index]));
  return [
    ...[...after].filter(([key]) => !before.has(key)).map(([, index]) => `+ index ${index.name}`),
    ...[...before].filter(([key]) => !after.has(key)).map(([, index]) => `- index ${index.name}`),
  ];
}

function spelling({ columns, unique }: StoredTable["indexes"][number], names: ReadonlyMap<string, string>): string {
  return asText([unique, columns.map(({ name, descending, member }) => [names.get(name) ?? name, descending, member])]);
}

/** A view that is made anew because a table changed is no news either. */
function viewLine(
  change: Extract<SchemaChange, { is: "create view" | "drop view" }>,
  changes: readonly SchemaChange[],
): string[] {
  const other = changes
    .flatMap((candidate) => (candidate.is === "create view" || candidate.is === "drop view" ? [candidate] : []))
    .find(({ is, view }) => is !== change.is && view.name === change.view.name);
  if (other === undefined) return [`${change.is === "create view" ? "+" : "-"} view ${change.view.name}`];
  return change.is === "drop view" || other.view.query === change.view.query
    ? []
    : [`~ view ${change.view.name}: another query`];
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "";
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
