import { isServeryError } from "servery/client";
import { api } from "../state/callers.ts";

export interface Span {
  readonly hop: string;
  readonly name: string;
  readonly during: string;
  readonly failed: boolean;
  readonly at_ms: number;
  readonly took_ms: number;
}

export interface Statement {
  readonly access: "read" | "write";
  readonly during: string;
  readonly sql: string;
  readonly bound: number;
  readonly values?: readonly (string | number | null)[];
  readonly rows?: number;
  readonly took_ms?: number;
  readonly plan?: readonly string[];
  readonly advice: readonly string[];
}

/** A line of `GET /api/x-ray`. */
export interface ExchangeSummary {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly route?: string;
  readonly status: number;
  readonly took_ms: number;
  readonly bytes: number;
  readonly problem?: string;
  readonly statements: number;
  readonly caller?: {
    readonly kind: string;
    readonly table?: string;
    readonly key?: string;
    /** The administrator who asked as this account. */
    readonly by?: { readonly table: string; readonly key: string };
  };
}

/** `GET /api/x-ray/{id}`: one request with all that happened for it. */
export interface Exchange extends Omit<ExchangeSummary, "statements"> {
  readonly statements: readonly Statement[];
  readonly way: readonly Span[];
  readonly rules: readonly { readonly rule: string; readonly filter: string }[];
  readonly findings: readonly { readonly pointer: string; readonly code: string }[];
}

/** Why there is no way to show, in words. */
export class NoWay extends Error {}

/** The exchange is kept a moment after its answer ended, so a miss is asked again, briefly. */
const PAUSES_MS = [20, 60, 120, 250, 500];

export async function readExchange(id: string, signal: AbortSignal): Promise<Exchange> {
  for (let tries = 0; ; tries++) {
    try {
      return (await api.get("/api/x-ray/:id", { params: { id }, signal })) as Exchange;
    } catch (error) {
      const pause = PAUSES_MS[tries];
      if (!isServeryError(error, "not_found") || pause === undefined) throw told(error);
      await new Promise((done) => {
        setTimeout(done, pause);
      });
    }
  }
}

export interface ExchangeFilter {
  readonly limit: number;
  readonly failed: boolean;
}

export async function listExchanges(
  { limit, failed }: ExchangeFilter,
  signal: AbortSignal,
): Promise<readonly ExchangeSummary[]> {
  try {
    const query = { limit, ...(failed ? { failed: true } : {}) };
    return (await api.get("/api/x-ray", { query, signal })) as readonly ExchangeSummary[];
  } catch (error) {
    throw told(error);
  }
}

function told(error: unknown): unknown {
  if (isServeryError(error, "forbidden") || isServeryError(error, "sign_in_required"))
    return new NoWay("Administrators see this in production. Sign in as one at the top right.");
  if (isServeryError(error, "not_found"))
    return new NoWay(
      "This request was not followed. servery dev follows every one; in production SERVERY_FOLLOW_EVERY says how many.",
    );
  return error;
}
