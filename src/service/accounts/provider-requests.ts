import { type ProviderFetch, ProviderSilent } from "../../auth/providers/identity-provider.ts";

/** Bytes of one answer of a provider: metadata and key sets have some ten thousand. */
const ANSWER_BYTES = 1_048_576;

const OVER_TLS_OR_HERE = /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$))/;

/** Asks a provider: follows no redirect, and takes the whole answer within the time of `signal` and a bounded size. */
export const requestProvider: ProviderFetch = async (url, options) => {
  // What a provider on this machine names in its metadata may lie elsewhere.
  if (!OVER_TLS_OR_HERE.test(url)) throw new ProviderSilent("a URL of it is neither https nor on this machine");
  const host = new URL(url).host;
  try {
    const { method, headers, signal, body } = options;
    const answer = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined || body === null ? {} : { body: body as URLSearchParams }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = await bodyOf(answer);
    return new Response(bytes.byteLength > 0 ? bytes : null, { status: answer.status, headers: answer.headers });
  } catch (error) {
    throw error instanceof ProviderSilent ? error : new ProviderSilent(`${host}: ${reason(error)}`);
  }
};

async function bodyOf({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.byteLength;
    // Leaving the loop ends the connection.
    if (size > ANSWER_BYTES) throw new ProviderSilent(`an answer has more than ${ANSWER_BYTES} bytes`);
    pieces.push(piece);
  }
  return Uint8Array.from(Buffer.concat(pieces));
}

/** The machine's own word: ECONNREFUSED, TimeoutError. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "failed";
}
