import type { Policies } from "../auth/policy/policies.ts";
import type { Principal } from "../auth/principal.ts";
import type { Observer } from "../observability/observation.ts";
import type { QueryValue } from "../schema/context.ts";
import type { SchemaModel } from "../schema/model.ts";
import type { HookCaller, Records } from "../service/write-hooks.ts";
import type { BodyValidator } from "../validation/body-validator.ts";
import type { CursorSigner } from "../validation/cursor.ts";
import type { ReadParser } from "../validation/parse-read.ts";

/** What the context of custom code stands on. `engine.ts` plugs it in. */
export interface ContextParts {
  readonly schema: SchemaModel;
  /** Makes the principal of the system's own work. */
  readonly policies: Pick<Policies, "system">;
  readonly reads: ReadParser;
  readonly bodies: BodyValidator;
  readonly cursors: CursorSigner;
  readonly records: Records;
  /** Runs one SELECT where it cannot hold up other reads. */
  query(sql: string, params: readonly QueryValue[]): Promise<Record<string, QueryValue>[]>;
  /** The place in a trace of the request that the code runs for. */
  traceparent(): string | undefined;
  readonly observe: Observer | undefined;
}

/** Whose call it is. */
export type Caller = HookCaller;

/** Whether the code may still work: not after its deadline, when the caller was told that it failed. */
export interface Lease {
  ended: boolean;
}

/** Tables as one principal sees them, over one database or transaction. */
export interface Scope {
  readonly parts: ContextParts;
  readonly records: Records;
  readonly principal: Principal;
  readonly caller: Caller;
  readonly lease: Lease;
}

/** Ends the work of code whose caller has been answered already. */
export function requireLease(lease: Lease): void {
  if (lease.ended) throw new Error("The deadline of this code is over: its context does nothing any more.");
}
