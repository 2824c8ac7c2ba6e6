import { useQuery } from "@tanstack/react-query";
import { createStore, useStore } from "../state/store.ts";
import { type Reading, readingOf, type Span, sumOf } from "./reading.ts";

const EVERY_MS = 5_000;
/** Ten minutes. */
const KEPT = 121;

/** As long as this tab has not been loaded anew: other pages may be looked at meanwhile. */
const readings = createStore<readonly Reading[]>([]);
/** In memory alone: it opens the counts to whoever finds it. */
export const metricsToken = createStore("");

/** Why there is nothing to read. */
export class MetricsClosed extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`/metrics answered ${status}.`);
    this.status = status;
  }
}

async function readMetrics(signal: AbortSignal): Promise<number> {
  const token = metricsToken.get();
  const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch("/metrics", { signal, headers, credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new MetricsClosed(answer.status);
  const reading = readingOf(await answer.text(), Date.now());
  const all = readings.get();
  const last = all.at(-1);
  readings.set([...(last === undefined || isSameProcess(last, reading) ? all : []), reading].slice(-KEPT));
  return reading.at;
}

/** A server that was started anew counts from nothing. */
function isSameProcess(before: Reading, now: Reading): boolean {
  const began = "process_start_time_seconds";
  return sumOf(before, began) === sumOf(now, began);
}

/** Reads every few seconds while somebody looks. */
export function useReadings(): { readonly all: readonly Reading[]; readonly error: Error | null } {
  const token = useStore(metricsToken);
  const { error } = useQuery({
    queryKey: ["metrics", token],
    queryFn: ({ signal }) => readMetrics(signal),
    refetchInterval: ({ state }) => (state.error instanceof MetricsClosed ? false : EVERY_MS),
    refetchIntervalInBackground: false,
    staleTime: 0,
  });
  return { all: useStore(readings), error };
}

export function spansOf(all: readonly Reading[]): Span[] {
  return all.slice(1).flatMap((now, at) => {
    const before = all[at];
    return before === undefined ? [] : [{ before, now }];
  });
}
