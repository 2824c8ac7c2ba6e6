import type { Exchange, ExchangeCaller, Hop, Span, Statement } from "./exchange.ts";
import type { TraceContext } from "./trace-context.ts";
import type { Ending, Recording, RouteName } from "./recording.ts";

type Station = Pick<Span, "hop" | "name">;

/** Told of work that is over: what it answered, undefined where it failed, and when it was. */
export type Told<Result> = (
  result: Awaited<Result> | undefined,
  when: { readonly at: number; readonly tookMs: number },
) => void;

interface Ended<Result> {
  readonly at: number;
  readonly told: Told<Result> | undefined;
  readonly result: Awaited<Result> | undefined;
  readonly failed: boolean;
}

/** A request on its way: each station says what it did. */
export class OpenExchange {
  readonly #began = performance.now();
  /** Gone once the request is over: what it has set going may outlive it, a hook behind a write, a timer. */
  #recording: Recording | undefined;
  #hop: Hop = "client";
  #station: number | undefined;
  #isKept = true;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Milliseconds since the request arrived. */
  now(): number {
    return performance.now() - this.#began;
  }

  /** Its place in a trace; undefined where nobody traces, or it is over. */
  get trace(): TraceContext | undefined {
    return this.#recording?.head.trace;
  }

  /** The request has come to a station of the pipeline, and left the one before it. */
  enter(hop: Hop, name: string): void {
    const at = this.now();
    this.#leave(at, false);
    this.#hop = hop;
    this.#station = this.#recording?.beginSpan({ hop, name }, hop, at);
  }

  /** Work at a station behind the pipeline, timed to its end, which is told too where somebody wants to know. */
  within<Result>(station: Station, work: () => Result, told?: Told<Result>): Result {
    const at = this.now();
    const span = this.#recording?.beginSpan(station, this.#hop, at);
    let result: Result;
    try {
      result = work();
    } catch (error) {
      this.#ended(span, { at, told, result: undefined, failed: true });
      throw error;
    }
    if (result instanceof Promise)
      result.then(
        (late: Awaited<Result>) => this.#ended(span, { at, told, result: late, failed: false }),
        () => this.#ended(span, { at, told, result: undefined, failed: true }),
      );
    else this.#ended(span, { at, told, result: result as Awaited<Result>, failed: false });
    return result;
  }

  ran(statement: Omit<Statement, "during">): void {
    this.#recording?.ran(statement, this.#hop);
  }

  /** Which route it takes, and whether it is kept: who looks at requests would else see little but that. */
  routed(route: RouteName, { isKept }: { readonly isKept: boolean }): void {
    if (this.#recording !== undefined) this.#recording.head.route = route;
    this.#isKept = isKept;
  }

  get isKept(): boolean {
    return this.#isKept;
  }

  asked(caller: ExchangeCaller): void {
    if (this.#recording !== undefined) this.#recording.head.caller = caller;
  }

  /** The request ended at the station where it is, with a problem. */
  refused(problem: string, { rules, findings }: Pick<Exchange, "rules" | "findings">): void {
    if (this.#recording === undefined) return;
    const { head } = this.#recording;
    head.problem = problem;
    head.rules = rules;
    head.findings = findings.map(({ pointer, code }) => ({ pointer, code }));
    this.#leave(this.now(), true);
  }

  /** What is known of its times so far, as the header Server-Timing says it. */
  serverTiming(): string {
    const now = this.now();
    const parts = [...(this.#recording?.durations(now) ?? [])].map(([hop, ms]) => `${hop};dur=${ms.toFixed(2)}`);
    return [...parts, `total;dur=${now.toFixed(2)}`].join(", ");
  }

  /** All that was noted; undefined where it is over already. */
  close({ status, bytes }: Ending): Recording | undefined {
    const recording = this.#recording;
    if (recording === undefined) return undefined;
    const at = this.now();
    this.#leave(at, false);
    this.#recording = undefined;
    recording.head.status = status;
    recording.head.bytes = bytes;
    recording.head.tookMs = at;
    return recording;
  }

  #ended<Result>(span: number | undefined, { at, told, result, failed }: Ended<Result>): void {
    const now = this.now();
    this.#end(span, now, failed);
    told?.(result, { at, tookMs: now - at });
  }

  #leave(at: number, failed: boolean): void {
    this.#end(this.#station, at, failed);
    this.#station = undefined;
  }

  #end(span: number | undefined, at: number, failed: boolean): void {
    if (span !== undefined) this.#recording?.endSpan(span, at, failed);
  }
}
