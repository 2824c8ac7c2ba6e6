import { randomBytes } from "node:crypto";
import { system } from "./auth/principal.ts";
import type { ContextParts } from "./custom/ports.ts";
import { CustomCalls } from "./custom/run-call.ts";
import { TableHooks } from "./custom/run-hooks.ts";
import { observedDatabase } from "./database/observed-database.ts";
import { adoptedDatabase } from "./database/adopted-database.ts";
import type { WriteStep } from "./database/database.ts";
import type { Maintenance } from "./database/own-table.ts";
import type { SqlDialect } from "./database/sql/dialect.ts";
import { adoptSchema } from "./database/sqlite/adopt-schema.ts";
import { adoptedDialect, sqliteDialect } from "./database/sqlite/dialect.ts";
import { prepareSchema } from "./database/sqlite/prepare-schema.ts";
import { readOwnFile } from "./database/sqlite/own-file.ts";
import { openSqlite, type SqliteDatabase } from "./database/sqlite/sqlite-database.ts";
import type { Application } from "./application.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { Answering } from "./http/answering.ts";
import type { AllowedOrigins } from "./http/cors.ts";
import type { HttpAnswer, HttpRequest } from "./http/http-message.ts";
import { answerRequest, type Pipeline, refuseRequest } from "./http/pipeline.ts";
import type { Services } from "./http/route.ts";
import { Router } from "./http/router.ts";
import { type Listening, listen } from "./http/server.ts";
import { openSharedSocket, type SharedSocket, type SharedSocketOptions } from "./http/shared-socket.ts";
import type { Observer } from "./observability/observation.ts";
import { QueryRepository } from "./repository/query-repository.ts";
import { ImportRepository } from "./repository/import-repository.ts";
import { ReadRepository } from "./repository/read-repository.ts";
import { ServerState } from "./repository/server-state.ts";
import { WriteRepository } from "./repository/write-repository.ts";
import { RowImports } from "./service/import-rows.ts";
import { RecordExports } from "./service/record-exports.ts";
import { RecordReads } from "./service/record-reads.ts";
import { RecordWrites } from "./service/record-writes.ts";
import type { SchemaModel } from "./schema/model.ts";
import { uuidVersion7 } from "./schema/uuid-version-7.ts";
import { CursorSigner } from "./validation/cursor.ts";
import { AFTER_DEADLINE_MS, PREPARE_DEADLINE_MS, QUERY_ROWS, TRANSACTION_DEADLINE_MS } from "./validation/limits.ts";
import type { RowStream } from "./validation/parse-import.ts";
import { fillCommand, seedCommands, seedMistake } from "./validation/seed-rows.ts";

export type { RowStream } from "./validation/parse-import.ts";

/** Characters of the random prefix of request ids: two engines' logs can be read side by side. */
const REQUEST_ID_PREFIX_BYTES = 5;

export type { SharedSocket } from "./http/shared-socket.ts";
export type { Trouble } from "./http/simulated-trouble.ts";

export interface EngineOptions {
  /** `sqlite:PATH`. */
  readonly database: string;
  readonly sqliteDriver?: "auto" | "better-sqlite3" | "node-sqlite";
  /** Signs cursors; without it the database keeps one of its own. */
  readonly secret?: string | undefined;
  /** Which web pages may read answers. Default: any page of this machine. */
  readonly origins?: AllowedOrigins;
  /** Whether /docs and /openapi.json answer. Default: true. */
  readonly docs?: boolean;
  /** Milliseconds after which a slow query is ended. */
  readonly queryTimeoutMs?: number;
  /** Milliseconds until a route of the application's own code must have answered. */
  readonly handlerTimeoutMs?: number;
  /** Milliseconds that a transaction of the application's own code, `before` hooks included, may hold the database. */
  readonly transactionTimeoutMs?: number;
  /** Milliseconds until a `prepare` hook must have ended. */
  readonly prepareTimeoutMs?: number;
  /** Milliseconds until an `after` hook must have ended. */
  readonly afterTimeoutMs?: number;
  /** Told of what happens: statements, and faults with the request id that the caller was given. */
  readonly observe?: Observer;
}

