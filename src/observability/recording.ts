import type { Exchange, ExchangeCaller, Hop, Span, Statement } from "./exchange.ts";
import type { IncomingTrace, TraceContext } from "./trace-context.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Statements and spans that are kept of one request: an import of a million rows is told by its first ones. */
const MOST_KEPT = 500;

/** Places for spans and statements that most requests do with. */
const FIRST_PLACES = 16;

/** What is known of a request when it arrives. */
export interface Arrival {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  /** The trace that its caller says it belongs to. */
  readonly incoming: IncomingTrace | undefined;
}

/** How a request ended. */
export interface Ending {
  readonly status: number;
  readonly bytes: number;
}

/** A route's own members: the name that they make is put together when somebody reads it. */
export interface RouteName {
  readonly method: string;
  readonly pattern: string;
}

/** What is known of a request as a whole. */
interface Head {
  at: number;
  arrival: Arrival;
  trace: TraceContext | undefined;
  route: RouteName | undefined;
  caller: ExchangeCaller | undefined;
  rules: Exchange["rules"];
  findings: Exchange["findings"];
  problem: string | undefined;
  status: number;
  bytes: number;
  tookMs: number;
}

const NONE: readonly never[] = [];

/** Of spans: since when, and how long; NaN while it lasts. */
const SPAN_NUMBERS = 2;
/** Of statements: bound values, rows, since when, how long; NaN where there is none. */
const STATEMENT_NUMBERS = 4;

/**
 * What is noted of one request, in columns that a later one writes over. The last requests are all kept, so objects made
 * for each note would outlive the young generation, and cost more to move there than the request itself.
 */
export class Recording {
  readonly head: Head = {
    at: 0,
    arrival: { id: "", method: "", url: "", incoming: undefined },
    trace: undefined,
    route: undefined,
    caller: undefined,
    rules: NONE,
    findings: NONE,
    problem: undefined,
    status: 0,
    bytes: 0,
    tookMs: 0,
  };
  readonly #hops: Hop[] = [];
  readonly #names: string[] = [];
  readonly #during: Hop[] = [];
  readonly #failed: boolean[] = [];
  readonly #accesses: Statement["access"][] = [];
  readonly #texts: string[] = [];
  readonly #values: Statement["values"][] = [];
  readonly #ranDuring: Hop[] = [];
  #spanTimes = new Float64Array(FIRST_PLACES * SPAN_NUMBERS);
  #statementNumbers = new Float64Array(FIRST_PLACES * STATEMENT_NUMBERS);
  #spans = 0;
  #ran = 0;

  /** Forgets the request before, and begins another; `at` is milliseconds since 1970. */
  begin(arrival: Arrival, at: number): void {
    this.#spans = 0;
    this.#ran = 0;
    const { head } = this;
    head.at = at;
    head.arrival = arrival;
    // One by one: copying them from an object that has them all costs a request ten times that.
    head.trace = undefined;
    head.route = undefined;
    head.caller = undefined;
    head.rules = NONE;
    head.findings = NONE;
    head.problem = undefined;
    head.status = 0;
    head.bytes = 0;
    head.tookMs = 0;
  }

  /** Answers the number by which the span is ended; undefined where no more are kept. */
  beginSpan({ hop, name }: Pick<Span, "hop" | "name">, during: Hop, at: number): number | undefined {
    const span = this.#spans;
    if (span === MOST_KEPT) return undefined;
    this.#spanTimes = withRoom(this.#spanTimes, (span + 1) * SPAN_NUMBERS);
    this.#hops[span] = hop;
    this.#names[span] = name;
    this.#during[span] = during;
    this.#failed[span] = false;
    this.#spanTimes[span * SPAN_NUMBERS] = at;
    this.#spanTimes[span * SPAN_NUMBERS + 1] = Number.NaN;
    this.#spans += 1;
    return span;
  }

  endSpan(span: number, at: number, failed: boolean): void {
    this.#failed[span] = failed;
    this.#spanTimes[span * SPAN_NUMBERS + 1] = at - (this.#spanTimes[span * SPAN_NUMBERS] as number);
  }

  ran({ access, sql, bound, values, rows, at, tookMs }: Omit<Statement, "during">, during: Hop): void {
    if (this.#ran === MOST_KEPT) return;
    const first = this.#ran * STATEMENT_NUMBERS;
    this.#statementNumbers = withRoom(this.#statementNumbers, first + STATEMENT_NUMBERS);
    this.#accesses[this.#ran] = access;
    this.#texts[this.#ran] = sql;
    this.#values[this.#ran] = values;
    this.#ranDuring[this.#ran] = during;
    this.#statementNumbers[first] = bound;
    this.#statementNumbers[first + 1] = rows ?? Number.NaN;
    this.#statementNumbers[first + 2] = at;
    this.#statementNumbers[first + 3] = tookMs ?? Number.NaN;
    this.#ran += 1;
  }

  /** Milliseconds at each station so far, in order. Those of a station hold those of the stations behind it. */
  durations(now: number): Map<Hop, number> {
    const sums = new Map<Hop, number>();
    for (let span = 0; span < this.#spans; span++) {
      const hop = this.#hops[span] as Hop;
      const [at = 0, tookMs = 0] = this.#spanTimes.subarray(span * SPAN_NUMBERS);
      sums.set(hop, (sums.get(hop) ?? 0) + (Number.isNaN(tookMs) ? now - at : tookMs));
    }
    return sums;
  }

  /** All of it, as it stands now. */
  exchange(): Exchange {
    const { at, arrival, route, ...rest } = this.head;
    return {
      ...rest,
      route: route === undefined ? undefined : `${route.method} ${route.pattern}`,
      id: arrival.id,
      at: new Date(at).toISOString(),
      method: arrival.method,
      url: withoutSecrets(arrival.url),
      spans: Array.from({ length: this.#spans }, (_, span) => this.#span(span)).filter(({ tookMs }) => tookMs >= 0),
      statements: Array.from({ length: this.#ran }, (_, statement) => this.#statement(statement)),
    };
  }

  #span(span: number): Span {
    const [at = 0, tookMs = 0] = this.#spanTimes.subarray(span * SPAN_NUMBERS);
    const [hop, during] = [this.#hops[span] as Hop, this.#during[span] as Hop];
    return { hop, name: this.#names[span] ?? "", during, at, tookMs, failed: this.#failed[span] === true };
  }

  #statement(statement: number): Statement {
    const [bound = 0, rows, at = 0, tookMs] = this.#statementNumbers.subarray(statement * STATEMENT_NUMBERS);
    return {
      access: this.#accesses[statement] as Statement["access"],
      during: this.#ranDuring[statement] as Hop,
      sql: this.#texts[statement] ?? "",
      bound,
      values: this.#values[statement],
      rows: known(rows),
      at,
      tookMs: known(tookMs),
    };
  }
}

function known(value: number | undefined): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function withRoom(numbers: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (length <= numbers.length) return numbers;
  const more = new Float64Array(numbers.length * 2);
  more.set(numbers);
  return more;
}
