import { mergePatch } from "../schema/merge-patch.ts";
import type { TableModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import type { UpdateCommand, WriteCommand } from "../validation/command.ts";

/** The members of an object. */
type Members = { readonly [name: string]: Json };

/** Holds whole documents to the schema of their collection. The service knows when, `validation/` knows how. */
export interface DocumentChecks {
  /** What the schema makes of a document, or the 400 that says what is wrong with it. */
  checkWhole(table: TableModel, document: Members): Members;
}

/**
 * Whether the command merges a patch into documents that a schema describes. Only the merged document can be held to it,
 * and only while nobody else writes: else two patches, each fine by itself, could make what neither was.
 */
export function mergesChecked(command: WriteCommand): command is UpdateCommand {
  return (
    command.action === "update" &&
    command.table.document?.document?.schema !== undefined &&
    command.assignments.some(({ merge }) => merge === true)
  );
}

/** The change of one row with the merged document in the place of its patch. `row` is the JSON text of the row as it is. */
export function withMerged(command: UpdateCommand, row: string, checks: DocumentChecks): UpdateCommand {
  const { table } = command;
  const stored = documentIn(table, JSON.parse(row) as Members);
  const assignments = command.assignments.map((assignment) => {
    if (assignment.merge !== true) return assignment;
    const { column, value } = assignment;
    const patched = mergePatch(stored, JSON.parse(String(value)) as Json) as Members;
    return { column, value: column.kind.store(checks.checkWhole(table, patched)) };
  });
  return { ...command, assignments };
}

/** The document of a row, without what stands beside it. */
function documentIn({ document }: TableModel, row: Members): Members {
  const reserved = document?.document?.reserved;
  return Object.fromEntries(Object.entries(row).filter(([name]) => reserved?.has(name) !== true));
}
