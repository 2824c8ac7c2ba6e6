import { AsyncLocalStorage } from "node:async_hooks";
import type { Hop } from "./exchange.ts";
import { OpenExchange } from "./open-exchange.ts";
import { openTrace } from "./trace-context.ts";
import { type Arrival, type Ending, Recording } from "./recording.ts";

/** Takes what was noted of a request, and answers a recording that it no longer wants. */
export type Keep = (recording: Recording) => Recording | undefined;

/** Follows requests through all that happens between them and their answers. */
export class Exchanges {
  /** The request whose work is being done, which no layer need hand to the next. */
  #now: OpenExchange | undefined;
  /** Where requests wait and go on while others do. */
  readonly #later = new AsyncLocalStorage<OpenExchange>();
  /** Of how many requests one is followed: 1 is every one of them, 0 none. */
  readonly #every: number;
  /** Whether requests are parts of traces. */
  readonly #traced: boolean;
  readonly #keep: Keep;
  /** To be written over. */
  readonly #free: Recording[] = [];
  #count = 0;
  #carried = 0;

  constructor({ every, traced }: { readonly every: number; readonly traced: boolean }, keep: Keep) {
    this.#every = every;
    this.#traced = traced;
    this.#keep = keep;
  }

  /** The exchange of a request; undefined where this one is not followed. */
  begin(arrival: Arrival): OpenExchange | undefined {
    const isNext = this.#every !== 0 && this.#count++ % this.#every === 0;
    // A trace that its caller keeps would lack this server's part.
    if (!isNext && !(this.#traced && arrival.incoming?.sampled === true)) return undefined;
    const recording = this.#free.pop() ?? new Recording();
    recording.begin(arrival, Date.now());
    if (this.#traced) recording.head.trace = openTrace(arrival.incoming);
    return new OpenExchange(recording);
  }

  /** Does a part of a request's work: what it does before it returns is the request's own. */
  run<Result>(exchange: OpenExchange, work: () => Result): Result {
    this.#now = exchange;
    try {
      return work();
    } finally {
      this.#now = undefined;
    }
  }

  /** The same for work that waits and goes on: what it does later is the request's own as well. */
  carry<Result>(exchange: OpenExchange, work: () => Result): Result {
    this.#carried += 1;
    const result = this.#later.run(exchange, work);
    if (result instanceof Promise)
      result.then(
        () => this.#arrived(),
        () => this.#arrived(),
      );
    else this.#arrived();
    return result;
  }

  /** The request that something happens for; undefined where it happens for none that is followed. */
  current(): OpenExchange | undefined {
    return this.#now ?? this.#later.getStore();
  }

  /** Before Node 24 every promise of the process pays for knowing its request: not while nobody waits. */
  #arrived(): void {
    this.#carried -= 1;
    if (this.#carried === 0) this.#later.disable();
  }

  end(exchange: OpenExchange, ending: Ending): void {
    const recording = exchange.close(ending);
    if (recording === undefined) return;
    const free = exchange.isKept ? this.#keep(recording) : recording;
    if (free !== undefined) this.#free.push(free);
  }

  /**
   * The same object, whose methods are work at a station: each call is timed for the request that it is for. `except`
   * names methods that only hand something out.
   */
  station<Target extends object>(
    { hop, name, except = [] }: { readonly hop: Hop; readonly name: string; readonly except?: readonly string[] },
    target: Target,
  ): Target {
    const methods = Object.fromEntries(
      methodsOf(target).map((method) => {
        const call = (Reflect.get(target, method) as Method).bind(target);
        return [method, except.includes(method) ? call : this.#timed({ hop, name: `${name}.${method}` }, call)];
      }),
    );
    // Instances keep their state in private members, which only they themselves reach.
    return Object.assign(Object.create(target) as Target, methods);
  }

  /** The same of every object among the members. */
  stations<Members extends object>(hop: Hop, members: Members): Members {
    const followed = Object.entries(members).map(([name, member]: [string, unknown]) => [
      name,
      isInstance(member) ? this.station({ hop, name }, member) : member,
    ]);
    return { ...members, ...Object.fromEntries(followed) } as Members;
  }

  #timed(station: { readonly hop: Hop; readonly name: string }, call: Method): Method {
    return (...given) => {
      const exchange = this.current();
      return exchange === undefined ? call(...given) : exchange.within(station, () => call(...given));
    };
  }
}

type Method = (...given: unknown[]) => unknown;

/** Whether it is an object with methods of a class: lists and plain values are told by their parts. */
function isInstance(member: unknown): member is object {
  if (typeof member !== "object" || member === null || Array.isArray(member)) return false;
  return Object.getPrototypeOf(member) !== Object.prototype;
}

/** The names of an object's methods, those of its class included. */
function methodsOf(target: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = target;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (name !== "constructor" && typeof value === "function") names.add(name);
  return [...names];
}
