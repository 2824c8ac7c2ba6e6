import type { ShownValue } from "./shown-values.ts";
import type { TraceContext } from "./trace-context.ts";

/** The stations of a request's way, in order, with the names that they have everywhere. */
export const HOPS = [
  "client",
  "http",
  "auth",
  "validation",
  "controller",
  "service",
  "repository",
  "database",
] as const;
export type Hop = (typeof HOPS)[number];

/** Work at a station: the controller's lasts while the service works, and so on. Times are milliseconds. */
export interface Span {
  readonly hop: Hop;
  /** What was called there: `reads.list`. */
  readonly name: string;
  /** The station of the pipeline that it was done for: a session is looked up for `auth`, rows for the `controller`. */
  readonly during: Hop;
  /** Since the request arrived. */
  readonly at: number;
  readonly tookMs: number;
  /** Whether it ended with an error. */
  readonly failed: boolean;
}

/** A statement that the database ran. */
export interface Statement {
  readonly access: "read" | "write";
  /** The station of the pipeline that it ran for. */
  readonly during: Hop;
  readonly sql: string;
  /** How many values were bound. */
  readonly bound: number;
  /** The first of them, cut short; undefined where some may be private, or nobody knows what they are. */
  readonly values: readonly ShownValue[] | undefined;
  /** Rows that it answered; undefined where it answers none, or failed. */
  readonly rows: number | undefined;
  readonly at: number;
  /** The steps of one write are timed together, since they run together: undefined but for the first. */
  readonly tookMs: number | undefined;
}

/** Who turned out to ask. */
export interface ExchangeCaller {
  readonly kind: "anonymous" | "account" | "system";
  readonly table?: string;
  readonly key?: string;
  readonly roles?: readonly string[];
  /** The administrator who asked as this account. */
  readonly by?: { readonly table: string; readonly key: string };
}

/** A rule that decided, as the declaration writes it, with the rows that it left to the caller. */
export interface DecidedRule {
  readonly rule: string;
  readonly filter: string;
}

/** One request and its answer, with what really happened in between. */
export interface Exchange {
  /** The id that the caller was given. */
  readonly id: string;
  /** When it arrived: `2024-10-28T10:30:00.000Z`. */
  readonly at: string;
  /** Its place in a trace; undefined where nobody traces. */
  readonly trace: TraceContext | undefined;
  readonly method: string;
  /** As it was sent, without the values of parameters that hold secrets: whoever shows it must escape it. */
  readonly url: string;
  /** `POST /api/posts`; undefined where no route was found. */
  readonly route: string | undefined;
  readonly caller: ExchangeCaller | undefined;
  readonly status: number;
  readonly tookMs: number;
  /** Of the body. */
  readonly bytes: number;
  readonly spans: readonly Span[];
  readonly statements: readonly Statement[];
  /** Why a rule refused it. */
  readonly rules: readonly DecidedRule[];
  /** What did not fit, by pointer and code: values are the caller's, and are not kept. */
  readonly findings: readonly { readonly pointer: string; readonly code: string }[];
  /** The code of the problem that was answered. */
  readonly problem: string | undefined;
}
