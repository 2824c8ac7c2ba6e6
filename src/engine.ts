import { randomBytes } from "node:crypto";
import type { PrincipalSource } from "./auth/authentication.ts";
import { withoutAccounts } from "./auth/no-accounts.ts";
import { CustomCalls } from "./custom/run-call.ts";
import type { ServingDatabase } from "./database/serving-database.ts";
import type { Application } from "./application.ts";
import { type EngineOptions, publicUrlOf } from "./engine-options.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { Answering } from "./http/answering.ts";
import type { HttpAnswer, HttpRequest } from "./http/http-message.ts";
import { observedAnswering } from "./http/observed-answering.ts";
import { answerRequest, type Pipeline, refuseRequest } from "./http/pipeline.ts";
import type { Services } from "./http/route.ts";
import { Router } from "./http/router.ts";
import { type Listening, listen } from "./http/server.ts";
import { openSharedSocket, type SharedSocket, type SharedSocketOptions } from "./http/shared-socket.ts";
import { Exchanges } from "./observability/exchanges.ts";
import type { Observer } from "./observability/observation.ts";
import { XRay } from "./observability/x-ray.ts";
import { Outbox } from "./mail/outbox.ts";
import { OutboxRepository } from "./repository/outbox-repository.ts";
import type { OpenAccounts } from "./open-accounts.ts";
import { type OpenDatabase, openDatabase } from "./open-database.ts";
import type { OpenServices } from "./open-services.ts";
import { type OpenObservers, openObservers } from "./open-observers.ts";
import { openOperators } from "./open-operators.ts";
import { openLayers } from "./open-layers.ts";
import { QueryPlans } from "./repository/query-plans.ts";
import { ServerState } from "./repository/server-state.ts";
import type { AccountAdministration } from "./service/accounts/account-administration.ts";
import type { ImportedBy } from "./service/import-rows.ts";
import { XRayReports } from "./service/x-ray-reports.ts";
import type { RecordReads } from "./service/record-reads.ts";
import { tableOf } from "./schema/model.ts";
import { CursorSigner } from "./validation/cursor.ts";
import type { RowStream } from "./validation/parse-import.ts";
import { fillCommand } from "./validation/seed-rows.ts";

export type { EngineOptions } from "./engine-options.ts";
export type { RowStream } from "./validation/parse-import.ts";

export { weakness } from "./auth/secret-strength.ts";
export type { AccountChoice, NewAccountRow } from "./service/accounts/account-administration.ts";

/** Characters of the random prefix of request ids: two engines' logs can be read side by side. */
const REQUEST_ID_PREFIX_BYTES = 5;

export type { SharedSocket } from "./http/shared-socket.ts";
export { developmentTransport } from "./mail/development-transport.ts";
export type { Mail, MailTransport, OutgoingMail } from "./mail/mail.ts";
export type { MailOptions } from "./mail/outbox.ts";
export { smtpTransport, type SmtpOptions } from "./mail/smtp-transport.ts";
export type { KeptMail } from "./repository/outbox-repository.ts";
export type { Trouble } from "./http/simulated-trouble.ts";

/** A request to `engine.handle`: header names in any case, the body as text or bytes. */
export interface EngineRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** The network address of whoever asks, for limits on how often. */
  readonly address?: string | undefined;
}

