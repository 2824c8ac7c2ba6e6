import { visible } from "../text/visible-text.ts";
import type { RowsQuery } from "./rows-query.ts";
import { type Column, isNumber } from "./tables.ts";
import type { Place } from "./use-grid-focus.ts";

interface GridHeaderProps {
  readonly columns: readonly Column[];
  readonly sort: RowsQuery["sort"];
  readonly place: Place;
  readonly template: string;
  readonly onSort: (column: string) => void;
}

/** The names and kinds; a press sorts upwards, downwards, and as it was. */
export function GridHeader({ columns, sort, place, template, onSort }: GridHeaderProps) {
  const focusedAt = place.row === -1 ? place.column : -1;
  return (
    <div role="row" className="grid-row grid-head" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
      <div role="columnheader" className="cell" data-cell="-1:0" tabIndex={focusedAt === 0 ? 0 : -1}>
        <span className="unseen">Chosen</span>
      </div>
      {columns.map((column, at) => {
        const direction = sort?.column === column.name ? (sort.down ? "descending" : "ascending") : "none";
        return (
          <div
            key={column.name}
            role="columnheader"
            className={isNumber(column) ? "cell number" : "cell"}
            aria-sort={column.filter === undefined ? undefined : direction}
          >
            <button
              type="button"
              className="header-button"
              data-cell={`-1:${at + 1}`}
              data-sort={column.name}
              tabIndex={focusedAt === at + 1 ? 0 : -1}
              title={column.expects}
              aria-disabled={column.filter === undefined}
              onClick={() => column.filter !== undefined && onSort(column.name)}
            >
              <span className="mono header-name">
                {visible(column.name)}
                {direction === "none" ? "" : direction === "ascending" ? " ↑" : " ↓"}
              </span>
              <span className="soft small">
                {visible(column.kind)}
                {column.optional ? ", optional" : ""}
              </span>
            </button>
          </div>
        );
      })}
    </div>
  );
}
