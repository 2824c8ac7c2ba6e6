import type { KeyboardEvent } from "react";
import { announce } from "../state/announcement.ts";
import { editedText } from "./cell-text.ts";
import { type Row, type Table, valueIn } from "./tables.ts";
import type { Place, useGridFocus } from "./use-grid-focus.ts";

interface InGrid {
  readonly table: Table;
  readonly focus: ReturnType<typeof useGridFocus>;
  readonly rowAt: (index: number) => Row | undefined;
  readonly edit: (place: Place) => void;
  readonly onSelect: (row: Row) => void;
  readonly onDelete: (focused: Row | undefined) => void;
}

/** The keys of the grid itself; those of an input that is open in it never come here. */
export function pressedInGrid(event: KeyboardEvent, { table, focus, rowAt, edit, onSelect, onDelete }: InGrid): void {
  const { place } = focus;
  const row = rowAt(place.row);
  if (focus.moved(event) || place.row < 0 || row === undefined) return;
  const act = keyAct(event);
  if (act === undefined) return;
  const column = table.columns[place.column - 1];
  if (act === "copy") {
    if (column === undefined || getSelection()?.isCollapsed === false) return;
    void copy(column.name, editedText(valueIn(column, row), column));
  }
  event.preventDefault();
  const link = act === "follow" ? document.activeElement?.querySelector<HTMLElement>("a") : undefined;
  if (act === "edit" || act === "follow") {
    if (link === null || link === undefined) edit(place);
    else link.click();
  } else if (act === "select") onSelect(row);
  else if (act === "delete") onDelete(row);
}

type KeyAct = "edit" | "follow" | "select" | "delete" | "copy";

function keyAct({ key, ctrlKey, metaKey }: KeyboardEvent): KeyAct | undefined {
  const far = ctrlKey || metaKey;
  if (key.toLowerCase() === "c" && far) return "copy";
  if (key === "Enter") return far ? "follow" : "edit";
  const others: Readonly<Record<string, KeyAct>> = { F2: "edit", " ": "select", Delete: "delete" };
  return others[key];
}

/** The whole value goes, of which the cell may show a part. */
async function copy(column: string, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied ${column}.`);
  } catch {
    announce("The browser let nothing be copied.");
  }
}
