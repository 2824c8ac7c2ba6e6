import type { EngineOptions } from "./engine-options.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { Metrics } from "./observability/metrics.ts";
import { deafToStatements, type Observation, type Observer } from "./observability/observation.ts";
import type { TraceExport } from "./observability/trace-export.ts";

/** What listens to an engine beside whoever opened it. */
export interface OpenObservers {
  /** What was counted, and the token that opens it. */
  readonly metrics: { readonly counts: Metrics; readonly token: string | undefined } | undefined;
  /** Tells all of them; undefined where nobody listens. */
  readonly observe: Observer | undefined;
  close(): Promise<void>;
}

/** Opens what counts and what traces, as far as the options ask for it. A start that asks for neither loads neither. */
export async function openObservers(options: EngineOptions, service: string): Promise<OpenObservers> {
  const counts = options.metrics === undefined ? undefined : await openCounts();
  const traces = options.traces === undefined ? undefined : await openTraces(options.traces.url, { service, options });
  const told = [counts, traces].filter((one) => one !== undefined);
  const { observe } = options;
  const tell = (observation: Observation): void => {
    for (const one of told) one.observe(observation);
    observe?.(observation);
  };
  // Traces have the statements of their requests from what was followed.
  const isDeaf = counts === undefined && (observe === undefined || observe.statements === false);
  return {
    metrics: counts === undefined ? undefined : { counts, token: options.metrics?.token },
    observe: told.length === 0 ? observe : isDeaf ? deafToStatements(tell) : tell,
    async close() {
      counts?.close();
      await traces?.close();
    },
  };
}

async function openCounts(): Promise<Metrics> {
  const { Metrics: Counts } = await import("./observability/metrics.ts");
  return new Counts();
}

async function openTraces(
  url: string,
  { service, options: { observe } }: { readonly service: string; readonly options: EngineOptions },
): Promise<TraceExport> {
  const loaded = await import("./observability/trace-export.ts").catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new DeclarationError(
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "traces need packages that are not installed",
      "Run npm install @opentelemetry/api @opentelemetry/resources @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-http",
    );
  });
  return new loaded.TraceExport({ url, service }, (cause) => observe?.({ is: "traces_lost", cause }));
}
