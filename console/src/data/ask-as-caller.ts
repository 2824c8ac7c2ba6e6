import { type ReceivedAnswer, type SentRequest, sendRequest } from "../api/send-request.ts";
import { problemOf } from "../explorer/findings.ts";
import { askingHeaders } from "../state/callers.ts";

/** A request of this page, before it says who asks. */
export interface Asked<Body = string> {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

const NEVER = new AbortController().signal;

/** Sends a request as whoever is chosen above: the same API and the same rules as for everyone. */
export async function askAsCaller(asked: Asked, signal: AbortSignal = NEVER): Promise<ReceivedAnswer> {
  return sendRequest(await requestOfCaller(asked), signal);
}

/** The request, with what says who asks. */
export async function requestOfCaller<Body>(asked: Asked<Body>): Promise<SentRequest<Body>> {
  const { method, url, headers = {}, body } = asked;
  const own = await askingHeaders();
  return { method, url, headers: Object.entries({ ...own, ...headers }), body };
}

export function askWithJson(method: string, url: string, value: unknown): Promise<ReceivedAnswer> {
  return askAsCaller({ method, url, headers: JSON_BODY, body: JSON.stringify(value) });
}

export const JSON_BODY = { "content-type": "application/json" } as const;

export function isGood({ status }: ReceivedAnswer): boolean {
  return status < 400;
}

/** Why it was refused, in the server's words. */
export function refusalWords(answer: ReceivedAnswer): string {
  const problem = problemOf(answer);
  return problem?.detail ?? `The server answered ${answer.status}.`;
}

/** What was thrown, as one sentence. */
export function thrownWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
