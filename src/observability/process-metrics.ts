import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gauge, type Registry } from "prom-client";

/** How often the event loop is looked at, in milliseconds. */
const LOOK_MS = 20;
const NANOSECONDS = 1e9;

/**
 * Adds what the process itself costs, by the names that dashboards for Node know. The library's own defaults watch the
 * process for as long as it lives, whatever engine asked. Answers how to end it.
 */
export function addProcessMetrics(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  for (const share of [50, 99])
    gauge(`nodejs_eventloop_lag_p${share}_seconds`, `The event loop's delay, percentile ${share}.`, () =>
      seconds(delay.percentile(share)),
    );
  gauge("nodejs_eventloop_lag_max_seconds", "The event loop's longest delay.", () => seconds(delay.max));
  gauge("nodejs_heap_size_used_bytes", "JavaScript's heap.", () => process.memoryUsage().heapUsed);
  gauge("process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
  gauge("process_cpu_seconds_total", "Processor time of the process.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", () =>
    Math.round(performance.timeOrigin / 1_000),
  );
  return () => delay.disable();
}

/** How late it was: looks are this far apart anyway. Before the first of them the histogram holds no number. */
function seconds(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS - LOOK_MS / 1_000) : 0;
}
