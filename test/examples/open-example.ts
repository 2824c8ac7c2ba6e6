import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnyDeclaration, compile, createEngine, type EngineRequest, type HttpAnswer } from "servery";
import { answerText } from "../harness/answer-text.ts";
import { type Person, signIn } from "../harness/sign-in.ts";

/** An example that runs on a database of its own. */
export interface OpenExample {
  handle(request: EngineRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Starts an example on a new database file in a folder of its own. With a person every request is that person's. */
export async function openExample(declaration: AnyDeclaration, person?: Person): Promise<OpenExample> {
  const folder = await mkdtemp(join(tmpdir(), "servery-example-"));
  const engine = await createEngine(compile(declaration), { database: `sqlite:${join(folder, "example.db")}` });
  const send = async (url: string, json: unknown): Promise<{ status: number; json: unknown }> => {
    const headers = { "content-type": "application/json" };
    const { status, body } = await engine.handle({ method: "POST", url, headers, body: JSON.stringify(json) });
    return { status, json: JSON.parse(await answerText(body)) as unknown };
  };
  const credentials = person === undefined ? {} : await signIn(engine, person, send);
  return {
    handle: (request) => engine.handle({ ...request, headers: { ...credentials, ...request.headers } }),
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The parsed body of a GET. An answer other than 200 is an error that shows it. */
export async function read<Body>(
  example: OpenExample,
  url: string,
): Promise<{ body: Body; headers: HttpAnswer["headers"] }> {
  const { status, headers, body } = await example.handle({ method: "GET", url });
  const text = await answerText(body);
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text}`);
  return { body: JSON.parse(text) as Body, headers };
}
