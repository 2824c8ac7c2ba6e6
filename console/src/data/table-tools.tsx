import { ExportMenu } from "./files/export-menu.tsx";
import type { RowsQuery } from "./rows-query.ts";
import type { Table } from "./tables.ts";

interface TableToolsProps {
  readonly table: Table;
  readonly query: RowsQuery;
  /** How many rows there are, as far as it is known. */
  readonly count: number | undefined;
  readonly selected: number;
  readonly onInsert: () => void;
  readonly onImport: () => void;
  readonly onDelete: () => void;
}

/** What can be done with the whole table. */
export function TableTools({ table, query, count, selected, onInsert, onImport, onDelete }: TableToolsProps) {
  return (
    <div className="table-tools">
      {selected > 0 && (
        <button type="button" className="plain error" onClick={onDelete}>
          Delete {selected}
        </button>
      )}
      <ExportMenu table={table} query={query} count={count} />
      {table.create !== undefined && (
        <>
          <button type="button" className="plain" onClick={onImport}>
            Import
          </button>
          <button type="button" className="primary" onClick={onInsert}>
            New row
          </button>
        </>
      )}
    </div>
  );
}
