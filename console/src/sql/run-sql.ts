import { isServeryError } from "servery/client";
import { api } from "../state/callers.ts";

/** A statement with the values of its `?`. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** What `POST /api/server/sql` answers. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Whether there are more rows than are answered. */
  readonly cut: boolean;
  readonly changed: number | null;
  readonly plan: readonly string[];
  readonly advice: readonly string[];
  readonly took_ms: number;
}

/** What came of a statement. */
export type Outcome =
  | { readonly kind: "answered"; readonly answer: SqlAnswer }
  /** It changes rows, and the server waits to be told how many. */
  | { readonly kind: "consent needed"; readonly said: string }
  /** It would have changed another number of rows, so that nothing was changed. */
  | { readonly kind: "rows differ"; readonly said: string }
  | { readonly kind: "refused"; readonly said: string };

/** The client's own POST, which the console's narrow view of it leaves out. */
const client = api as unknown as {
  post(path: string, call: { readonly body: object }): Promise<unknown>;
};

/** Runs a statement; `rows` is how many of them it may change. */
export async function runSql(statement: Statement, rows?: number): Promise<Outcome> {
  const body = { ...statement, ...(rows === undefined ? {} : { write: { rows } }) };
  try {
    return { kind: "answered", answer: (await client.post("/api/server/sql", { body })) as SqlAnswer };
  } catch (error) {
    if (isServeryError(error, "consent_needed")) return { kind: "consent needed", said: error.error };
    if (isServeryError(error, "rows_differ")) return { kind: "rows differ", said: error.error };
    return { kind: "refused", said: isServeryError(error) ? error.error : `No answer came: ${String(error)}` };
  }
}
