import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What is known of the sockets of a server beside Node: which are at their end, and which still owe an answer. */
export class Connections {
  readonly #open = new Set<Socket>();
  /** Those on which an answer said "close". */
  readonly #ended = new WeakSet<Socket>();
  /** Requests that were taken and are not answered yet: with a body, or with an answer that takes its time. */
  readonly #unanswered = new Set<ServerResponse>();

  constructor(server: Server) {
    server.on("connection", (socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
    // Who has sent everything may shut its half of the connection: its answer is still owed.
    Object.assign(server, { httpAllowHalfOpen: true });
  }

  /** Notes that a request has no answer yet. Only for those that are not answered at once: it costs a listener. */
  owe(response: ServerResponse): void {
    if (this.#unanswered.has(response)) return;
    this.#unanswered.add(response);
    response.once("close", () => this.#unanswered.delete(response));
  }

  /** Takes nothing more from a connection. */
  end(socket: Socket): void {
    this.#ended.add(socket);
  }

  hasEnded(socket: Socket): boolean {
    return this.#ended.has(socket);
  }

  /** Calls back once everything that arrived whole on a connection is answered; at once where nothing is owed. */
  whenAnswered(socket: Socket, then: () => void): void {
    // By the request: a response that waits behind another has no socket yet.
    const last = [...this.#unanswered].findLast(({ req }) => req.socket === socket && req.complete);
    if (last === undefined) then();
    else last.once("close", then);
  }

  /** Ends the connections that owe nothing and on which nothing has begun: a browser opens some to have them ready. */
  endSilent(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Ends all but those on which an answer is being made. */
  endUnfinished(): void {
    const busy = new Set<Socket>();
    for (const { req, writableEnded } of this.#unanswered) if (req.complete && !writableEnded) busy.add(req.socket);
    for (const socket of this.#open) if (!busy.has(socket)) socket.destroy();
  }
}
