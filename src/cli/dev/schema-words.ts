import { paint } from "../terminal.ts";
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
    return paint.red(`  In the way: ${counted} of ${table} ${finding}.`);
  });
  return [
    paint.yellow("The database cannot follow, because rows are in the way:"),
    ...changeLines(plan),
    ...rows,
    "Nothing was changed. Correct those rows, or the declaration.",
  ].join("\n");
}

/** What would be lost, and what somebody who did not mean that writes instead. */
export function lossText(plan: SchemaPlan): string {
  return [
    paint.yellow("The database does not follow by itself, because this would be lost:"),
    ...changeLines(plan),
    ...plan.losses.map(({ name, what }) => paint.yellow(`  Loses ${name}: ${what}`)),
    ...renameHint(plan),
    "Nothing was changed.",
  ].join("\n");
}

/** What goes while something else comes may only have a new name. */
function renameHint({ from, to, losses }: SchemaPlan): string[] {
  for (const { name } of losses) {
    const table = from.tables.find((each) => each.name === name || name.startsWith(`${each.name}.`));
    if (table === undefined) continue;
    const isTable = table.name === name;
    const after = isTable ? to.tables : to.tables.find((each) => each.name === table.name)?.columns;
    const before = new Set((isTable ? from.tables : table.columns).map((each) => each.name));
    const added = after?.find((each) => !before.has(each.name));
    if (added === undefined) continue;
    const old = JSON.stringify(isTable ? name : name.slice(table.name.length + 1));
    const [what, written] = isTable ? ["table", "table({ … })"] : ["column", "…"];
    return [
      `  If the ${what} ${name} only has a new name, say so, and nothing is lost: ${added.name}: ${written}.was(${old})`,
    ];
  }
  return [];
}