/** A request to `engine.handle`: header names in any case, the body as text or bytes. */
export interface EngineRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** A running application: a database, and the way of a request over it. */
export interface Engine {
  readonly application: Application;
  /** Whether this start created the tables and their first rows. */
  readonly created: boolean;
  /** Whether this start put the declaration's first rows in. */
  readonly seeded: boolean;
  /** Whether requests are turned away because `servery maintenance on` was said. */
  inMaintenance(): boolean;
  /** The name of the SQLite binding, and the version of SQLite in it. */
  readonly driver: string;
  handle(request: EngineRequest): Promise<HttpAnswer>;
  /**
   * Writes rows into a table, all of them or none, and answers how many. They pass the same validation as a POST, and
   * may also hold the key and the times. This is the server's own work, like the first rows: it asks no policy and runs
   * no hook. Throws a `Problem` that names the rows that are wrong.
   */
  fill(table: string, rows: RowStream): Promise<number>;
  /** What a socket asks that it shares with the engines before and after it: see `listenInTurn`. */
  readonly answering: Answering;
  /** Listens on a socket; `port` 0 takes any free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<Listening>;
  /** Takes no new requests, ends those in flight, then closes the database. */
  close(): Promise<void>;
}

/** Opens the database of a compiled application and wires the layers. The only function that wires. */
export async function createEngine(application: Application, options: EngineOptions): Promise<Engine> {
  const opened = await openDatabase(options, application.schema);
  try {
    return await wire(application, options, opened);
  } catch (error) {
    await opened.database.close();
    throw error;
  }
}

async function wire(application: Application, options: EngineOptions, opened: OpenDatabase): Promise<Engine> {
  const { database } = opened;
  const prepared = await prepare(application.schema, opened);
  const { observe } = options;
  const cursors = new CursorSigner(options.secret ?? prepared.secret);
  const { records, hooks, context } = openServices(application, {
    options,
    database,
    cursors,
    dialect: prepared.dialect,
  });
  if (prepared.seededStep !== undefined) await writeFirstRows(records.writes, application, prepared.seededStep);
  // Not observed: it belongs to no request.
  const serverState = new ServerState(database, prepared.maintenance);
  const state = { ready: true, listening: undefined as Listening | undefined };
  const calls = new CustomCalls(context, options.handlerTimeoutMs);
  const router = new Router(application.routes.filter((route) => options.docs !== false || !route.documentation));
  const pipeline: Pipeline = {
    router,
    validation: { ...application.validation, cursors, routes: router },
    services: {
      ...records,
      calls,
      cursors,
      state: serverState,
      ready: () => state.ready,
      openApi: application.openApi,
    },
    origins: options.origins ?? "loopback",
    nextRequestId: requestIds(),
    reportFault: (requestId, cause) => observe?.({ is: "fault", requestId, cause }),
  };
  const answering: Answering = {
    answer: (request) => answerRequest(pipeline, request),
    refuse: (request, error) => refuseRequest(pipeline, { request, requestId: pipeline.nextRequestId(), error }),
    reportFault: (requestId, cause) => pipeline.reportFault(requestId, cause),
  };
  return {
    application,
    created: prepared.created,
    seeded: prepared.seededStep !== undefined,
    inMaintenance: () => serverState.maintenance() !== undefined,
    driver: `${database.driver.name} (SQLite ${database.driver.sqliteVersion})`,
    handle: async (request) => answerRequest(pipeline, plainRequest(request)),
    fill: async (name, rows) => records.imports.run(fillCommand(application, name, rows), system("rows of a file")),
    answering,
    async listen(address) {
      state.listening = await listen(address, answering);
      return state.listening;
    },
    async close() {
      state.ready = false;
      await state.listening?.close();
      await hooks.ended();
      await database.close();
    },
  };
}

async function writeFirstRows(writes: RecordWrites, application: Application, done: WriteStep): Promise<void> {
  const by = { principal: system("the first rows of a new database"), done };
  await writes
    .seed(seedCommands(application), by)
    .catch((error: unknown) => Promise.reject(seedMistake("seed", error)));
}

/** Opens a socket for engines that follow one another: it is closed before the last of them, and each by who opened it. */
export function listenInTurn(first: Engine, options: SharedSocketOptions): Promise<SharedSocket> {
  return openSharedSocket(first.answering, options);
}

