import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { announce } from "../state/announcement.ts";
import type { CellEditorProps } from "./cell-editor.tsx";
import { beginEditing, type Editing, saveCell } from "./editing.ts";
import { keyOf, type Row, type Table } from "./tables.ts";
import type { Place } from "./use-grid-focus.ts";
import type { PageOfRows } from "./row-pages.ts";

interface EditingIn {
  readonly table: Table;
  readonly tables: readonly Table[];
  readonly rowAt: (index: number) => Row | undefined;
  /** The keyboard goes back to the cell. */
  readonly onDone: (place: Place) => void;
}

type EditingAt = Editing & { readonly place: Place };

/** The one cell that may be open in a grid. */
export function useEditing({ table, tables, rowAt, onDone }: EditingIn) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<EditingAt | undefined>(undefined);
  // What is open when an answer comes may be another cell than the one that was saved.
  const current = useRef<EditingAt>(undefined);
  const show = (next: EditingAt | undefined): void => {
    current.current = next;
    setOpen(next);
  };
  const begin = (place: Place): void => {
    const column = table.columns[place.column - 1];
    const row = rowAt(place.row);
    const key = row === undefined ? undefined : keyOf(table, row);
    if (column === undefined || key === undefined) return;
    if (column.change === undefined) announce(`${column.name} cannot be changed.`);
    else show({ ...beginEditing(table, column, key), place });
  };
  const close = (place: Place): void => {
    show(undefined);
    onDone(place);
  };
  const save = async (editing: EditingAt, text: string | null): Promise<readonly string[]> => {
    const saved = await saveCell(editing, text);
    if ("messages" in saved) return saved.messages;
    const { key, column } = editing;
    queries.setQueriesData<PageOfRows>({ queryKey: ["rows", table.name] }, (page) =>
      page === undefined || !("rows" in page)
        ? page
        : { ...page, rows: page.rows.map((row) => (keyOf(table, row) === key ? { ...row, ...saved.row } : row)) },
    );
    announce(`Saved ${column.name}.`);
    if (current.current === editing) close(editing.place);
    return [];
  };
  const editorOf = (place: Place): Omit<CellEditorProps, "column" | "value"> | undefined => {
    if (open === undefined || open.place.row !== place.row || open.place.column !== place.column) return undefined;
    return {
      target: tables.find(({ name }) => name === open.column.references?.table),
      onSave: (text) => save(open, text),
      onCancel: () => close(place),
    };
  };
  return { begin, editorOf };
}