/** A running application: a database, and the way of a request over it. */
export interface Engine {
  readonly application: Application;
  /** Whether this start created the tables and their first rows. */
  readonly created: boolean;
  /** Whether this start put the declaration's first rows in. */
  readonly seeded: boolean;
  /** What whoever runs the application may do about accounts. Throws a `DeclarationError` where no table has any. */
  readonly accounts: AccountAdministration;
  /** Whether some table has accounts and nobody is an administrator. */
  lacksAdministrator(): Promise<boolean>;
  /** Whether requests are turned away because `servery maintenance on` was said. */
  inMaintenance(): boolean;
  /** The database and its version; of SQLite also the binding. */
  readonly driver: string;
  handle(request: EngineRequest): Promise<HttpAnswer>;
  /**
   * Writes rows into a table, all of them or none, and answers how many. They pass the same validation as a POST, and
   * may also hold the key and the times. This is the server's own work, like the first rows: it asks no policy and runs
   * no hook. Throws a `Problem` that names the rows that are wrong.
   */
  fill(table: string, rows: RowStream): Promise<number>;
  /** Stores mails and delivers them. */
  readonly outbox: Pick<Outbox, "post" | "recent">;
  /** The last requests that were followed on their way. */
  readonly xray: Pick<XRay, "find" | "latest">;
  /** The origin that links in mails begin with; undefined where nobody named one. */
  publicUrl(): string | undefined;
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
  const observers = await openObservers(options, application.schema.title);
  observers.metrics?.counts.watchWaiting(() => opened.database.waiting());
  try {
    return await wire(application, { ...options, observe: observers.observe }, { ...opened, observers });
  } catch (error) {
    await observers.close();
    await opened.database.close();
    throw error;
  }
}

/** What is opened before the layers stand. */
interface Ground extends OpenDatabase {
  readonly observers: OpenObservers;
}

async function wire(application: Application, options: EngineOptions, opened: Ground): Promise<Engine> {
  const { database, observers } = opened;
  const prepared = await opened.prepare();
  const cursors = new CursorSigner(options.secret ?? prepared.secret);
  const principals = application.policies.source(faultsOf(options));
  const outbox = openOutbox(database, options);
  const xray = new XRay();
  const exchanges = exchangesOf(options, xray);
  const opening = { database, prepared, cursors, principals, outbox, exchanges };
  const { records, hooks, context, accounts } = await openLayers(application, options, opening);
  outbox.start();
  // Not observed: it belongs to no request.
  const serverState = new ServerState(database, prepared.maintenance);
  const state = { ready: true, listening: undefined as Listening | undefined };
  const pipeline = pipelineOf(application, options, {
    principals,
    accounts,
    exchanges,
    services: {
      ...records,
      calls: new CustomCalls(context, options.handlerTimeoutMs),
      cursors,
      accounts: accounts?.services,
      doors: accounts?.waysIn.doors,
      providers: accounts?.waysIn.providers,
      operators: openOperators(application, { ...opening, options, firstRun: accounts?.firstRun }),
      xray: exchanges === undefined ? undefined : new XRayReports(xray, new QueryPlans(database)),
      metrics: observers.metrics,
      state: serverState,
      ready: () => state.ready,
      openApi: application.openApi,
    },
  });
  const answering = answeringOf(pipeline, options.observe);
  return {
    application,
    created: prepared.created,
    seeded: prepared.seededStep !== undefined,
    get accounts() {
      return administrationOf(accounts);
    },
    lacksAdministrator: async () => (await accounts?.firstRun.isNeeded()) === true,
    inMaintenance: () => serverState.maintenance() !== undefined,
    driver: database.label,
    handle: async (request) => answerRequest(pipeline, plainRequest(request)),
    fill: async (name, rows) => records.imports.run(fillCommand(application, name, rows), byFile(application)),
    outbox,
    xray,
    publicUrl: publicUrlOf(options),
    answering,
    async listen(address) {
      state.listening = await listen(address, answering);
      return state.listening;
    },
    async close() {
      state.ready = false;
      await closeInTurn(state.listening, { hooks, accounts, outbox, database, observers });
    },
  };
}

/** Ends what is in flight before what it stands on. */
async function closeInTurn(
  listening: Listening | undefined,
  {
    hooks,
    accounts,
    outbox,
    database,
    observers,
  }: {
    readonly hooks: OpenServices["hooks"];
    readonly accounts: OpenAccounts | undefined;
    readonly outbox: Outbox;
    readonly database: OpenDatabase["database"];
    readonly observers: OpenObservers;
  },
): Promise<void> {
  await listening?.close();
  await hooks.ended();
  await accounts?.waysIn.ended();
  await outbox.close();
  await database.close();
  await observers.close();
}