/** The rules over one database, and the application's own code beside them. */
interface OpenServices {
  readonly records: Pick<Services, "reads" | "writes" | "exports" | "imports">;
  readonly hooks: TableHooks;
  /** What the context of custom code stands on. */
  readonly context: ContextParts;
}

function openServices(
  { schema, validation }: Application,
  on: {
    readonly options: EngineOptions;
    readonly database: SqliteDatabase;
    readonly cursors: CursorSigner;
    readonly dialect: SqlDialect;
  },
): OpenServices {
  const { observe } = on.options;
  const { dialect } = on;
  const report = (cause: unknown): void => observe?.({ is: "fault", requestId: undefined, cause });
  const rows = schema.adopted ? adoptedDatabase(on.database, report) : on.database;
  const database = observe === undefined ? rows : observedDatabase(rows, observe);
  const repository = new ReadRepository(database, dialect);
  const reads = new RecordReads(repository, report);
  const hooks = new TableHooks(() => context, {
    prepareMs: on.options.prepareTimeoutMs ?? PREPARE_DEADLINE_MS,
    afterMs: on.options.afterTimeoutMs ?? AFTER_DEADLINE_MS,
  });
  const writes = new RecordWrites(WriteRepository.on(database, dialect, schema), {
    schema,
    reads,
    sources: { now: () => new Date().toISOString(), uuid: uuidVersion7 },
    hooks,
    transactionDeadlineMs: on.options.transactionTimeoutMs ?? TRANSACTION_DEADLINE_MS,
  });
  const queries = new QueryRepository(database, QUERY_ROWS);
  const context: ContextParts = {
    schema,
    reads: validation.reads,
    bodies: validation.bodies,
    cursors: on.cursors,
    records: { reads, writes, inTransaction: false },
    query: (sql, params) => queries.rows(sql, params),
    observe,
  };
  const exports = new RecordExports({ reads, repository, report });
  const imports = new RowImports(new ImportRepository(database, dialect, schema), { reads, writes, hooks });
  return { records: { reads, writes, exports, imports }, hooks, context };
}

/** An open database with its schema made, recognised or, where the file is not Servery's, compared. */
interface Prepared {
  readonly created: boolean;
  /** Goes into the write that brings the first rows, where they are missing. */
  readonly seededStep: WriteStep | undefined;
  readonly secret: string;
  readonly maintenance: Maintenance | undefined;
  readonly dialect: SqlDialect;
}

async function prepare(schema: SchemaModel, { database, dialect }: OpenDatabase): Promise<Prepared> {
  if (schema.adopted) return { ...(await readOwnFile(database)), created: false, seededStep: undefined, dialect };
  const { seeded, seededStep, ...prepared } = await prepareSchema(database, schema);
  return { ...prepared, seededStep: seeded ? undefined : seededStep, dialect };
}

interface OpenDatabase {
  readonly database: SqliteDatabase;
  readonly dialect: SqlDialect;
}

async function openDatabase(options: EngineOptions, schema: SchemaModel): Promise<OpenDatabase> {
  const path = /^sqlite:(.+)$/s.exec(options.database)?.[1];
  if (path === undefined) throw new DeclarationError("database", "only SQLite is available yet", "Write sqlite:PATH");
  let dialect = sqliteDialect;
  const adopt = (file: Parameters<typeof adoptSchema>[0]): void => {
    dialect = adoptedDialect(adoptSchema(file, schema));
  };
  const database = await openSqlite({
    path,
    driver: options.sqliteDriver ?? "auto",
    ...(schema.adopted ? { adopt } : {}),
    ...(options.queryTimeoutMs === undefined ? {} : { slowReadDeadlineMs: options.queryTimeoutMs }),
  });
  return { database, dialect };
}

function plainRequest(request: EngineRequest): HttpRequest {
  const headers = new Map(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const body = typeof request.body === "string" ? new TextEncoder().encode(request.body) : request.body;
  return { method: request.method, url: request.url, header: (name) => headers.get(name), body };
}

/** Counted ids behind a random prefix: unique, short, and made without asking for randomness each time. */
function requestIds(): () => string {
  const prefix = randomBytes(REQUEST_ID_PREFIX_BYTES).toString("hex");
  let count = 0;
  return () => `${prefix}-${(++count).toString(36)}`;
}
