/**
 * Everything that can be observed, as one closed union. Logger, metrics, traces, X-ray and the course
 * consume it; who makes an observation does not know who listens.
 */
export type Observation =
  /** A statement was handed to the database, with how many values were bound to it. */
  | { readonly is: "sql"; readonly access: "read" | "write"; readonly sql: string; readonly bound: number }
  /** The application's own code reaches for rows without policies; the reason is its own. */
  | { readonly is: "system"; readonly reason: string; readonly requestId: string }
  /** A request that came over a shared socket is answered to its end, or its caller took no more. */
  | {
      readonly is: "answered";
      readonly requestId: string;
      readonly method: string;
      /** As it was sent: whoever shows it must escape it. */
      readonly url: string;
      readonly status: number;
      /** From its arrival to the last byte of the answer, in milliseconds. */
      readonly tookMs: number;
      readonly bytes: number;
      /** The plain sentence of a problem document; it may repeat what the caller sent. */
      readonly error: string | undefined;
    }
  /** A fault of the server's own; without a request's id it ended none: a part of an answer is null in its place. */
  | { readonly is: "fault"; readonly requestId: string | undefined; readonly cause: unknown };

/** Is told of observations as they happen. It must not throw and must not wait. */
export type Observer = (observation: Observation) => void;
