import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { announce } from "../state/announcement.ts";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { counted, wholeNumber } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { ImportDialog } from "./files/import-dialog.tsx";
import { InsertDialog } from "./insert-dialog.tsx";
import { RowGrid } from "./row-grid.tsx";
import { listParameters, type RowsQuery } from "./rows-query.ts";
import { TableTools } from "./table-tools.tsx";
import { keyOf, type Row, type Table } from "./tables.ts";
import { UndoBar } from "./undo-bar.tsx";
import "./forms.css";

interface TableViewProps {
  readonly table: Table;
  readonly tables: readonly Table[];
  readonly query: RowsQuery;
  readonly setQuery: (query: RowsQuery) => void;
}

interface Total {
  readonly count: number | undefined;
  readonly isExact: boolean;
}

type Doing = "nothing" | "insert" | "import" | { readonly deleting: readonly Row[] };
const NONE: ReadonlyMap<string, Row> = new Map();

/** A table: what can be done with it, which rows are shown, and the rows. */
export function TableView({ table, tables, query, setQuery }: TableViewProps) {
  const queries = useQueryClient();
  const { chosen } = useStore(callers);
  const shown = `${chosen ?? ""} ${listParameters(query).toString()}`;
  const [selection, setSelection] = useState({ shown, rows: NONE });
  // Who goes back by the browser sees other rows too.
  const selected = selection.shown === shown ? selection.rows : NONE;
  const setSelected = (rows: ReadonlyMap<string, Row>): void => setSelection({ shown, rows });
  const [doing, setDoing] = useState<Doing>("nothing");
  const [deleted, setDeleted] = useState<readonly Row[]>([]);
  const [total, setTotal] = useState<Total>({ count: undefined, isExact: false });
  const renew = (): void => void queries.invalidateQueries({ queryKey: ["rows", table.name] });
  const closeUndo = useCallback(() => setDeleted([]), []);
  const onTotal = useCallback((count: number | undefined, isExact: boolean) => setTotal({ count, isExact }), []);
  const ask = (focused: Row | undefined): void => {
    const rows = selected.size > 0 ? [...selected.values()] : focused === undefined ? [] : [focused];
    if (!table.removes) announce(`Rows of ${table.name} cannot be deleted.`);
    else if (rows.length > 0) setDoing({ deleting: rows });
  };
  const close = (): void => setDoing("nothing");
  const deletedRows = (rows: readonly Row[]): void => {
    setSelected(NONE);
    setDeleted(rows);
  };
  return (
    <section className="table-view" aria-label={table.name}>
      <div className="table-head">
        <TableName name={table.name} total={totalWords(total)} />
        <TableTools
          table={table}
          query={query}
          count={total.count}
          selected={selected.size}
          onInsert={() => setDoing("insert")}
          onImport={() => setDoing("import")}
          onDelete={() => ask(undefined)}
        />
      </div>
      <FilterBar table={table} query={query} setQuery={setQuery} />
      <RowGrid
        key={shown}
        table={table}
        tables={tables}
        query={query}
        setQuery={setQuery}
        selected={selected}
        onSelect={(row) => setSelected(toggled(selected, table, row))}
        onDelete={ask}
        onTotal={onTotal}
      />
      <Dialogs table={table} tables={tables} doing={doing} onClose={close} onRenew={renew} onDeleted={deletedRows} />
      {deleted.length > 0 && <UndoBar table={table} rows={deleted} onBack={renew} onClose={closeUndo} />}
    </section>
  );
}

function TableName({ name, total }: { readonly name: string; readonly total: string }) {
  return (
    <>
      <h1 className="mono">{visible(name)}</h1>
      <span className="soft" data-total>
        {total}
      </span>
    </>
  );
}

interface DialogsProps {
  readonly table: Table;
  readonly tables: readonly Table[];
  readonly doing: Doing;
  readonly onClose: () => void;
  readonly onRenew: () => void;
  readonly onDeleted: (rows: readonly Row[]) => void;
}

/** Whichever dialog is open. */
function Dialogs({ table, tables, doing, onClose, onRenew, onDeleted }: DialogsProps) {
  const done = (words: string): void => {
    announce(words);
    onRenew();
  };
  if (doing === "insert")
    return (
      <InsertDialog table={table} tables={tables} onClose={onClose} onMade={(key) => done(`Row ${key} was made.`)} />
    );
  if (doing === "import") return <ImportDialog table={table} onClose={onClose} onImported={onRenew} />;
  if (doing === "nothing") return null;
  const deleted = (rows: readonly Row[]): void => {
    onDeleted(rows);
    done(`${counted(rows.length, "row")} deleted.`);
  };
  return <DeleteDialog table={table} rows={doing.deleting} onClose={onClose} onDeleted={deleted} />;
}

function toggled(before: ReadonlyMap<string, Row>, table: Table, row: Row): ReadonlyMap<string, Row> {
  const key = keyOf(table, row);
  const next = new Map(before);
  if (key !== undefined && !next.delete(key)) next.set(key, row);
  return next;
}

function totalWords({ count, isExact }: Total): string {
  if (count === undefined) return "";
  const words = `${wholeNumber(count)} ${count === 1 ? "row" : "rows"}`;
  return isExact ? words : `about ${words}`;
}
