import { useQuery } from "@tanstack/react-query";
import { isOpenHere } from "../shell/open-here.ts";
import { createStore, keptStore, useStore } from "../state/store.ts";
import { firstRunToken } from "./token.ts";

/** `GET /api/server/first-run`. */
interface FirstRunAnswer {
  readonly needed: boolean;
  readonly table: string | null;
  readonly needs_token: boolean;
}

/** What the console makes of it. */
export interface FirstRunState extends FirstRunAnswer {
  /** Whether the application can be looked into without an administrator, as while developing. */
  readonly usable: boolean;
}

export const FIRST_RUN_KEY = ["first-run"] as const;
const NOT_NEEDED: FirstRunState = { needed: false, table: null, needs_token: false, usable: true };

/** Somebody wants to see the page though everything else works. */
export const firstRunOpened = createStore(false);
/** With the tab: the next one asks again. */
export const firstRunPutOff = keptStore(sessionStorage, "servery.console.first-run.later", (kept) => kept === true);

async function readFirstRun(signal: AbortSignal): Promise<FirstRunState> {
  const options = { signal, credentials: "omit", cache: "no-store" } as const;
  const answer = await fetch("/api/server/first-run", options);
  if (!answer.ok) return NOT_NEEDED;
  const state = (await answer.json()) as FirstRunAnswer;
  if (!state.needed) return { ...state, usable: true };
  // Who needs no token sits at the machine while developing. Others may use it too, by its own name: then this is open.
  const usable = !state.needs_token || (await isOpenHere(signal));
  return { ...state, usable };
}

export function useFirstRunState(): FirstRunState | undefined {
  const { data, isError } = useQuery({
    queryKey: FIRST_RUN_KEY,
    queryFn: ({ signal }) => readFirstRun(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return isError ? NOT_NEEDED : data;
}

/** Where it stands: nowhere, as a line above the page, or instead of every page. */
export type FirstRunPlace = "nowhere" | "above" | "instead";

export function useFirstRunPlace(): FirstRunPlace {
  const state = useFirstRunState();
  const opened = useStore(firstRunOpened);
  const putOff = useStore(firstRunPutOff);
  const token = useStore(firstRunToken);
  if (state?.needed !== true) return "nowhere";
  if (!state.usable || opened || token !== undefined) return "instead";
  return putOff ? "nowhere" : "above";
}
