import type { Endpoint } from "../api/open-api.ts";
import type { ReceivedAnswer } from "../api/send-request.ts";
import { keptStore } from "../state/store.ts";
import type { Draft } from "./draft.ts";

/** A request that was sent, to be sent again. Who sent it is not kept, nor what came back. */
export interface PastRequest {
  readonly id: string;
  readonly at: string;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly draft: Draft;
}

const KEPT = 50;
/** Bodies that are larger would fill the browser's storage. */
const KEPT_LETTERS = 20_000;
/** What is secret stays out of a storage that outlives the tab. */
const SECRET = /password|secret|token|code/i;

export const history = keptStore<readonly PastRequest[]>(localStorage, "servery.console.history", (kept) =>
  Array.isArray(kept)
    ? kept.filter((one: Partial<PastRequest>) => typeof one?.operation === "string").slice(0, KEPT)
    : [],
);

interface Sent {
  readonly endpoint: Endpoint;
  readonly draft: Draft;
  readonly answer: ReceivedAnswer;
}

export function remember({ endpoint, draft, answer }: Sent): void {
  const fields = Object.entries(draft.fields).filter(([name]) => !SECRET.test(name));
  const isSecret = endpoint.path.startsWith("/api/auth/") || draft.bodyText.length > KEPT_LETTERS;
  const past: PastRequest = {
    id: answer.requestId ?? String(Date.now()),
    at: new Date().toISOString(),
    operation: endpoint.id,
    method: endpoint.method,
    path: draft.path.replace(/\{([^{}]+)\}/g, (_place, name: string) => draft.params[name] ?? ""),
    status: answer.status,
    ms: answer.ms,
    draft: {
      ...draft,
      fields: Object.fromEntries(fields),
      bodyText: isSecret ? "" : draft.bodyText,
      freeHeaders: draft.freeHeaders.filter(({ name }) => !/authorization|cookie/i.test(name)),
    },
  };
  history.set([past, ...history.get()].slice(0, KEPT));
}
