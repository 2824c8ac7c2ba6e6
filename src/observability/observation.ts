/**
 * Everything that can be observed, as one closed union. Logger, metrics, traces, X-ray and the course
 * consume it; who makes an observation does not know who listens.
 */
export type Observation =
  /** A statement was handed to the database, with how many values were bound to it. */
  | { readonly is: "sql"; readonly access: "read" | "write"; readonly sql: string; readonly bound: number }
  /** A request ended in a fault of the server's own. */
  | { readonly is: "fault"; readonly requestId: string; readonly cause: unknown };

/** Is told of observations as they happen. It must not throw and must not wait. */
export type Observer = (observation: Observation) => void;
