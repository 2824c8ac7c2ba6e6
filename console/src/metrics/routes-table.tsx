import { milliseconds } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { useGoTo } from "../use-go-to.ts";
import { bucketsOf, quantile, rateOf, type Reading, type Span, sumOf, type Which } from "./reading.ts";

const REQUESTS = "servery_http_requests_total";
const DURATION = "servery_http_request_duration_seconds";

interface RouteLine {
  readonly method: string;
  readonly route: string;
  readonly count: number;
  readonly rate: number;
  readonly p50: number;
  readonly p95: number;
  readonly failed: number;
}

/** Every route that was asked since the server began, the slowest first. */
export function RoutesTable({ all }: { readonly all: readonly Reading[] }) {
  const goTo = useGoTo();
  const [before, now] = [all[0], all.at(-1)];
  const lines = before === undefined || now === undefined ? [] : linesOf({ before, now });
  if (lines.length === 0) return <p className="soft">No request yet but those of this page.</p>;
  return (
    <div className="routes-frame">
      <table className="routes">
        <thead>
          <tr>
            <th scope="col">Route</th>
            <th scope="col">Count</th>
            <th scope="col">Rate</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody className="mono">
          {lines.map(({ method, route, count, rate, p50, p95, failed }) => (
            <tr key={`${method} ${route}`} data-route={`${method} ${route}`}>
              <td>
                <button type="button" onClick={() => goTo("/requests", { q: route === "none" ? "no_route" : route })}>
                  <span className={`method ${method.toLowerCase()}`}>{visible(method)}</span>{" "}
                  {route === "none" ? "(no such route)" : visible(route)}
                </button>
              </td>
              <td>{count}</td>
              <td>{rate.toFixed(2)} /s</td>
              <td>{milliseconds(p50)}</td>
              <td>{milliseconds(p95)}</td>
              <td className={failed > 0 ? "error" : "soft"}>{failed > 0 ? `✕ ${failed}` : "0"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function linesOf(span: Span): RouteLine[] {
  const { samples } = span.now;
  const asked = new Map(
    samples
      .filter(({ name }) => name === REQUESTS)
      .map(({ labels: { method = "", route = "" } }) => [`${method} ${route}`, { method, route }]),
  );
  return [...asked.values()]
    .map(({ method, route }) => lineOf(span, method, route))
    .sort((left, right) => right.p95 - left.p95);
}

function lineOf(span: Span, method: string, route: string): RouteLine {
  const which: Which = (labels) => labels["method"] === method && labels["route"] === route;
  const times = bucketsOf(span.now, DURATION, which);
  return {
    method,
    route,
    count: sumOf(span.now, REQUESTS, which),
    rate: rateOf(span, REQUESTS, which),
    p50: quantile(times, 0.5) ?? 0,
    p95: quantile(times, 0.95) ?? 0,
    failed: sumOf(span.now, REQUESTS, (labels) => which(labels) && Number(labels["status"]) >= 400),
  };
}
