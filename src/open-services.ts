import type { Application } from "./application.ts";
import type { ContextParts } from "./custom/ports.ts";
import { TableHooks } from "./custom/run-hooks.ts";
import { adoptedDatabase } from "./database/adopted-database.ts";
import type { Database } from "./database/database.ts";
import { followedDatabase } from "./database/followed-database.ts";
import { observedDatabase } from "./database/observed-database.ts";
import type { SqlDialect } from "./database/sql/dialect.ts";
import type { ServingDatabase } from "./database/serving-database.ts";
import type { Services } from "./http/route.ts";
import type { Hop } from "./observability/exchange.ts";
import type { Exchanges } from "./observability/exchanges.ts";
import { ShownValues } from "./observability/shown-values.ts";
import { traceparentOf } from "./observability/trace-context.ts";
import type { Observer } from "./observability/observation.ts";
import { ImportRepository } from "./repository/import-repository.ts";
import { QueryRepository } from "./repository/query-repository.ts";
import { ReadRepository } from "./repository/read-repository.ts";
import { WriteRepository } from "./repository/write-repository.ts";
import { closedColumns } from "./schema/closed-columns.ts";
import { uuidVersion7 } from "./schema/uuid-version-7.ts";
import { RowImports } from "./service/import-rows.ts";
import { RecordExports } from "./service/record-exports.ts";
import { RecordReads } from "./service/record-reads.ts";
import { RecordWrites } from "./service/record-writes.ts";
import type { CursorSigner } from "./validation/cursor.ts";
import { AFTER_DEADLINE_MS, PREPARE_DEADLINE_MS, QUERY_ROWS, TRANSACTION_DEADLINE_MS } from "./validation/limits.ts";

/** What an engine says of how long the application's own code may take, and who is told of what happens. */
interface ServiceOptions {
  readonly prepareTimeoutMs?: number;
  readonly afterTimeoutMs?: number;
  readonly transactionTimeoutMs?: number;
  readonly observe?: Observer | undefined;
}

/** The rules over one database, and the application's own code beside them. */
export interface OpenServices {
  readonly records: Pick<Services, "reads" | "writes" | "exports" | "imports">;
  readonly hooks: TableHooks;
  /** What the context of custom code stands on. */
  readonly context: ContextParts;
  /** The database as requests reach it, each statement told. */
  readonly rows: Database;
}

/** Times what an object does for requests that are followed. */
type Station = <Target extends object>(hop: Hop, name: string, target: Target) => Target;

/** Puts the services together over one database. */
export function openServices(
  { schema, policies, validation }: Application,
  on: {
    readonly options: ServiceOptions;
    readonly database: ServingDatabase;
    readonly cursors: CursorSigner;
    readonly dialect: SqlDialect;
    readonly ended: () => void;
    readonly exchanges: Exchanges | undefined;
  },
): OpenServices {
  const { observe } = on.options;
  const { dialect, exchanges } = on;
  const report = (cause: unknown): void => observe?.({ is: "fault", requestId: undefined, cause });
  const rows = schema.adopted ? adoptedDatabase(on.database, report) : on.database;
  const told = observe === undefined || observe.statements === false ? rows : observedDatabase(rows, observe);
  const database =
    exchanges === undefined
      ? told
      : followedDatabase(told, { exchanges, values: new ShownValues(closedColumns(schema)) });
  const station: Station = (hop, name, target) => exchanges?.station({ hop, name, except: ["over"] }, target) ?? target;
  const repository = station("repository", "rows", new ReadRepository(database, dialect));
  const reads = new RecordReads(repository, report);
  const hooks = new TableHooks(() => context, {
    prepareMs: on.options.prepareTimeoutMs ?? PREPARE_DEADLINE_MS,
    afterMs: on.options.afterTimeoutMs ?? AFTER_DEADLINE_MS,
  });
  const writes = new RecordWrites(station("repository", "rows", WriteRepository.on(database, dialect, schema)), {
    reads,
    sources: { now: () => new Date().toISOString(), uuid: uuidVersion7 },
    hooks,
    documents: validation.bodies,
    ended: on.ended,
    transactionDeadlineMs: on.options.transactionTimeoutMs ?? TRANSACTION_DEADLINE_MS,
  });
  const queries = new QueryRepository(database, QUERY_ROWS);
  const context: ContextParts = {
    schema,
    policies,
    reads: validation.reads,
    bodies: validation.bodies,
    cursors: on.cursors,
    records: { reads, writes, inTransaction: false },
    query: (sql, params) => queries.rows(sql, params),
    traceparent: () => {
      const trace = exchanges?.current()?.trace;
      return trace === undefined ? undefined : traceparentOf(trace);
    },
    observe,
  };
  const exports = new RecordExports({ reads, repository, report });
  const imports = new RowImports(new ImportRepository(database, dialect, schema), { reads, writes, hooks });
  const records = {
    reads: station("service", "reads", reads),
    writes: station("service", "writes", writes),
    exports: station("service", "exports", exports),
    imports: station("service", "imports", imports),
  };
  return { records, hooks, context, rows: database };
}
