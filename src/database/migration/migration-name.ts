import type { SchemaChange } from "./schema-change.ts";

/** Letters of a name that is made up: file names have ends. */
const NAME_LETTERS = 60;

/** What a migration is called that nobody gave a name; the first one that does several things begins all. */
export function suggestedName(changes: readonly SchemaChange[], isFirst: boolean): string {
  return isFirst && changes.length > 1 ? "initial" : nameOfChanges(changes);
}

/** A name for a migration from what it does: `create_notes`, `change_posts_and_2_more`. */
function nameOfChanges(changes: readonly SchemaChange[]): string {
  const tables = changes.filter(({ is }) => is.endsWith("table"));
  const [first, ...more] = tables.length > 0 ? tables : changes;
  if (first === undefined) return "nothing";
  const subject = "view" in first ? first.view : first.is === "change table" ? first.to : first.table;
  const [verb = "change"] = first.is.split(" ");
  return snakeCase(`${verb}_${subject.name}${more.length === 0 ? "" : `_and_${more.length}_more`}`) ?? "change";
}

/** `Add slugs!` as `add_slugs`; undefined where nothing is left of it. */
export function snakeCase(text: string): string | undefined {
  const words = text
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .match(/[a-z\d]+/g);
  return words?.join("_").slice(0, NAME_LETTERS).replace(/_$/, "");
}
