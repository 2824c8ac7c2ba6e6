import { randomBytes } from "node:crypto";
import { system } from "./auth/principal.ts";
import { observedDatabase } from "./database/observed-database.ts";
import { sqliteDialect } from "./database/sqlite/dialect.ts";
import { prepareSchema } from "./database/sqlite/prepare-schema.ts";
import { openSqlite, type SqliteDatabase } from "./database/sqlite/sqlite-database.ts";
import type { Application } from "./application.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { AllowedOrigins } from "./http/cors.ts";
import type { HttpAnswer, HttpRequest } from "./http/http-message.ts";
import { answerRequest, type Pipeline, refuseRequest } from "./http/pipeline.ts";
import { Router } from "./http/router.ts";
import { type Listening, listen } from "./http/server.ts";
import type { Observer } from "./observability/observation.ts";
import { RecordRepository } from "./repository/record-repository.ts";
import { RecordService } from "./service/record-service.ts";
import { uuidVersion7 } from "./schema/uuid-version-7.ts";
import { CursorSigner } from "./validation/cursor.ts";
import { parseSeedRow } from "./validation/parse-write.ts";

/** Characters of the random prefix of request ids: two engines' logs can be read side by side. */
const REQUEST_ID_PREFIX_BYTES = 5;

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
  /** The name of the SQLite binding, and the version of SQLite in it. */
  readonly driver: string;
  handle(request: EngineRequest): Promise<HttpAnswer>;
  /** Listens on a socket; `port` 0 takes any free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<Listening>;
  /** Takes no new requests, ends those in flight, then closes the database. */
  close(): Promise<void>;
}

/** Opens the database of a compiled application and wires the layers. The only function that wires. */
export async function createEngine(application: Application, options: EngineOptions): Promise<Engine> {
  const database = await openDatabase(options);
  try {
    return await wire(application, options, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function wire(application: Application, options: EngineOptions, database: SqliteDatabase): Promise<Engine> {
  const prepared = await prepareSchema(database, application.schema);
  const { observe } = options;
  const observed = observe === undefined ? database : observedDatabase(database, observe);
  const repository = new RecordRepository(observed, sqliteDialect, application.schema);
  const records = new RecordService(repository, application.schema, {
    now: () => new Date().toISOString(),
    uuid: uuidVersion7,
  });
  if (!prepared.seeded) {
    const rows = seedCommands(application);
    await records.seed(rows, { principal: system("the first rows of a new database"), done: prepared.seededStep });
  }
  const cursors = new CursorSigner(options.secret ?? prepared.secret);
  const state = { ready: true, listening: undefined as Listening | undefined };
  const pipeline: Pipeline = {
    router: new Router(application.routes.filter((route) => options.docs !== false || !route.documentation)),
    validation: { ...application.validation, cursors },
    services: { records, cursors, ready: () => state.ready, openApi: application.openApi },
    origins: options.origins ?? "loopback",
    nextRequestId: requestIds(),
    reportFault: (requestId, cause) => observe?.({ is: "fault", requestId, cause }),
  };
  return {
    application,
    created: prepared.created,
    driver: `${database.driver.name} (SQLite ${database.driver.sqliteVersion})`,
    handle: async (request) => answerRequest(pipeline, plainRequest(request)),
    async listen(address) {
      state.listening = await listen(address, {
        answer: (request) => answerRequest(pipeline, request),
        refuse: (request, error) => refuseRequest(pipeline, { request, requestId: pipeline.nextRequestId(), error }),
      });
      return state.listening;
    },
    async close() {
      state.ready = false;
      await state.listening?.close();
      await database.close();
    },
  };
}

function openDatabase(options: EngineOptions): Promise<SqliteDatabase> {
  const path = /^sqlite:(.+)$/s.exec(options.database)?.[1];
  if (path === undefined) throw new DeclarationError("database", "only SQLite is available yet", "Write sqlite:PATH");
  return openSqlite({
    path,
    driver: options.sqliteDriver ?? "auto",
    ...(options.queryTimeoutMs === undefined ? {} : { slowReadDeadlineMs: options.queryTimeoutMs }),
  });
}

/** The declared first rows, checked like every other row. */
function* seedCommands(application: Application): Generator<ReturnType<typeof parseSeedRow>> {
  for (const { table, rows } of application.declaration.seed?.() ?? []) {
    const model = application.schema.tables.get(table);
    if (model === undefined)
      throw new DeclarationError(
        "seed",
        `there is no table ${table}`,
        `Name one of ${[...application.schema.tables.keys()].join(", ")}`,
      );
    for (const row of rows) yield parseSeedRow(model, row, application.validation.bodies);
  }
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
