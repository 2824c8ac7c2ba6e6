import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Where the keyboard is: -1 is the row of headers. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that a page of the keyboard has. */
  readonly page: number;
}

/** Moves one focused cell through a grid (roving tabindex). */
export function useGridFocus(frame: RefObject<HTMLElement | null>, size: GridSize, show: (row: number) => void) {
  const atEnd = useRef(false);
  const [place, setPlace] = useState<Place>({ row: -1, column: 0 });
  const wanted = useRef(false);
  useLayoutEffect(() => {
    if (!wanted.current) return;
    const cell = frame.current?.querySelector<HTMLElement>(`[data-cell="${place.row}:${place.column}"]`);
    if (cell === null || cell === undefined) return;
    wanted.current = false;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  const go = (next: Place): void => {
    atEnd.current = next.row === Number.POSITIVE_INFINITY;
    const row = Math.max(-1, Math.min(next.row, size.rows - 1));
    const column = Math.max(0, Math.min(next.column, size.columns - 1));
    wanted.current = true;
    setPlace({ row, column });
    if (row >= 0) show(row);
  };
  // How many rows there are may be known only once somebody went to the end.
  useEffect(() => {
    if (atEnd.current && place.row !== size.rows - 1) go({ row: Number.POSITIVE_INFINITY, column: place.column });
  }, [size.rows]);
  const moved = (event: KeyboardEvent): boolean => {
    const next = placeAfter(event, place, size);
    if (next === undefined) return false;
    event.preventDefault();
    go(next);
    return true;
  };
  const focused = (event: { readonly target: EventTarget }): void => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-cell]") : null;
    const [row, column] = (cell?.dataset["cell"] ?? "").split(":").map(Number);
    if (row === undefined || column === undefined || (row === place.row && column === place.column)) return;
    atEnd.current = false;
    setPlace({ row, column });
  };
  return { place, go, moved, focused };
}

function placeAfter(event: KeyboardEvent, { row, column }: Place, size: GridSize): Place | undefined {
  const far = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowDown":
      return { row: row + 1, column };
    case "ArrowUp":
      return { row: row - 1, column };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "PageDown":
      return { row: row + size.page, column };
    case "PageUp":
      return { row: Math.max(0, row - size.page), column };
    case "Home":
      return { row: far ? 0 : row, column: 0 };
    case "End":
      return { row: far ? Number.POSITIVE_INFINITY : row, column: size.columns - 1 };
    default:
      return undefined;
  }
}
