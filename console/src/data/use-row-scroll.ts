import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { drawnHeight, HEAD_HEIGHT, ROW_HEIGHT, scaleOf, type Scrolled, scrolledBy, scrolledTo } from "./row-scale.ts";

/** Rows beside those in sight that are drawn too, so that a little scrolling shows no gap. */
const BESIDE = 8;
const UNMEASURED = 640;

/** The rows in sight, from the first up to the last. */
interface Sight {
  readonly first: number;
  readonly last: number;
  /** What the element lacks of the rows' own place, where it is less high than they are. */
  readonly shift: number;
}

export interface RowScroll extends Sight {
  readonly height: number;
  /** The numbers of the rows to draw. */
  readonly drawn: readonly number[];
  /** How many rows a page of the keyboard has. */
  readonly page: number;
  readonly onScroll: () => void;
  /** Scrolls no further than a row needs to be seen. */
  readonly show: (row: number) => void;
  /** Scrolls a row to the top. */
  readonly showFirst: (row: number) => void;
}

/** Scrolls any number of rows of one height. */
export function useRowScroll(frame: RefObject<HTMLElement | null>, count: number): RowScroll {
  const [view, setView] = useState(UNMEASURED);
  const [sight, setSight] = useState<Sight>({ first: 0, last: 0, shift: 0 });
  const scrolled = useRef<Scrolled>({ top: 0, drawn: 0 });
  const scale = scaleOf(count, view);
  const settle = (next: Scrolled): void => {
    scrolled.current = next;
    const { current } = frame;
    if (current !== null && Math.abs(current.scrollTop - next.drawn) >= 1) current.scrollTop = next.drawn;
    setSight((before) => sightOf(before, next, view));
  };
  useLayoutEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const measured = new ResizeObserver(() => setView(current.clientHeight));
    measured.observe(current);
    setView(current.clientHeight);
    return () => measured.disconnect();
  }, [frame]);
  // With more or fewer rows than were thought the place stays and the scroll bar goes.
  useLayoutEffect(() => settle(scrolledTo(scale, scrolled.current.top)), [count, view]);
  const last = Math.min(sight.last, count - 1);
  const from = Math.max(0, Math.min(sight.first, last) - BESIDE);
  const to = Math.min(count - 1, last + BESIDE);
  const room = view - HEAD_HEIGHT - ROW_HEIGHT;
  return {
    ...sight,
    last,
    height: drawnHeight(count),
    drawn: Array.from({ length: Math.max(0, to - from + 1) }, (_none, at) => from + at),
    page: Math.max(1, Math.floor(room / ROW_HEIGHT)),
    onScroll: () => {
      const drawn = frame.current?.scrollTop ?? 0;
      // Where the element only rounded what it was told, nobody scrolled.
      if (Math.abs(drawn - scrolled.current.drawn) >= 1) settle(scrolledBy(scale, scrolled.current, drawn));
    },
    show: (row) => {
      const { top, drawn } = scrolled.current;
      const start = row * ROW_HEIGHT;
      const wanted = Math.max(start - room, Math.min(top, start));
      if (wanted === top) return;
      const near = scrolledBy(scale, { top, drawn }, drawn + wanted - top);
      settle(near.top === wanted ? near : scrolledTo(scale, wanted));
    },
    showFirst: (row) => settle(scrolledTo(scale, row * ROW_HEIGHT)),
  };
}

function sightOf(before: Sight, { top, drawn }: Scrolled, view: number): Sight {
  const first = Math.floor(top / ROW_HEIGHT);
  const last = Math.ceil((top + view - HEAD_HEIGHT) / ROW_HEIGHT) - 1;
  const shift = top - drawn;
  // The same sight draws nothing anew.
  return before.first === first && before.last === last && before.shift === shift ? before : { first, last, shift };
}
