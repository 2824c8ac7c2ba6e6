import type { ReferenceSpec } from "../column.ts";
import type { Json } from "../stored.ts";
import { comment, literal, propertyName, quoted } from "./source-text.ts";

/** What stands in the declaration of a column. */
export interface ColumnText {
  readonly name: string;
  /** What is said above it. */
  readonly notes: readonly string[];
  /** What it begins with: `text(200)`, `ref("users")`. */
  readonly kind: string;
  readonly default: Json | undefined;
  /** What stands behind that: `.optional()`. */
  readonly calls: readonly string[];
}

/** A column as a member of a table's columns, line by line. */
export function columnLines({ name, notes, kind, default: value, calls }: ColumnText): string[] {
  // Behind a default, .optional() still says that the value may be null.
  const all = [...(value === undefined ? [] : [`.default(${literal(value)})`]), ...calls];
  return [...notes.map(comment), ...`${propertyName(name)}: ${kind}${all.join("")},`.split("\n")];
}

/** A reference; what goes without saying is left out. */
export function refText({ table, as, reverse, onDelete }: Partial<ReferenceSpec> & { readonly table: string }): string {
  const options = Object.entries({ as, reverse, onDelete: onDelete === "restrict" ? undefined : onDelete });
  const said = options.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${quoted(value)}`]));
  return `ref(${quoted(table)}${said.length === 0 ? "" : `, { ${said.join(", ")} }`})`;
}