/** The line that every request takes, over these services. */
function pipelineOf(
  application: Application,
  options: EngineOptions,
  on: {
    readonly services: Services;
    readonly principals: PrincipalSource;
    readonly accounts: OpenAccounts | undefined;
    readonly exchanges: Exchanges | undefined;
  },
): Pipeline {
  const { services, principals, accounts, exchanges } = on;
  const routes = application.routes.filter(
    (route) => (options.docs !== false || !route.documentation) && (options.console !== false || !route.console),
  );
  const router = new Router(routes, application.told);
  return {
    router,
    validation: { ...application.validation, cursors: services.cursors, routes: router },
    services,
    authentication: accounts?.authentication ?? withoutAccounts(principals.anonymous),
    anonymous: principals.anonymous,
    origins: options.origins ?? "loopback",
    nextRequestId: requestIds(),
    exchanges,
    ...reporting(application, options, services.reads),
  };
}

/** Told of faults that ended no request. */
function faultsOf({ observe }: EngineOptions): (cause: unknown) => void {
  return (cause) => observe?.({ is: "fault", requestId: undefined, cause });
}

/** What follows requests, where the options want some to be followed. */
function exchangesOf({ followEvery = 0, traces, observe }: EngineOptions, xray: XRay): Exchanges | undefined {
  const traced = traces !== undefined;
  if (followEvery === 0 && !traced) return undefined;
  return new Exchanges({ every: followEvery, traced }, (recording) => {
    observe?.({ is: "exchange", read: () => recording.exchange() });
    return xray.keep(recording);
  });
}

/** What is told of requests that end in a fault or a refusal, to the observer and to callers. */
function reporting(
  { schema }: Application,
  { observe, explain = false }: EngineOptions,
  reads: RecordReads,
): Pick<Pipeline, "reportFault" | "reportRefusal" | "explain" | "isThere"> {
  return {
    reportFault: (requestId, cause) => observe?.({ is: "fault", requestId, cause }),
    reportRefusal: ({ requestId, problem: { code }, explanation: { rules }, truth }) =>
      observe?.({ is: "refused", requestId, code, rules, truth }),
    explain,
    isThere: (sought) => reads.isThere({ table: tableOf(schema, sought.table), sought }),
  };
}

function byFile({ policies }: Application): ImportedBy {
  return { principal: policies.system("rows of a file"), requestId: undefined };
}

function administrationOf(accounts: OpenAccounts | undefined): AccountAdministration {
  if (accounts !== undefined) return accounts.administration;
  throw new DeclarationError("accounts", "no table has accounts", "Mark one in the declaration: .accounts()");
}

function answeringOf(pipeline: Pipeline, observe: Observer | undefined): Answering {
  const answering: Answering = {
    answer: (request) => answerRequest(pipeline, request),
    refuse: (request, error) => refuseRequest(pipeline, { request, requestId: pipeline.nextRequestId(), error }),
    reportFault: (requestId, cause) => pipeline.reportFault(requestId, cause),
  };
  return observe === undefined ? answering : observedAnswering(answering, observe);
}

/** The outbox, not yet started. Its statements belong to no request, so they are not observed. */
function openOutbox(database: ServingDatabase, { mail, observe }: EngineOptions): Outbox {
  return new Outbox(new OutboxRepository(database), { mail, observe });
}

/** Opens a socket for engines that follow one another: it is closed before the last of them, and each by who opened it. */
export function listenInTurn(first: Engine, options: SharedSocketOptions): Promise<SharedSocket> {
  return openSharedSocket(first.answering, options);
}

function plainRequest(request: EngineRequest): HttpRequest {
  const headers = new Map(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const body = typeof request.body === "string" ? new TextEncoder().encode(request.body) : request.body;
  const { method, url, address } = request;
  return { method, url, header: (name) => headers.get(name), address, body };
}

/** Counted ids behind a random prefix: unique, short, and made without asking for randomness each time. */
function requestIds(): () => string {
  const prefix = randomBytes(REQUEST_ID_PREFIX_BYTES).toString("hex");
  let count = 0;
  return () => `${prefix}-${(++count).toString(36)}`;
}
