import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnyDeclaration,
  compile,
  createEngine,
  type EngineOptions,
  type HttpAnswer,
  type Observation,
} from "servery";
import { answerCheckOf } from "./openapi-check.ts";
import { answerText } from "./answer-text.ts";

/** One request of a test: a body that is no text is sent as JSON. */
export interface TestRequest {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; undefined when there is none. */
  readonly json: unknown;
  /** Statements that the request handed to the database. */
  readonly sql: readonly string[];
}

/** An engine on a database file of its own, for one test. */
export interface EngineUnderTest {
  readonly databasePath: string;
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
  const folder = mkdtempSync(join(tmpdir(), "servery-test-"));
  const databasePath = join(folder, "data.db");
  const sql: string[] = [];
  const faults: unknown[] = [];
  const observe = (observation: Observation): void => {
    if (observation.is === "sql") sql.push(observation.sql);
    else if (observation.is === "fault") faults.push(observation.cause);
    options.observe?.(observation);
  };
  const application = compile(declaration);
  const checkAnswer = answerCheckOf(application);
  const engine = await createEngine(application, { database: `sqlite:${databasePath}`, ...options, observe });
  const send = async (request: TestRequest): Promise<TestAnswer> => {
    const before = sql.length;
    const json = request.json === undefined ? undefined : JSON.stringify(request.json);
    const answer = await engine.handle({
      method: request.method ?? "GET",
      url: request.url,
      headers: { ...(json === undefined ? {} : { "content-type": "application/json" }), ...request.headers },
      body: json ?? request.body,
    });
    const read = await readAnswer(answer);
    // Every answer of every test must be one that the OpenAPI document promises.
    checkAnswer({ method: request.method ?? "GET", url: request.url, ...read });
    return { ...read, sql: sql.slice(before) };
  };
  return {
    databasePath,
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
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function readAnswer(answer: HttpAnswer): Promise<Omit<TestAnswer, "sql">> {
  const text = await answerText(answer.body);
  const isJson = /[/+]json/.test(answer.headers["content-type"] ?? "");
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson && text !== "" ? (JSON.parse(text) as unknown) : undefined,
  };
}
