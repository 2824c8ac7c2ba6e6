import type { FilterNode, SortKey } from "../schema/filter.ts";
import type { ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";

/** What one slot of a shape takes: a text of the URL becomes a stored value, or the request is refused. */
export interface Slot {
  /** The parameter as the caller wrote it, for messages. */
  readonly parameter: string;
  /** Whether the slot takes a list of values. */
  readonly list: boolean;
  readonly parse: (text: string) => Stored | undefined;
  /** What the value must look like, for messages. */
  readonly expects: string;
}

/** One included relation: rows, or their number. */
export interface IncludeShape {
  /** The key of the answer's object. */
  readonly key: string;
  readonly relation: RelationModel;
  readonly table: TableModel;
  readonly count: boolean;
  readonly columns: readonly ColumnModel[];
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly includes: readonly IncludeShape[];
}

/**
 * What a read asks for, without its values: made once for each spelling of a URL and kept. Everything
 * behind validation hangs its own work (plan, SQL text, statement) on the identity of this object.
 */
export interface ReadShape {
  readonly table: TableModel;
  readonly where: FilterNode;
  readonly sort: readonly SortKey[];
  readonly columns: readonly ColumnModel[];
  /** Whether `fields` or `include` make the answer differ from the plain row. */
  readonly plain: boolean;
  readonly includes: readonly IncludeShape[];
  readonly slots: readonly Slot[];
  /** Rows of a page. */
  readonly limit: number;
  /** Rows are skipped by number. */
  readonly offset: boolean;
  /** The page begins at a cursor; for each sort key whether the cursor's value there is null. */
  readonly after: readonly boolean[] | undefined;
  readonly count: "exact" | "estimated" | undefined;
}
