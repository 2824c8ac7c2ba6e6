import type { ServerResponse } from "node:http";

/** A reader that takes nothing for so long holds a socket, and a place in the database's plans, for nothing. */
const STALLED_MS = 30_000;

/**
 * Sends a body in pieces, each asked for only when the socket has taken the one before. It ends early
 * when the socket closes; however it ends, the pieces are told.
 */
export async function writePieces(response: ServerResponse, pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (isGone(response)) return;
    if (!response.write(piece)) await taken(response);
    if (isGone(response)) return;
  }
  response.end();
}

/** Nobody takes the rest: the socket is destroyed, whether or not the answer has been told of it yet. */
export function isGone(response: ServerResponse): boolean {
  return response.destroyed || response.socket?.destroyed === true;
}

/** Fulfilled when the socket has taken everything, or is gone. */
function taken(response: ServerResponse): Promise<void> {
  const { socket } = response;
  return new Promise((resolve) => {
    const stalled = (): void => void response.destroy();
    const go = (): void => {
      response.off("drain", go).off("close", go);
      // Time that a page takes in the database is not the reader's.
      socket?.setTimeout(0).off("timeout", stalled);
      resolve();
    };
    response.once("drain", go).once("close", go);
    socket?.setTimeout(STALLED_MS).once("timeout", stalled);
  });
}
