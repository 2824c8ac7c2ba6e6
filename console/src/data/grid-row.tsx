import type { CellEditorProps } from "./cell-editor.tsx";
import { GridCell } from "./grid-cell.tsx";
import { keyOf, type Row, type Table } from "./tables.ts";
import type { Place } from "./use-grid-focus.ts";

interface RowActions {
  readonly selected: ReadonlyMap<string, Row>;
  readonly onSelect: (row: Row) => void;
  readonly onEdit: (place: Place) => void;
  /** Where the rows of another table are shown; undefined where nobody knows that table. */
  readonly pathOf: (table: string) => string | undefined;
  readonly editorOf: (place: Place) => Omit<CellEditorProps, "column" | "value"> | undefined;
}

interface GridRowProps extends RowActions {
  readonly table: Table;
  readonly row: Row | undefined;
  readonly index: number;
  readonly top: number;
  readonly place: Place;
  readonly template: string;
}

/** A row of the grid; one that is still to come has its place. */
export function GridRow(props: GridRowProps) {
  const { table, row, index, top, place, template, selected, onSelect } = props;
  const key = row === undefined ? undefined : keyOf(table, row);
  const isSelected = key !== undefined && selected.has(key);
  const focusedAt = place.row === index ? place.column : -1;
  return (
    <div
      role="row"
      className="grid-row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-key={key}
      style={{ top, gridTemplateColumns: template }}
    >
      <div role="gridcell" className="cell chooser" data-cell={`${index}:0`} tabIndex={focusedAt === 0 ? 0 : -1}>
        {row !== undefined && key !== undefined && table.removes && (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Choose row ${key}`}
            checked={isSelected}
            onChange={() => onSelect(row)}
          />
        )}
      </div>
      <RowCells {...props} focusedAt={focusedAt} />
    </div>
  );
}

function RowCells(props: GridRowProps & { readonly focusedAt: number }) {
  const { table, row, index, focusedAt, onEdit, editorOf, pathOf } = props;
  return table.columns.map((column, at) => {
    const place = { row: index, column: at + 1 };
    return (
      <GridCell
        key={column.name}
        column={column}
        row={row}
        isFirst={at === 0}
        place={`${index}:${at + 1}`}
        focused={focusedAt === at + 1}
        editor={editorOf(place)}
        onEdit={() => onEdit(place)}
        referencePath={column.references === undefined ? undefined : pathOf(column.references.table)}
      />
    );
  });
}
