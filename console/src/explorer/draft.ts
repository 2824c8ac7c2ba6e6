import type { Endpoint } from "../api/open-api.ts";

/** A line that somebody adds: a parameter or a header that no document names. */
export interface FreeRow {
  readonly name: string;
  readonly value: string;
}

/** A value for a parameter of the document; `operator` is empty for "equals". */
export interface QueryValue {
  readonly operator: string;
  readonly value: string;
}

/** A request while it is being written. */
export interface Draft {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, QueryValue>>;
  readonly freeQuery: readonly FreeRow[];
  readonly headers: Readonly<Record<string, string>>;
  readonly freeHeaders: readonly FreeRow[];
  readonly bodyKind: "form" | "json";
  readonly fields: Readonly<Record<string, string>>;
  readonly bodyText: string;
}

/** What an endpoint begins with: nothing filled in but what it says itself. */
export function emptyDraft(endpoint: Endpoint): Draft {
  const isForm = endpoint.body?.properties !== undefined;
  return {
    path: endpoint.path,
    params: {},
    query: {},
    freeQuery: [],
    headers: {},
    freeHeaders: [],
    bodyKind: isForm ? "form" : "json",
    fields: {},
    bodyText: "",
  };
}

/** The places of a path that are still to be filled: `id` of `/api/posts/{id}`. */
export function placesOf(path: string): string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
}

/** A draft that was kept, whatever somebody wrote into the storage. */
export function keptDraft(kept: unknown, endpoint: Endpoint): Draft {
  return { ...emptyDraft(endpoint), ...(typeof kept === "object" ? kept : {}) };
}
