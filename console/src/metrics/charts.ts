import { milliseconds } from "../text/amounts.ts";
import { bucketsBetween, quantile, rateOf, type Span, sumOf, type Which } from "./reading.ts";

export type Colour = "green" | "indigo" | "amber" | "red";

export interface Line {
  readonly name: string;
  readonly colour: Colour;
  /** Null where nothing happened that could be measured. */
  readonly value: (span: Span) => number | null;
}

export interface ChartPlan {
  readonly title: string;
  readonly words: string;
  readonly lines: readonly Line[];
  readonly written: (value: number) => string;
}

const REQUESTS = "servery_http_requests_total";
const DURATION = "servery_http_request_duration_seconds";
const STATEMENT = "servery_database_statement_duration_seconds";

const WAITING = "servery_database_waiting";

const perSecond = (value: number): string => `${value.toFixed(value >= 10 ? 0 : 2)} /s`;
const megabytes = (value: number): string => `${value.toFixed(0)} MB`;

/** How a line is told from the others. */
type Named = readonly [name: string, colour: Colour];

function counts([name, colour]: Named, counter: string, which?: Which): Line {
  return { name, colour, value: (span) => rateOf(span, counter, which) };
}

function times([name, colour]: Named, share: number, histogram: string): Line {
  return { name, colour, value: (span) => quantile(bucketsBetween(span, histogram), share) ?? null };
}

function gauge([name, colour]: Named, metric: string, factor: number): Line {
  return { name, colour, value: ({ now }) => sumOf(now, metric) * factor };
}

function waiting([name, colour]: Named, of: string): Line {
  return { name, colour, value: ({ now }) => sumOf(now, WAITING, ({ access }) => access === of) };
}

function ofClass(digit: string): Which {
  return ({ status }) => status?.startsWith(digit) === true;
}

/** What is drawn, in the order of the page. */
export const charts: readonly ChartPlan[] = [
  {
    title: "Requests",
    words: "How many were answered, by the class of their status.",
    lines: [
      counts(["2xx", "green"], REQUESTS, ofClass("2")),
      counts(["3xx", "indigo"], REQUESTS, ofClass("3")),
      counts(["4xx", "amber"], REQUESTS, ofClass("4")),
      counts(["5xx", "red"], REQUESTS, ofClass("5")),
    ],
    written: perSecond,
  },
  {
    title: "Time of requests",
    words: "Half of them were faster than p50; one of twenty was slower than p95.",
    lines: [times(["p50", "green"], 0.5, DURATION), times(["p95", "amber"], 0.95, DURATION)],
    written: milliseconds,
  },
  {
    title: "Refusals and faults",
    words: "What a rule refused, and what went wrong in the server itself.",
    lines: [
      counts(["refused", "amber"], "servery_refused_requests_total"),
      counts(["faults", "red"], "servery_faults_total"),
    ],
    written: perSecond,
  },
  {
    title: "Database statements",
    words: "How many ran.",
    lines: [
      counts(["reads", "green"], `${STATEMENT}_count`, ({ access }) => access === "read"),
      counts(["writes", "indigo"], `${STATEMENT}_count`, ({ access }) => access === "write"),
    ],
    written: perSecond,
  },
  {
    title: "Time of statements",
    words: "With the time that they waited in line.",
    lines: [times(["p50", "green"], 0.5, STATEMENT), times(["p95", "amber"], 0.95, STATEMENT)],
    written: milliseconds,
  },
  {
    title: "Waiting statements",
    words: "Slow reads and writes that waited for their turn when it was asked.",
    lines: [waiting(["reads", "green"], "read"), waiting(["writes", "indigo"], "write")],
    written: (value) => value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0),
  },
  {
    title: "Event loop",
    words: "How late the process was since it began: one look of a hundred was later than p99.",
    lines: [
      gauge(["p50", "green"], "nodejs_eventloop_lag_p50_seconds", 1000),
      gauge(["p99", "amber"], "nodejs_eventloop_lag_p99_seconds", 1000),
    ],
    written: milliseconds,
  },
  {
    title: "Memory",
    words: "Of the whole process, and of JavaScript in it.",
    lines: [
      gauge(["process", "indigo"], "process_resident_memory_bytes", 1 / 1024 / 1024),
      gauge(["heap", "green"], "nodejs_heap_size_used_bytes", 1 / 1024 / 1024),
    ],
    written: megabytes,
  },
];
