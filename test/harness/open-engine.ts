import { type AnyDeclaration, compile, createEngine, type Engine, type EngineOptions, type Observation } from "servery";
import { answerCheckOf } from "./openapi-check.ts";
import { answerText } from "./answer-text.ts";
import { readAnswer } from "./read-answer.ts";
import { makeTestDatabase } from "./test-database.ts";

/**
 * The look whether a session has ended meanwhile comes with whichever request a look is due at: it tells nothing of that
 * request.
 */
export const LOOK = /^SELECT [^;]* FROM _servery_revocations /;

/** One request of a test: a body that is no text is sent as JSON. */
export interface TestRequest {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** The network address of whoever asks. */
  readonly address?: string;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; undefined when there is none. */
  readonly json: unknown;
  /** Values of Set-Cookie. */
  readonly cookies: readonly string[];
  /** Statements that the request handed to the database, without looks for sessions that have ended. */
  readonly sql: readonly string[];
}

/** An engine on a database file of its own, for one test. */
export interface EngineUnderTest {
  readonly databasePath: string;
  /** As `DATABASE_URL` has it. */
  readonly databaseUrl: string;
  /** What whoever runs the application may do about accounts. */
  readonly accounts: Engine["accounts"];
  readonly outbox: Engine["outbox"];
  readonly xray: Engine["xray"];
  /** Faults of the server's own since the start; a test that expects none asserts that. */
  readonly faults: readonly unknown[];
  send(request: TestRequest): Promise<TestAnswer>;
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  post(url: string, json: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  put(url: string, json: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  patch(url: string, json: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  delete(url: string, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  close(): Promise<void>;
}

/** Opens an engine over a fresh temporary file; `close` removes it. */
export async function openEngine(
  declaration: AnyDeclaration,
  options: Partial<EngineOptions> = {},
): Promise<EngineUnderTest> {
  const database = await makeTestDatabase();
  const sql: string[] = [];
  const faults: unknown[] = [];
  const observe = (observation: Observation): void => {
    if (observation.is === "sql") sql.push(observation.sql);
    else if (observation.is === "fault") faults.push(observation.cause);
    options.observe?.(observation);
  };
  const application = compile(declaration);
  const checkAnswer = await answerCheckOf(application);
  const engine = await createEngine(application, {
    database: database.url,
    followEvery: 1,
    metrics: { token: undefined },
    ...options,
    observe,
  });
  const isPromisedMore = async ({ headers = {} }: TestRequest): Promise<boolean> => {
    // While developing the routes of operators are open at the machine.
    if (options.explain === true) return true;
    const shown = Object.entries(headers).filter(([name]) => /^(?:authorization|cookie)$/i.test(name));
    if (shown.length === 0) return false;
    const answer = await engine.handle({ method: "GET", url: "/api/auth/me", headers: Object.fromEntries(shown) });
    const me = JSON.parse(await answerText(answer.body)) as { readonly roles?: readonly string[] };
    return me.roles?.includes("admin") === true;
  };
  const send = async (request: TestRequest): Promise<TestAnswer> => {
    const before = sql.length;
    const json = request.json === undefined ? undefined : JSON.stringify(request.json);
    const answer = await engine.handle({
      method: request.method ?? "GET",
      url: request.url,
      headers: { ...(json === undefined ? {} : { "content-type": "application/json" }), ...request.headers },
      body: json ?? request.body,
      address: request.address,
    });
    const read = await readAnswer(answer);
    const statements = sql.slice(before).filter((one) => !LOOK.test(one));
    // Every answer of every test must be one that the OpenAPI document promises.
    const exchange = { method: request.method ?? "GET", url: request.url, ...read };
    try {
      checkAnswer(exchange);
    } catch (error) {
      // An administrator is promised more; its key as well, though no document tells a key so.
      if (!(await isPromisedMore(request))) throw error;
      (await answerCheckOf(application, "administrators"))(exchange);
    }
    return { ...read, sql: statements };
  };
  return {
    databasePath: database.path,
    databaseUrl: database.url,
    xray: engine.xray,
    get accounts() {
      return engine.accounts;
    },
    outbox: engine.outbox,
    faults,
    send,
    get: (url, headers = {}) => send({ url, headers }),
    post: (url, json, headers = {}) => send({ method: "POST", url, json, headers }),
    put: (url, json, headers = {}) => send({ method: "PUT", url, json, headers }),
    patch: (url, json, headers = {}) => send({ method: "PATCH", url, json, headers }),
    delete: (url, headers = {}) => send({ method: "DELETE", url, headers }),
    listen: () => engine.listen({ host: "127.0.0.1", port: 0 }),
    close: async () => {
      await engine.close();
      await database.drop();
    },
  };
}
