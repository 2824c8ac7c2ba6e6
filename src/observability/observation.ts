import type { Exchange } from "./exchange.ts";

/**
 * Everything that can be observed, as one closed union. Logger, metrics, traces, X-ray and the course
 * consume it; who makes an observation does not know who listens.
 */
export type Observation =
  /** A statement was handed to the database, with how many values were bound to it. */
  | { readonly is: "sql"; readonly access: "read" | "write"; readonly sql: string; readonly bound: number }
  /** What was handed over together has come back, or failed. */
  | { readonly is: "statements"; readonly access: "read" | "write"; readonly tookMs: number }
  /** The application's own code reaches for rows without policies; the reason is its own. */
  | { readonly is: "system"; readonly reason: string; readonly requestId: string }
  /** A request that came over a socket is answered to its end, or its caller took no more. */
  | {
      readonly is: "answered";
      readonly requestId: string;
      readonly method: string;
      /** As it was sent: whoever shows it must escape it. */
      readonly url: string;
      /** `GET /api/posts/{id}` without the method; undefined where no route was found. */
      readonly route: string | undefined;
      readonly status: number;
      /** From its arrival to the last byte of the answer, in milliseconds. */
      readonly tookMs: number;
      readonly bytes: number;
      /** The plain sentence of a problem document; it may repeat what the caller sent. */
      readonly error: string | undefined;
      /** Why a rule refused it, where the answer tells that. */
      readonly explanation: string | undefined;
    }
  /** A request that was followed is answered to its end, or its caller took no more. To be read at once: what is noted of later requests is written over it. */
  | { readonly is: "exchange"; read(): Exchange }
  /** A collector did not take the traces of some requests. */
  | { readonly is: "traces_lost"; readonly cause: unknown }
  /** A mail of the outbox left, or did not: then it is tried again at `dueAt`, in milliseconds since 1970, or given up. */
  | { readonly is: "mail"; readonly outcome: "sent"; readonly id: string; readonly attempts: number }
  | {
      readonly is: "mail";
      readonly outcome: "later";
      readonly id: string;
      readonly attempts: number;
      readonly dueAt: number;
      readonly cause: unknown;
    }
  | {
      readonly is: "mail";
      readonly outcome: "given_up";
      readonly id: string;
      readonly attempts: number;
      readonly cause: unknown;
    }
  /** The first mail was posted since the start, and nobody said how mails leave. */
  | { readonly is: "mail"; readonly outcome: "waiting" }
  /** The first mail with a link since the start was not written, since nobody said where the application is reached. */
  | { readonly is: "mail"; readonly outcome: "unlinked" }
  /** A passkey was not accepted. A counter that went back means that the authenticator may have been copied. */
  | {
      readonly is: "passkey_refused";
      readonly reason: "unknown" | "not_verified" | "counter_went_back" | "no_account";
      /** The passkey's id, which is no secret; undefined where it is not one of ours. */
      readonly passkey: string | undefined;
      /** What did not fit, for whoever runs the server; it may repeat what the caller sent. */
      readonly detail: string;
    }
  /** A rule refused a request, or hid the row that it named. */
  | {
      readonly is: "refused";
      readonly requestId: string;
      /** The code of the problem that was answered. */
      readonly code: string;
      /** The rules, each as the declaration writes it and with the rows that it left to the caller. */
      readonly rules: readonly { readonly rule: string; readonly filter: string }[];
      /** Of a row that the answer does not tell apart from a missing one; undefined where nobody looked. */
      readonly truth: "hidden" | "missing" | undefined;
    }
  /** A fault of the server's own; without a request's id it ended none: a part of an answer is null in its place. */
  | { readonly is: "fault"; readonly requestId: string | undefined; readonly cause: unknown };

/** Listens to an engine. */
export interface Observer {
  (observation: Observation): void;
  /** False for one who wants to hear of no `sql` and no `statements`: a fast read pays for those with a hundredth of itself. */
  readonly statements?: boolean;
}

/** Listens to everything but statements. */
export function deafToStatements(observe: (observation: Observation) => void): Observer {
  return Object.assign(observe, { statements: false });
}
