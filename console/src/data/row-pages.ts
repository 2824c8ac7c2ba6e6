import { headerOf } from "../api/send-request.ts";
import { askAsCaller, isGood, refusalWords } from "./ask-as-caller.ts";
import { listParameters, listUrl, mirroredSort, PAGE, type RowsQuery } from "./rows-query.ts";
import type { Row, Table } from "./tables.ts";

/** A hundred rows of a list, in the order of the grid. */
export interface PageOfRows {
  readonly rows: readonly Row[];
  /** Which end of the list its cursors lead away from. */
  readonly from: "top" | "end";
  /** Of the page beside it, away from that end; empty where there is none, or none is known. */
  readonly cursor: string;
  readonly isLast: boolean;
  /** How many rows there are, about, where it was asked. */
  readonly total: number | undefined;
}

/** What is known when a page is asked for. */
export interface PageWanted {
  readonly table: Table;
  readonly query: RowsQuery;
  readonly number: number;
  /** The pages beside it, where they are there and up to date. */
  readonly above: PageOfRows | undefined;
  readonly below: PageOfRows | undefined;
  /** The number of all rows, where nobody has to guess. */
  readonly count: number | undefined;
}

interface PageRequest {
  readonly url: string;
  readonly from: PageOfRows["from"];
}

/** Whether a page goes on where one that is there ends: then the database skips nothing. */
export function goesOn({ number, above, below }: Pick<PageWanted, "number" | "above" | "below">): boolean {
  return number === 0 || onwards(above, "top") !== "" || onwards(below, "end") !== "";
}

function onwards(page: PageOfRows | undefined, from: PageOfRows["from"]): string {
  return page?.from === from ? page.cursor : "";
}

/** By the cursor of the page beside it, else by number from the end that is nearer. */
function pageRequest(wanted: PageWanted): PageRequest {
  const { table, query, number, above, below, count } = wanted;
  const mirrored = mirroredSort(table, query);
  const request = (from: PageOfRows["from"], place: Readonly<Record<string, string | number>>): PageRequest => {
    const parameters = listParameters(query);
    if (from === "end" && mirrored !== undefined) parameters.set("sort", mirrored);
    for (const [name, value] of Object.entries({ limit: PAGE, ...place })) parameters.set(name, String(value));
    return { url: listUrl(table, parameters), from };
  };
  if (number === 0) return request("top", { count: "estimated" });
  const [down, up] = [onwards(above, "top"), onwards(below, "end")];
  if (down !== "") return request("top", { cursor: down });
  if (up !== "") return request("end", { cursor: up });
  const behind = count === undefined || mirrored === undefined ? undefined : count - (number + 1) * PAGE;
  if (behind === undefined || behind <= -PAGE || behind >= number * PAGE)
    return request("top", { offset: number * PAGE, count: "estimated" });
  if (behind > 0) return request("end", { offset: behind });
  return request("end", { limit: PAGE + behind });
}

export async function readPage(wanted: PageWanted, signal: AbortSignal): Promise<PageOfRows> {
  const { url, from } = pageRequest(wanted);
  const answer = await askAsCaller({ method: "GET", url }, signal);
  if (!isGood(answer)) throw new Error(refusalWords(answer));
  const rows = JSON.parse(answer.text) as readonly Row[];
  const link = /<([^>]+)>;\s*rel="next"/.exec(headerOf(answer, "link") ?? "")?.[1];
  const total = headerOf(answer, "x-total-count");
  return {
    rows: from === "end" ? rows.toReversed() : rows,
    from,
    cursor: link === undefined ? "" : (new URL(link, location.origin).searchParams.get("cursor") ?? ""),
    isLast: link === undefined && from === "top",
    total: total === undefined ? undefined : Number(total),
  };
}

export async function countRows(table: Table, query: RowsQuery, signal: AbortSignal): Promise<{ count: number }> {
  const parameters = listParameters(query);
  parameters.set("limit", "1");
  parameters.set("count", "exact");
  const answer = await askAsCaller({ method: "GET", url: listUrl(table, parameters) }, signal);
  if (!isGood(answer)) throw new Error(refusalWords(answer));
  return { count: Number(headerOf(answer, "x-total-count")) };
}
