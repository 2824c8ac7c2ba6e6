import { type Answering, followToEnd } from "./answering.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** How long the end of requests is waited for before others go on without them, in milliseconds: an export may take longer. */
const DRAIN_MS = 5_000;

/** What answers for now, and how many requests it has not answered yet. */
interface Turn {
  readonly answering: Answering;
  unanswered: number;
  /** Called when the last one is answered. */
  drained: () => void;
}

/**
 * Stands before what answers, so that it can be exchanged while requests come: each is answered by whatever was there when
 * it began. Connections notice nothing.
 */
export class AnsweringSwitch implements Answering {
  #turn: Turn;
  /** Fulfilled when requests may go on. */
  #held: Promise<void> | undefined;
  #goOn: () => void = () => undefined;

  constructor(first: Answering) {
    this.#turn = turnOf(first);
  }

  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    return this.#held === undefined ? this.#answer(request) : this.#held.then(() => this.answer(request));
  }

  refuse(request: HttpRequest, error: unknown): HttpAnswer {
    return this.#turn.answering.refuse(request, error);
  }

  reportFault(requestId: string, cause: unknown): void {
    this.#turn.answering.reportFault(requestId, cause);
  }

  /** Lets new requests wait. Fulfilled once the others are answered, or after `DRAIN_MS`. */
  hold(): Promise<void> {
    this.#held ??= new Promise((resolve) => {
      this.#goOn = resolve;
    });
    return drained(this.#turn);
  }

  /** Ends `hold`. */
  release(): void {
    this.#held = undefined;
    this.#goOn();
  }

  /** Hands what comes from now on to another. Fulfilled once the one before has answered its requests, or after `DRAIN_MS`. */
  switchTo(next: Answering): Promise<void> {
    const before = this.#turn;
    this.#turn = turnOf(next);
    this.release();
    return drained(before);
  }

  #answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const turn = this.#turn;
    const end = (): void => {
      turn.unanswered -= 1;
      if (turn.unanswered === 0) turn.drained();
    };
    turn.unanswered += 1;
    const answer = turn.answering.answer(request);
    return answer instanceof Promise ? answer.then((late) => followToEnd(late, end)) : followToEnd(answer, end);
  }
}

function turnOf(answering: Answering): Turn {
  return { answering, unanswered: 0, drained: () => undefined };
}

function drained(turn: Turn): Promise<void> {
  if (turn.unanswered === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, DRAIN_MS);
    turn.drained = () => {
      clearTimeout(patience);
      resolve();
    };
  });
}
