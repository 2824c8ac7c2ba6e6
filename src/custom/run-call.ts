import { Problem } from "../errors/problem.ts";
import { type CallModel, JSON_TYPE, type ShapeModel } from "../schema/call-model.ts";
import { Reply, type ReplyOptions } from "../schema/reply.ts";
import { checkShape, type Verdict } from "../validation/check-shape.ts";
import type { CallCommand, CheckedInput } from "../validation/command.ts";
import { HANDLER_DEADLINE_MS } from "../validation/limits.ts";
import { inTime } from "./in-time.ts";
import { openContext } from "./open-context.ts";
import { plainJson } from "./plain-json.ts";
import type { Caller, ContextParts, Lease } from "./ports.ts";

/** Seconds after which a caller may try again. */
const RETRY_AFTER = "10";

/** What the code of a route answered, checked. Without a body it answered nothing. */
export interface CallAnswer {
  readonly body: string | AsyncIterable<string> | undefined;
  readonly options: ReplyOptions;
}

/** Runs the application's own code, each call with a context and a deadline of its own. */
export class CustomCalls {
  readonly #parts: ContextParts;
  readonly #deadlineMs: number;

  constructor(parts: ContextParts, deadlineMs = HANDLER_DEADLINE_MS) {
    this.#parts = parts;
    this.#deadlineMs = deadlineMs;
  }

  /** The checked answer of a call. Whatever else the code throws than a refusal is passed on as it is. */
  run(command: CallCommand, caller: Caller): CallAnswer | Promise<CallAnswer> {
    const { call, input } = command;
    const lease: Lease = { ended: false };
    const context = openContext(this.#parts, { caller, lease });
    const handle = (checked: CheckedInput): unknown => call.handler({ ...context, ...checked });
    const result = input instanceof Promise ? input.then(handle) : handle(input);
    if (!isThenable(result)) return this.#answer(call, result);
    const work = async (): Promise<CallAnswer> => this.#answer(call, await result);
    const late = (): Problem =>
      new Problem("handler_timeout", `The route did not answer within ${this.#deadlineMs} ms.`, {
        headers: { "retry-after": RETRY_AFTER },
      });
    return inTime(work, { milliseconds: this.#deadlineMs, lease, late });
  }

  #answer(call: CallModel, result: unknown): CallAnswer | Promise<CallAnswer> {
    const { body, options } = result instanceof Reply ? result : { body: result as unknown, options: {} };
    if (call.type !== JSON_TYPE) return { body: textOf(call, body), options };
    const { answer } = call;
    if (answer === undefined) return { body: jsonOf(call, body), options };
    const items: readonly unknown[] | undefined = answer.list ? (Array.isArray(body) ? body : undefined) : [body];
    if (items === undefined) throw new Error(`${call.title} answered no list, which its declaration says.`);
    const checked = checkEach(items, (item) => this.#check(call, answer.shape, item));
    const made = (verdicts: readonly Verdict[]): CallAnswer => {
      const values = verdicts.map((verdict, at) => valueOf(call, verdict, answer.list ? `/${at}` : ""));
      return { body: jsonOf(call, answer.list ? values : values[0]), options };
    };
    return checked instanceof Promise ? checked.then(made) : made(checked);
  }

  #check(call: CallModel, shape: ShapeModel, item: unknown): Verdict | Promise<Verdict> {
    try {
      return checkShape(shape, shape.is === "columns" ? plainJson(item) : item, this.#parts.bodies);
    } catch (error) {
      // The words are those for a body of the caller's, who sent none of this.
      throw error instanceof Problem ? new Error(`${call.title}: ${error.error}`, { cause: error }) : error;
    }
  }
}

/** All of them; waits only from the first check on that does. */
function checkEach(
  items: readonly unknown[],
  check: (item: unknown) => Verdict | Promise<Verdict>,
): Verdict[] | Promise<Verdict[]> {
  const verdicts = items.map(check);
  const late = verdicts.some((verdict) => verdict instanceof Promise);
  return late ? Promise.all(verdicts.map(async (verdict) => verdict)) : (verdicts as Verdict[]);
}

function valueOf(call: CallModel, verdict: Verdict, at: string): unknown {
  if (verdict.ok) return verdict.value;
  const findings = verdict.errors.map(({ pointer, message }) => `${at}${pointer}: ${message}`);
  throw new Error(`${call.title} answered what its declaration does not allow. ${findings.join(" ")}`);
}

/** JSON text; undefined for no answer at all. What JSON cannot say is a fault, not a hole in the answer. */
function jsonOf(call: CallModel, body: unknown): string | undefined {
  if (body === undefined) return undefined;
  const text: string | undefined = JSON.stringify(body);
  if (text === undefined) throw new Error(`${call.title} answered a ${typeof body}, which is no JSON.`);
  return text;
}

function textOf(call: CallModel, body: unknown): string | AsyncIterable<string> | undefined {
  if (body === undefined || typeof body === "string") return body;
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) return body as AsyncIterable<string>;
  throw new Error(`${call.title} answers ${call.type}, so its code answers a text or an async iterable of texts.`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
