import type { TableModel } from "./model.ts";

/** A table while it is being resolved: the parts that need other tables are filled in a second walk. */
export type TableDraft = { -readonly [Part in keyof TableModel]: TableModel[Part] };
