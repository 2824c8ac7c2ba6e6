import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { ChartPlan } from "./charts.ts";
import type { Span } from "./reading.ts";
import "uplot/dist/uPlot.min.css";

interface ChartProps {
  readonly plan: ChartPlan;
  readonly spans: readonly Span[];
}

const HEIGHT = 150;
/** Lines are told apart without their colours too. */
const DASHES: readonly number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
/** Rows of the table: a minute. */
const ROWS = 12;

/** One drawing, what it says now in words, and the numbers as a table. */
export function Chart({ plan, spans }: ChartProps) {
  const { title, words, lines, written } = plan;
  const last = spans.at(-1);
  const said = (value: number | null): string => (value === null ? "—" : written(value));
  const now = lines.map(({ name, value }) => `${name} ${last === undefined ? "—" : said(value(last))}`);
  return (
    <section className="chart" aria-label={title} data-chart={title}>
      <h2>{title}</h2>
      <p className="soft small">{words}</p>
      <Drawing plan={plan} spans={spans} label={`${title}: ${now.join(", ")}`} />
      <ul className="chart-key">
        {lines.map(({ name, colour }, at) => (
          <li key={name}>
            <span className={`chart-mark ${colour} dash-${at}`} aria-hidden="true" />{" "}
            <span className="mono">{now[at]}</span>
          </li>
        ))}
      </ul>
      <details>
        <summary className="soft small">As a table</summary>
        <table className="chart-table mono">
          <thead>
            <tr>
              <th scope="col">At</th>
              {lines.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {spans.slice(-ROWS).map((span) => (
              <tr key={span.now.at}>
                <td>{new Date(span.now.at).toLocaleTimeString("en-GB")}</td>
                {lines.map(({ name, value }) => (
                  <td key={name}>{said(value(span))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

function Drawing({ plan, spans, label }: ChartProps & { readonly label: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const drawn = new uPlot(optionsOf(plan, current), [[]], current);
    chart.current = drawn;
    const sizes = new ResizeObserver(() => drawn.setSize({ width: current.clientWidth, height: HEIGHT }));
    sizes.observe(current);
    return () => {
      sizes.disconnect();
      drawn.destroy();
    };
  }, [plan]);
  useEffect(() => {
    const times = spans.map(({ now }) => now.at / 1000);
    chart.current?.setData([times, ...plan.lines.map(({ value }) => spans.map(value))]);
  }, [plan, spans]);
  return <div ref={frame} className="chart-frame" role="img" aria-label={label} />;
}

function optionsOf({ lines, written }: ChartPlan, frame: HTMLElement): uPlot.Options {
  // Asked anew with each drawing: the theme may have changed.
  const colour = (name: string) => (): string => resolved(frame, name);
  const axis = { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  return {
    width: frame.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _least, most) => [0, most > 0 ? most * 1.15 : 1] } },
    axes: [
      {
        ...axis,
        size: 26,
        space: 90,
        values: (_chart, times) => times.map((at) => new Date(at * 1000).toLocaleTimeString("en-GB")),
      },
      { ...axis, size: 64, space: 34, values: (_chart, values) => values.map(written) },
    ],
    series: [
      {},
      ...lines.map(({ name, colour: own }, at) => ({
        label: name,
        stroke: colour(own),
        width: 2,
        dash: DASHES[at] ?? [],
        points: { show: lines.length > 0, size: 4 },
      })),
    ],
  };
}

/** A colour of the theme as the canvas takes it: the name alone would be a formula of light and dark. */
function resolved(frame: HTMLElement, name: string): string {
  frame.style.color = `var(--${name})`;
  const { color } = getComputedStyle(frame);
  frame.style.color = "";
  return color;
}
