import { type KeyboardEvent, useEffect, useRef } from "react";
import { columnWidth } from "./cell-text.ts";
import { GridFoot } from "./grid-foot.tsx";
import { GridHeader } from "./grid-header.tsx";
import { pressedInGrid } from "./grid-keys.ts";
import { GridRow } from "./grid-row.tsx";
import { ROW_HEIGHT } from "./row-scale.ts";
import { nextSort, type RowsQuery } from "./rows-query.ts";
import type { Row, Table } from "./tables.ts";
import { useEditing } from "./use-editing.ts";
import { useGridFocus } from "./use-grid-focus.ts";
import { useRowCount } from "./use-row-count.ts";
import { useRowScroll } from "./use-row-scroll.ts";
import { useListKey, useRowWindow } from "./use-row-window.ts";
import "./grid.css";

export interface RowGridProps {
  readonly table: Table;
  readonly tables: readonly Table[];
  readonly query: RowsQuery;
  readonly setQuery: (query: RowsQuery) => void;
  readonly selected: ReadonlyMap<string, Row>;
  readonly onSelect: (row: Row) => void;
  readonly onDelete: (focused: Row | undefined) => void;
  readonly onTotal: (total: number | undefined, isExact: boolean) => void;
}

/** The rows of a table. However many there are, those in sight and their neighbours alone are kept. */
export function RowGrid(props: RowGridProps) {
  const { table, query, setQuery, onTotal } = props;
  const grid = useGrid(props);
  const { frame, known, scroll, window, focus, editing } = grid;
  const { total, isExact } = known;
  useEffect(() => onTotal(total, isExact), [onTotal, total, isExact]);
  const pressed = (event: KeyboardEvent): void =>
    pressedInGrid(event, { ...props, focus, rowAt: window.rowAt, edit: editing.begin });
  const template = ["36px", ...table.columns.map((column) => `${columnWidth(column)}px`)].join(" ");
  if (window.error !== null && window.isEmpty) return <GridError error={window.error} onRetry={window.retry} />;
  return (
    <>
      <div
        ref={frame}
        className="grid-frame"
        role="grid"
        aria-label={`Rows of ${table.name}`}
        aria-rowcount={total === undefined ? -1 : total + 1}
        aria-colcount={table.columns.length + 1}
        aria-multiselectable={table.removes}
        onKeyDown={pressed}
        onFocus={focus.focused}
        onScroll={scroll.onScroll}
      >
        <GridHeader
          columns={table.columns}
          sort={query.sort}
          place={focus.place}
          template={template}
          onSort={(column) => setQuery({ ...query, sort: nextSort(column, query) })}
        />
        <div role="rowgroup" className="grid-rows" style={{ height: scroll.height }}>
          <DrawnRows {...props} grid={grid} template={template} />
        </div>
        {total === 0 && <p className="data-note soft">{emptyWords(table, query)}</p>}
      </div>
      {window.error !== null && <GridError error={window.error} onRetry={window.retry} />}
      {total !== undefined && total > 0 && (
        <GridFoot
          first={scroll.first}
          last={scroll.last}
          total={total}
          isExact={isExact}
          onGo={(row) => {
            scroll.showFirst(row);
            focus.go({ row, column: Math.max(1, focus.place.column) });
          }}
        />
      )}
    </>
  );
}

/** What is in sight, what is kept of the rows, where the keyboard is, and which cell is open. */
function useGrid({ table, tables, query }: RowGridProps) {
  const frame = useRef<HTMLDivElement>(null);
  const listKey = useListKey(table, query);
  const known = useRowCount({ table, query, listKey });
  // A row that is to come brings the first page.
  const count = known.total ?? 1;
  const scroll = useRowScroll(frame, count);
  const [first = 0, last = 0] = [scroll.drawn[0], scroll.drawn.at(-1)];
  const window = useRowWindow({ table, query, listKey, first, last }, known);
  const size = { rows: count, columns: table.columns.length + 1, page: scroll.page };
  const focus = useGridFocus(frame, size, scroll.show);
  const editing = useEditing({ table, tables, rowAt: window.rowAt, onDone: (place) => focus.go(place) });
  return { frame, known, scroll, window, focus, editing };
}

interface DrawnRowsProps extends RowGridProps {
  readonly grid: ReturnType<typeof useGrid>;
  readonly template: string;
}

function DrawnRows({ table, tables, selected, onSelect, grid, template }: DrawnRowsProps) {
  const { scroll, window, focus, editing, known } = grid;
  const { row: focused } = focus.place;
  const isAway = focused >= 0 && focused < (known.total ?? 0) && !scroll.drawn.includes(focused);
  // The focused row stays, or the keyboard would lose its place; it stands where nobody looks.
  const rows = isAway ? [focused, ...scroll.drawn] : known.total === 0 ? [] : scroll.drawn;
  return rows.map((index) => (
    <GridRow
      key={index}
      table={table}
      row={window.rowAt(index)}
      index={index}
      top={scroll.drawn.includes(index) ? index * ROW_HEIGHT - scroll.shift : -10 * ROW_HEIGHT}
      place={focus.place}
      template={template}
      selected={selected}
      onSelect={onSelect}
      onEdit={editing.begin}
      editorOf={editing.editorOf}
      pathOf={(name) => pathOf(tables, name)}
    />
  ));
}

function GridError({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return (
    <p className="data-note error" role="alert">
      <span>✕ {error.message}</span>
      <button type="button" className="plain" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}

function pathOf(tables: readonly Table[], name: string): string | undefined {
  const found = tables.find((table) => table.name === name);
  return found === undefined ? undefined : `/data/${encodeURIComponent(found.path)}`;
}

function emptyWords(table: Table, { conditions }: RowsQuery): string {
  if (conditions.length > 0) return "No row fits these filters.";
  return table.create === undefined
    ? `${table.name} has no rows.`
    : `${table.name} has no rows yet. Add the first with New row, or bring a file with Import.`;
}
