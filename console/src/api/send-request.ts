/** A request, exactly as it will be sent. */
export interface SentRequest<Body = string> {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Body | undefined;
}

/** What really came back. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Of the header `x-request-id`; its way can be asked for by it. */
  readonly requestId: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
  readonly bytes: number;
  readonly ms: number;
}

/** Sends what was typed, with no cookie and no cache of the browser's: what it answers is the server's own. */
export async function sendRequest(request: SentRequest, signal: AbortSignal): Promise<ReceivedAnswer> {
  const started = performance.now();
  return receivedAnswer(await openRequest(request, signal), started);
}

/** The answer as soon as it begins: a long one can be read while it comes. */
export function openRequest(request: SentRequest<string | Blob>, signal: AbortSignal): Promise<Response> {
  const { method, url, headers, body } = request;
  return fetch(url, {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    ...(body === undefined ? {} : { body }),
    signal,
    credentials: "omit",
    cache: "no-store",
    redirect: "follow",
  });
}

export async function receivedAnswer(answer: Response, started = performance.now()): Promise<ReceivedAnswer> {
  const bytes = await answer.arrayBuffer();
  const ms = performance.now() - started;
  return {
    status: answer.status,
    statusText: answer.statusText || (STATUS_TEXTS[answer.status] ?? ""),
    requestId: answer.headers.get("x-request-id") ?? undefined,
    headers: [...answer.headers],
    text: new TextDecoder().decode(bytes),
    bytes: bytes.byteLength,
    ms,
  };
}

/** HTTP/2 sends none (RFC 9113 §8.3.1). */
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** A header's value by its lower-case name. */
export function headerOf({ headers }: Pick<ReceivedAnswer, "headers">, name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1];
}
