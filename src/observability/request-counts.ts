import { DurationCounts } from "./duration-counts.ts";
import type { Observation } from "./observation.ts";

/** Methods with a label of their own. A caller may send any word, and every label is kept for ever. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Where no route was found: paths are the callers', and there is no end of them. */
const NO_ROUTE = "none";

const REQUESTS = "servery_http_requests_total";
const BYTES = "servery_http_answer_bytes_total";
const DURATIONS = "servery_http_request_duration_seconds";
const STATEMENTS = "servery_database_statement_duration_seconds";

type Answered = Extract<Observation, { is: "answered" }>;
type Statements = Extract<Observation, { is: "statements" }>;

interface Series {
  readonly statuses: Map<number, number>;
  readonly durations: DurationCounts;
}

/**
 * What is counted of every request and every statement, as plain numbers: a library that finds its counter by a map of
 * labels costs a request as much as reading its row does.
 */
export class RequestCounts {
  /** By route and method. */
  readonly #routes = new Map<string, Map<string, Series>>();
  readonly #statements = new Map<Statements["access"], DurationCounts>();
  #bytes = 0;

  answered({ method, route = NO_ROUTE, status, tookMs, bytes }: Answered): void {
    const { statuses, durations } = this.#seriesOf(route, METHODS.has(method) ? method : "other");
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    durations.add(tookMs);
    this.#bytes += bytes;
  }

  ran({ access, tookMs }: Statements): void {
    let durations = this.#statements.get(access);
    if (durations === undefined) this.#statements.set(access, (durations = new DurationCounts()));
    durations.add(tookMs);
  }

  /** All of it in Prometheus' text format. */
  text(): string {
    const series = [...this.#routes].flatMap(([route, methods]) =>
      [...methods].map(([method, counted]) => ({ labels: `method="${method}",route="${escaped(route)}"`, ...counted })),
    );
    return [
      ...headOf(REQUESTS, "counter", "Requests that were answered."),
      ...series.flatMap(({ labels, statuses }) =>
        [...statuses].map(([status, count]) => `${REQUESTS}{${labels},status="${status}"} ${count}`),
      ),
      ...headOf(BYTES, "counter", "Bytes of the bodies of answers."),
      `${BYTES} ${this.#bytes}`,
      ...headOf(DURATIONS, "histogram", "From the arrival of a request to the end of its answer."),
      ...series.flatMap(({ labels, durations }) => durations.lines(DURATIONS, labels)),
      ...headOf(
        STATEMENTS,
        "histogram",
        "From handing statements to the database to their end, waiting in line included; a write is one.",
      ),
      ...[...this.#statements].flatMap(([access, durations]) => durations.lines(STATEMENTS, `access="${access}"`)),
      "",
    ].join("\n");
  }

  #seriesOf(route: string, method: string): Series {
    let methods = this.#routes.get(route);
    if (methods === undefined) this.#routes.set(route, (methods = new Map()));
    let series = methods.get(method);
    if (series === undefined) methods.set(method, (series = { statuses: new Map(), durations: new DurationCounts() }));
    return series;
  }
}

function headOf(name: string, type: "counter" | "histogram", help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** A label's value as the format writes it. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
