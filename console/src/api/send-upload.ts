import { openRequest, type ReceivedAnswer, receivedAnswer, type SentRequest } from "./send-request.ts";

interface Upload {
  readonly signal: AbortSignal;
  /** Told how many bytes have gone out, as far as the browser says so. */
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends a large body and tells how far it is. Of what browsers offer, XMLHttpRequest alone tells that over HTTP/1.1, and
 * it takes cookies along: where one of them signs somebody in, the body goes without, and nobody knows how far it is.
 */
export async function sendUpload(request: SentRequest<Blob>, upload: Upload): Promise<ReceivedAnswer> {
  const { signal } = upload;
  if (await isSignedInByCookie(signal)) return receivedAnswer(await openRequest(request, signal));
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open(request.method, request.url);
    for (const [name, value] of request.headers) sending.setRequestHeader(name, value);
    sending.responseType = "arraybuffer";
    sending.upload.onprogress = ({ loaded }) => upload.onSent(loaded);
    sending.onload = () => resolve(receivedAnswer(answerOf(sending)));
    sending.onerror = () => reject(new Error("The connection broke off before the server answered."));
    sending.onabort = () => reject(new Error("It was cancelled."));
    signal.addEventListener("abort", () => sending.abort(), { once: true });
    sending.send(request.body ?? null);
    if (signal.aborted) sending.abort();
  });
}

async function isSignedInByCookie(signal: AbortSignal): Promise<boolean> {
  const me = await fetch("/api/auth/me", { credentials: "same-origin", cache: "no-store", signal });
  return me.ok;
}

function answerOf(sent: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of sent.getAllResponseHeaders().trim().split("\r\n")) {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.append(name, value);
  }
  const body = sent.response as ArrayBuffer;
  return new Response(body.byteLength === 0 ? null : body, { status: sent.status, headers });
}
