import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** What a socket asks: whatever stands behind it, an engine or something in front of engines. */
export interface Answering {
  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>;
  /** Makes the answer to a request that never became one. */
  refuse(request: HttpRequest, error: unknown): HttpAnswer;
  /** Told of an error that came when the answer had begun, so that no problem document could say it. */
  reportFault(requestId: string, cause: unknown): void;
}

/**
 * The same answer, whose end is told with the bytes of its body: at once where it is whole, else when its last piece is
 * taken, or nobody takes the rest.
 */
export function followToEnd(answer: HttpAnswer, ended: (bytes: number) => void): HttpAnswer {
  const { body } = answer;
  if (typeof body === "object" && Symbol.asyncIterator in body) return { ...answer, body: followed(body, ended) };
  // Its length was measured for its header. HEAD has the header alone.
  ended(body === undefined ? 0 : Number(answer.headers["content-length"] ?? Buffer.byteLength(body)));
  return answer;
}

async function* followed(pieces: AsyncIterable<string>, ended: (bytes: number) => void): AsyncGenerator<string> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += Buffer.byteLength(piece);
      yield piece;
    }
  } finally {
    ended(bytes);
  }
}
