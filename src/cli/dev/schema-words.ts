import pc from "picocolors";
import type { SchemaPlan } from "../../database/sqlite/follow-schema.ts";

export const ASK_FOR_LOSS = "Type y and Enter to lose it (a copy of the database is made first)";

/** What was changed in the database, and where it lies as it was before. */
export function doneLines(plan: SchemaPlan, copy: string | undefined): string[] {
  return [...changeLines(plan), ...(copy === undefined ? [] : [`  The database as it was before: ${copy}`])];
}

function changeLines({ changes }: SchemaPlan): string[] {
  return changes.map((line) => `  ${line}`);
}

/** Why a plan was not carried out: the rows that keep it from being done. */
export function blockedText(plan: SchemaPlan): string {
  const rows = plan.inTheWay.map(({ table, rows: count, finding }) => {
    const counted = `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
    return pc.red(`  In the way: ${counted} of ${table} ${finding}.`);
  });
  return [
    pc.yellow("The database cannot follow, because rows are in the way:"),
    ...changeLines(plan),
    ...rows,
    "Nothing was changed. Correct those rows, or the declaration.",
  ].join("\n");
}

/** What would be lost, and what somebody who did not mean that writes instead. */
export function lossText(plan: SchemaPlan): string {
  return [
    pc.yellow("The database does not follow by itself, because this would be lost:"),
    ...changeLines(plan),
    ...plan.losses.map(({ name, what }) => pc.yellow(`  Loses ${name}: ${what}`)),
    ...renameHint(plan),
    "Nothing was changed.",
  ].join("\n");
}

/** What goes while something else comes may only have a new name. */
function renameHint({ from, to, losses }: SchemaPlan): string[] {
  for (const { name } of losses) {
    const [table = "", column] = split(
      name,
      from.tables.map((each) => each.name),
    );
    const old = from.tables.find((each) => each.name === table);
    if (column === undefined) {
      const known = new Set(from.tables.map((each) => each.name));
      const added = to.tables.find((each) => !known.has(each.name));
      if (added !== undefined) return [hint("table", table, `${added.name}: table({ … }).was("${table}")`)];
    } else {
      const known = new Set(old?.columns.map((each) => each.name));
      const next = to.tables.find((each) => each.name === table);
      const added = next?.columns.find((each) => !known.has(each.name));
      if (added !== undefined) return [hint("column", name, `${added.name}: ….was("${column}")`)];
    }
  }
  return [];
}

/** `posts.title` as the table and its column; names may hold dots. */
function split(name: string, tables: readonly string[]): [table: string, column?: string] {
  const table = tables.find((each) => name.startsWith(`${each}.`));
  return table === undefined || tables.includes(name) ? [name] : [table, name.slice(table.length + 1)];
}

function hint(what: string, name: string, written: string): string {
  return `  If the ${what} ${name} only has a new name, say so, and nothing is lost: ${written}`;
}
