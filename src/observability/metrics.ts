import { Counter, Gauge, Registry } from "prom-client";
import type { Observation } from "./observation.ts";
import { addProcessMetrics } from "./process-metrics.ts";
import { RequestCounts } from "./request-counts.ts";

/**
 * Counts of one engine in the text format of Prometheus. Labels are routes as they are declared, known methods, the
 * statuses and codes that the server has: how many there are does not depend on what callers send.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new RequestCounts();
  readonly #refusals: Counter<"code">;
  readonly #faults: Counter;
  readonly #mails: Counter<"outcome">;
  readonly #stop: () => void;

  constructor() {
    const registers = [this.#registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
      new Counter({ name: `servery_${name}`, help, labelNames, registers });
    this.#refusals = counter("refused_requests_total", "Requests that a rule refused.", ["code"]);
    this.#faults = counter("faults_total", "Faults of the server's own.", []);
    this.#mails = counter("mails_total", "What became of attempts to send mails.", ["outcome"]);
    this.#stop = addProcessMetrics(this.#registry);
  }

  observe(observation: Observation): void {
    switch (observation.is) {
      case "answered":
        this.#requests.answered(observation);
        break;
      case "statements":
        this.#requests.ran(observation);
        break;
      case "refused":
        this.#refusals.inc({ code: observation.code });
        break;
      case "fault":
        this.#faults.inc();
        break;
      case "mail":
        this.#mails.inc({ outcome: observation.outcome });
        break;
      case "sql":
      case "exchange":
      case "system":
      case "passkey_refused":
      case "traces_lost":
        break;
    }
  }

  /** Tells with the counts how many statements wait for their turn. */
  watchWaiting(waiting: () => { readonly read: number; readonly write: number }): void {
    new Gauge({
      name: "servery_database_waiting",
      help: "Slow reads and writes that wait for their turn.",
      labelNames: ["access"],
      registers: [this.#registry],
      collect() {
        for (const [access, count] of Object.entries(waiting())) this.set({ access }, count);
      },
    });
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** All counts, as Prometheus reads them. */
  async text(): Promise<string> {
    return `${this.#requests.text()}\n${await this.#registry.metrics()}`;
  }

  /** Ends what measures on its own. */
  close(): void {
    this.#stop();
  }
}
