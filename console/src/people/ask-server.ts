import { type ReceivedAnswer, sendRequest } from "../api/send-request.ts";
import { findingsByField, problemOf } from "../explorer/findings.ts";
import { callers, chosenCaller, freshToken } from "../state/callers.ts";

/** A refusal, in the server's words. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly findings: ReadonlyMap<string, readonly string[]>;

  constructor(answer: ReceivedAnswer) {
    const problem = problemOf(answer);
    super(problem?.detail ?? `The server answered ${answer.status}.`);
    this.status = answer.status;
    this.code = problem?.code ?? "";
    this.findings = findingsByField(answer);
  }
}

interface Asked {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Asks as whoever is chosen. Throws `Refused` for what is no success. */
export async function askServer<Answer>(method: string, url: string, { body, signal }: Asked = {}): Promise<Answer> {
  const caller = chosenCaller(callers.get());
  const headers: [string, string][] = [];
  if (caller !== undefined) headers.push(["authorization", `Bearer ${await freshToken(caller)}`]);
  if (body !== undefined) headers.push(["content-type", "application/json"]);
  const sent = { method, url, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const answer = await sendRequest(sent, signal ?? AbortSignal.timeout(30_000));
  if (answer.status >= 400) throw new Refused(answer);
  return (answer.text === "" ? undefined : JSON.parse(answer.text)) as Answer;
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
