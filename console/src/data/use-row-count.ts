import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countRows, type PageOfRows } from "./row-pages.ts";
import { PAGE, type RowsQuery } from "./rows-query.ts";
import type { Table } from "./tables.ts";

/** So many rows are counted even where an estimate was asked for (docs/http.md). */
const COUNTED = 10_000;

interface CountOf {
  readonly table: Table;
  readonly query: RowsQuery;
  /** By which the answers of this list are kept. */
  readonly listKey: readonly unknown[];
}

/** How many rows there are: about, until somebody has to know. */
export function useRowCount({ table, query, listKey }: CountOf) {
  const [estimate, setEstimate] = useState<number | undefined>(undefined);
  const [isWanted, setIsWanted] = useState(false);
  const exact = useQuery({
    queryKey: [...listKey, "count"],
    queryFn: ({ signal }) => countRows(table, query, signal),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isCounted = estimate !== undefined && estimate <= COUNTED;
  const total = isWanted && exact.data !== undefined ? exact.data.count : estimate;
  const isExact = total !== undefined && (isWanted ? exact.data !== undefined : isCounted);
  const learn = (number: number, page: PageOfRows, at: number): void => {
    if (page.total !== undefined) setEstimate(page.total);
    if (total === undefined || isRight(total, number, page)) return;
    if (!isWanted) setIsWanted(true);
    else if (exact.dataUpdatedAt < at && !exact.isFetching) void exact.refetch();
  };
  return {
    total,
    isExact,
    learn,
    /** Nobody can tell: then the end is met when it comes. */
    isUnknown: exact.isError,
    askExactly: () => setIsWanted(true),
  };
}

/** Whether a page agrees with a number of all rows. */
function isRight(total: number, number: number, { rows, isLast, from }: PageOfRows): boolean {
  const read = number * PAGE + rows.length;
  return from === "end" || (isLast ? read === total : read < total);
}
