import type { IncomingMessage, ServerResponse } from "node:http";
import { Problem } from "../errors/problem.ts";

/** A sender of rows that sends nothing for so long is ended. */
const SILENT_MS = 30_000;
/** For how long, and how much, a sender is listened to behind its answer: one that is cut off would not read it. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 8_388_608;

/** A body as it comes, never faster than it is taken. Whoever leaves it early can still answer. */
export async function* bodyPieces(raw: IncomingMessage, onSilence: () => void): AsyncGenerator<Uint8Array> {
  const { socket } = raw;
  socket.setTimeout(SILENT_MS).once("timeout", onSilence);
  try {
    for await (const piece of raw.iterator({ destroyOnReturn: false })) yield piece as Uint8Array;
  } catch (error) {
    // Nobody is there to read the answer, and nothing is wrong here.
    throw new Problem("malformed_request", "The request ended before its body did.", { cause: error });
  } finally {
    // Time that the database takes is not the sender's.
    socket.setTimeout(0).off("timeout", onSilence);
  }
}

/** Ends an answer that came before the body did: the rest of that is let in and forgotten, up to a bound. */
export function endEarly(raw: IncomingMessage, response: ServerResponse, body: string | Uint8Array | undefined): void {
  if (body !== undefined) response.write(body);
  let left = LINGER_BYTES;
  const timer = setTimeout(() => response.end(), LINGER_MS);
  raw.on("data", (piece: Uint8Array) => {
    left -= piece.byteLength;
    if (left < 0) response.end();
  });
  raw.once("end", () => response.end()).resume();
  response.once("close", () => clearTimeout(timer));
}
