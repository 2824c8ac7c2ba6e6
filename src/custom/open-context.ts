import { ruleCaller } from "../auth/policy/rule-caller.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import type {
  Context,
  ListOptions,
  QueryValue,
  RowKey,
  RowOptions,
  SystemAccess,
  TransactionContext,
} from "../schema/context.ts";
import type { UntypedTables } from "../schema/infer.ts";
import type { TableModel } from "../schema/model.ts";
import type { Records } from "../service/write-hooks.ts";
import type { Caller, ContextParts, Lease, Scope } from "./ports.ts";
import { requireLease } from "./ports.ts";
import { countRows, getRow, listRows } from "./table-reads.ts";
import { createRows, deleteRow, updateRow } from "./table-writes.ts";

/** Problems of the machine, which a caller is told of whoever met them. */
const OF_THE_MACHINE: readonly string[] = [
  "database_busy",
  "query_timeout",
  "storage_full",
  "database_unavailable",
  "shutting_down",
  "internal",
];

/** Opens the context of one call: tables as the caller may use them, the system's, and transactions. */
export function openContext(
  parts: ContextParts,
  { caller, lease, records = parts.records }: Opening & { readonly records?: Records | undefined },
): Context {
  const scope = { parts, records, principal: caller.principal, caller, lease };
  const transact = async <Result>(work: (tx: TransactionContext) => Promise<Result>): Promise<Result> => {
    requireLease(lease);
    return records.writes.transaction(async (open) => {
      const result = await work(contextOver({ ...scope, records: open }, caller));
      // The caller has been told that it failed.
      requireLease(lease);
      return result;
    });
  };
  return { ...contextOver(scope, caller), transaction: (work) => heard(transact(work)) };
}

/** Whose call it is, and until when. */
interface Opening {
  readonly caller: Caller;
  readonly lease: Lease;
}

/** Opens the context of code inside a transaction that stands open already. */
export function openTransactionContext(
  parts: ContextParts,
  records: Records,
  { caller, lease }: Opening,
): TransactionContext {
  return contextOver({ parts, records, principal: caller.principal, caller, lease }, caller);
}

/** A promise that code forgot to await would end the whole process with its rejection. */
function heard<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

function contextOver(scope: Scope, caller: Caller): TransactionContext {
  return {
    tables: tablesOver(scope),
    system: (reason) => openSystem(scope, caller, reason),
    requestId: caller.requestId,
    traceparent: scope.parts.traceparent(),
    principal: { kind: caller.principal.kind, ...ruleCaller(caller.principal) },
  };
}

function openSystem(scope: Scope, caller: Caller, reason: string): SystemAccess {
  // Without a reason nobody could later say why no policy was asked.
  if (typeof reason !== "string" || reason.trim() === "")
    throw new TypeError('system() needs a reason: system("counts the posts of all authors").');
  const { parts, lease } = scope;
  parts.observe?.({ is: "system", reason, requestId: caller.requestId });
  return {
    tables: tablesOver({ ...scope, principal: parts.policies.system(reason) }, (error) =>
      withoutTelling(error, reason),
    ),
    query: <Result>(sql: string, params: readonly QueryValue[] = []) => {
      const ask = async (): Promise<Result[]> => {
        requireLease(lease);
        if (scope.records.inTransaction)
          throw new Error("query() reads what is committed: inside a transaction use its tables, or ask before it.");
        return (await parts.query(sql, params)) as Result[];
      };
      return heard(ask());
    },
  };
}

/**
 * What the tables say to the system may name rows and columns that the caller must not know of, so it does not reach
 * the caller by itself; the code may catch it and refuse in its own words.
 */
function withoutTelling(error: unknown, reason: string): unknown {
  if (!(error instanceof Problem) || OF_THE_MACHINE.includes(error.code)) return error;
  return new Error(`system(${JSON.stringify(reason)}): ${error.error}`, { cause: error });
}

/** The tables by their names; each is made when it is asked for. */
function tablesOver(scope: Scope, translate: (error: unknown) => unknown = (error) => error): UntypedTables {
  const { tables } = scope.parts.schema;
  const opened = new Map<string, unknown>();
  return new Proxy(Object.freeze(Object.create(null)) as UntypedTables, {
    get(_target, name) {
      // Whoever awaits or prints the object asks for names that no table has.
      if (typeof name !== "string" || name === "then" || name === "toJSON") return undefined;
      const kept = opened.get(name);
      if (kept !== undefined) return kept;
      const table = tables.get(name);
      if (table === undefined)
        throw new TypeError(`There is no table ${JSON.stringify(name)}.${didYouMean(name, tables.keys())}`);
      const access = accessTo(scope, table, translate);
      opened.set(name, access);
      return access;
    },
  });
}

function accessTo(scope: Scope, table: TableModel, translate: (error: unknown) => unknown): unknown {
  const told = <Result>(work: Promise<Result>): Promise<Result> =>
    heard(work.catch((error: unknown) => Promise.reject(translate(error) as Error)));
  return {
    list: (options?: ListOptions) => told(listRows(scope, table, options)),
    get: (key: RowKey, options?: RowOptions) => told(getRow(scope, table, { key, options })),
    count: (filter?: object) => told(countRows(scope, table, filter)),
    create: (rows: unknown) => told(createRows(scope, table, rows)),
    update: (key: RowKey, changes: unknown) => told(updateRow(scope, table, { key, changes })),
    delete: (key: RowKey) => told(deleteRow(scope, table, key)),
  };
}
