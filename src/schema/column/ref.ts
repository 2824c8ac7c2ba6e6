import { Column } from "../column.ts";
import type { OnDelete } from "../column.ts";

export interface RefOptions<As extends string = string, Reverse extends string = string> {
  /** What this side is called instead of the column's name without `_id`. */
  readonly as?: As;
  /** What the other side is called instead of this table's name: `GET /api/users/1/<reverse>`. */
  readonly reverse?: Reverse;
  /** What happens to this row when the row it refers to is deleted; without it the delete is refused. */
  readonly onDelete?: OnDelete;
}

/** A foreign key to the one-column primary key of another table, with an index. */
export function ref<const Target extends string, const As extends string = never, const Reverse extends string = never>(
  table: Target,
  options: RefOptions<As, Reverse> = {},
): Column<RefTo<Target, As, Reverse>> {
  return new Column(undefined, { reference: { table, onDelete: "restrict", ...options } });
}

/**
 * Marks a reference in the types, so that inference can look up the key of the other table and name both
 * directions. A name that the declaration leaves out is `never`.
 */
export interface RefTo<Target extends string, As extends string = string, Reverse extends string = string> {
  readonly "~ref": Target;
  readonly "~as": As;
  readonly "~reverse": Reverse;
}
