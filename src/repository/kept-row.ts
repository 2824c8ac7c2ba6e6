import type { RelationModel, TableModel } from "../schema/model.ts";

/** Where the answer of a row is found among what was kept, and those of the rows that came with it. */
export interface KeptRow {
  readonly table: TableModel;
  readonly kept: number;
  readonly children: readonly { readonly relation: RelationModel; readonly rows: readonly KeptRow[] }[];
  /** Where in it the row stands as it is stored; undefined where its plain JSON is that. */
  readonly full?: number | undefined;
  /** For an upsert: where the look is kept that found the row, or did not. */
  readonly look?: number;
}

/** Where among what is kept a row is, and where in it the row stands as it is stored. */
export type KeptPlace = Pick<KeptRow, "kept" | "full">;
