import { type FormEvent, useMemo, useState } from "react";
import { useStore } from "../state/store.ts";
import { Chart } from "./chart.tsx";
import { charts } from "./charts.ts";
import { MetricsClosed, metricsToken, spansOf, useReadings } from "./read-metrics.ts";
import { RoutesTable } from "./routes-table.tsx";
import "./metrics.css";

/** What the server counts of itself, drawn as it changes. */
export default function MetricsPage() {
  const { all, error } = useReadings();
  const spans = useMemo(() => spansOf(all), [all]);
  return (
    <div className="metrics pane">
      <div>
        <h1>Metrics</h1>
        <p className="soft">
          The counts of <code>/metrics</code>, read every 5 seconds while you look. What was before you came is not
          drawn, and what the console loads is left out.
        </p>
      </div>
      {error instanceof MetricsClosed ? (
        <Closed status={error.status} />
      ) : (
        <>
          {error !== null && (
            <p className="error">✕ The server could not be read: {error.message}. It is tried again.</p>
          )}
          {spans.length === 0 ? (
            <p data-gathering>Gathering: a drawing needs two readings, and the second comes in 5 seconds.</p>
          ) : (
            <div className="charts">
              {charts.map((plan) => (
                <Chart key={plan.title} plan={plan} spans={spans} />
              ))}
            </div>
          )}
          <section aria-labelledby="routes-title">
            <h2 id="routes-title">Routes</h2>
            <p className="soft small">
              Since the server began, the slowest first; the rate is of the time that you have looked. Choose one to see
              its requests.
            </p>
            <RoutesTable all={all} />
          </section>
        </>
      )}
    </div>
  );
}

/** Why nothing can be read, and the one field that may open it. */
function Closed({ status }: { readonly status: number }) {
  const tried = useStore(metricsToken) !== "";
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    metricsToken.set(typed.trim());
  };
  if (status === 404)
    return (
      <p>
        Metrics are switched off here. Start the server with <code>SERVERY_METRICS_TOKEN</code>, and they stand here for
        whoever shows that token.
      </p>
    );
  if (status !== 401) return <p className="error">✕ /metrics answered {status}. Reload the page to try again.</p>;
  return (
    <form className="metrics-token" onSubmit={submit} noValidate>
      <label htmlFor="metrics-token">
        In production the counts are for whoever shows the value of <code>SERVERY_METRICS_TOKEN</code>. It is kept in
        this page alone, until you load it anew.
      </label>
      <input
        id="metrics-token"
        className="field"
        type="password"
        autoComplete="off"
        value={typed}
        aria-invalid={tried}
        onChange={({ target }) => setTyped(target.value)}
      />
      <p className="error small" role="alert">
        {tried ? "✕ This is not the token of this server." : ""}
      </p>
      <p>
        <button type="submit" className="primary">
          Show the metrics
        </button>
      </p>
    </form>
  );
}
