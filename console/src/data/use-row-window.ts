import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { goesOn, type PageOfRows, readPage } from "./row-pages.ts";
import { listParameters, listUrl, mirroredSort, PAGE, type RowsQuery } from "./rows-query.ts";
import type { Row, Table } from "./tables.ts";
import type { useRowCount } from "./use-row-count.ts";

/** Pages that are kept though nobody looks at them, however far somebody scrolls. */
const KEPT_PAGES = 30;
const KEPT_MS = 60_000;
/** The scroll bar passes by a thousand pages on its way: they are asked for where it rests. */
const REST_MS = 120;

interface WindowOf {
  readonly table: Table;
  readonly query: RowsQuery;
  readonly listKey: readonly unknown[];
  readonly first: number;
  readonly last: number;
}

/** By what the answers of one list are kept: a table, who asks, and what is asked. */
export function useListKey(table: Table, query: RowsQuery): readonly unknown[] {
  const { chosen } = useStore(callers);
  return ["rows", table.name, chosen ?? "", listUrl(table, listParameters(query))];
}

/** The rows that are looked at, page by page. */
export function useRowWindow(of: WindowOf, known: ReturnType<typeof useRowCount>) {
  const { table, query, listKey, first, last } = of;
  const queries = useQueryClient();
  const numbers = pagesFrom(first, last);
  const resting = useResting(numbers.join());
  const { total = 0, isExact, isUnknown } = known;
  const wantsEnd = (number: number): boolean =>
    !isExact && !isUnknown && number * PAGE > total / 2 && mirroredSort(table, query) !== undefined;
  const asked = numbers.map((number) => {
    const [above, below] = [number - 1, number + 1].map((one) => freshPage(queries, [...listKey, one]));
    return { number, above, below, goesOn: goesOn({ number, above, below }) };
  });
  const pages = useQueries({
    queries: asked.map(({ number, above, below, goesOn: isBeside }) => ({
      queryKey: [...listKey, number],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        readPage({ table, query, number, above, below, count: isExact ? total : undefined }, signal),
      enabled: isBeside || (resting && !wantsEnd(number)),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: KEPT_MS,
    })),
  });
  const isStuck =
    resting && asked.some((one, at) => !one.goesOn && pages[at]?.data === undefined && wantsEnd(one.number));
  useEffect(() => {
    if (isStuck) known.askExactly();
    pages.forEach(({ data, dataUpdatedAt }, at) => {
      if (data !== undefined) known.learn(numbers[at] ?? 0, data, dataUpdatedAt);
    });
  });
  useEffect(() => forgetPages(queries, listKey), [queries, listKey, numbers.join()]);
  useRowsMoved(
    isExact ? total : undefined,
    () => void queries.invalidateQueries({ queryKey: listKey, predicate: isPage }),
  );
  const loaded = new Map(numbers.map((number, at) => [number, pages[at]?.data]));
  return {
    rowAt: (index: number): Row | undefined => loaded.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    isEmpty: pages.every(({ data }) => data === undefined),
    error: pages.find(({ error }) => error !== null)?.error ?? null,
    retry: () => pages.forEach((page) => page.isError && void page.refetch()),
  };
}

function pagesFrom(first: number, last: number): readonly number[] {
  const from = Math.floor(Math.max(0, first) / PAGE);
  const to = Math.floor(Math.max(0, last) / PAGE);
  return Array.from({ length: Math.max(1, to - from + 1) }, (_none, at) => from + at);
}

/** Whether the same is looked at for a while. */
function useResting(sight: string): boolean {
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(sight), REST_MS);
    return () => clearTimeout(timer);
  }, [sight]);
  return rested === sight;
}

/** A page whose cursor can be followed: after a change it may lead elsewhere. */
function freshPage(queries: QueryClient, key: readonly unknown[]): PageOfRows | undefined {
  const state = queries.getQueryState<PageOfRows>(key);
  return state?.isInvalidated === false ? state.data : undefined;
}

function isPage({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean {
  return typeof queryKey.at(-1) === "number";
}

/** With other rows than before, pages that were counted from the end hold others too. */
function useRowsMoved(count: number | undefined, onMoved: () => void): void {
  const before = useRef(count);
  useEffect(() => {
    if (count === undefined || count === before.current) return;
    if (before.current !== undefined) onMoved();
    before.current = count;
  });
}

function forgetPages(queries: QueryClient, listKey: readonly unknown[]): void {
  const cache = queries.getQueryCache();
  const unseen = cache
    .findAll({ queryKey: listKey, predicate: isPage })
    .filter((page) => page.getObserversCount() === 0)
    .sort((one, other) => other.state.dataUpdatedAt - one.state.dataUpdatedAt);
  for (const page of unseen.slice(KEPT_PAGES)) cache.remove(page);
}
