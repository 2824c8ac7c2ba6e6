import { setTimeout as wait } from "node:timers/promises";
import { Problem } from "../errors/problem.ts";
import type { Answering } from "./answering.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** A slow and unreliable network, for work on a front end. */
export interface Trouble {
  /** How long each request to `/api` waits, in milliseconds; between the two by chance. */
  readonly delayMs: { readonly from: number; readonly to: number };
  /** How many of a hundred of them fail. */
  readonly failPercent: number;
}

/**
 * The same, slowed and failing. A request that fails reaches nothing behind this. What is not under `/api` is left alone,
 * and so is OPTIONS: a browser asks it before a request, and tells a page nothing of its failure.
 */
export class SimulatedTrouble implements Answering {
  readonly #answering: Answering;
  readonly #trouble: Trouble;
  readonly #closing = new AbortController();

  constructor(answering: Answering, trouble: Trouble) {
    this.#answering = answering;
    this.#trouble = trouble;
  }

  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    return isTroubled(request) ? this.#slowly(request) : this.#answering.answer(request);
  }

  refuse(request: HttpRequest, error: unknown): HttpAnswer {
    return this.#answering.refuse(request, error);
  }

  reportFault(requestId: string, cause: unknown): void {
    this.#answering.reportFault(requestId, cause);
  }

  /** Lets nobody wait any more: the server is stopping. */
  hurry(): void {
    this.#closing.abort();
  }

  async #slowly(request: HttpRequest): Promise<HttpAnswer> {
    const { delayMs, failPercent } = this.#trouble;
    const { signal } = this.#closing;
    const delay = delayMs.from + Math.random() * (delayMs.to - delayMs.from);
    // Aborted, the wait is over.
    if (delay > 0 && !signal.aborted) await wait(delay, undefined, { signal }).catch(() => undefined);
    if (Math.random() * 100 >= failPercent) return this.#answering.answer(request);
    const problem = new Problem("simulated_failure", "This request was chosen to fail, as --fail asks.", {
      headers: { "retry-after": "1" },
    });
    return this.#answering.refuse(request, problem);
  }
}

function isTroubled({ method, url }: HttpRequest): boolean {
  return method !== "OPTIONS" && /^\/api(?:[/?]|$)/.test(url);
}
