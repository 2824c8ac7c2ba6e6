import { colourOf, duration } from "./dev/request-line.ts";
import { printable } from "./dev/printable.ts";
import { paint } from "./terminal.ts";

/** Letters of a URL, a statement or a line of a plan that are shown. */
const MOST_LETTERS = 2_000;
const NAME_WIDTH = 13;

/** A request as `GET /api/x-ray/{id}` answers it, as far as it is printed. */
export interface TracedExchange {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly took_ms: number;
  readonly problem?: string;
  readonly caller?: {
    readonly kind: string;
    readonly table?: string;
    readonly key?: string;
    readonly by?: { readonly table: string; readonly key: string };
  };
  readonly way: readonly {
    readonly hop: string;
    readonly name: string;
    readonly during: string;
    readonly took_ms: number;
    readonly failed: boolean;
  }[];
  readonly statements: readonly {
    readonly during: string;
    readonly sql: string;
    readonly values?: readonly unknown[];
    readonly rows?: number;
    readonly took_ms?: number;
    readonly plan?: readonly string[];
    readonly advice: readonly string[];
  }[];
  readonly rules: readonly { readonly rule: string; readonly filter: string }[];
  readonly findings: readonly { readonly pointer: string; readonly code: string }[];
}

/** How far a station behind the controller stands inside of it. */
const DEPTHS: Readonly<Record<string, number>> = { service: 1, repository: 2, database: 3 };

/** The way of a request as a tree: its stations with their times, and below them what ran for them. */
export function exchangeTree(exchange: TracedExchange): string {
  const { way, statements } = exchange;
  const stations = way.filter(({ hop, during }) => hop === during);
  const lines = stations.flatMap((station) => [
    stationLine(station, 0),
    ...way
      .filter(({ hop, during }) => during === station.hop && hop !== during)
      .map((span) => stationLine(span, DEPTHS[span.hop] ?? 1)),
    ...statements.filter(({ during }) => during === station.hop).flatMap(statementLines),
  ]);
  return [headLine(exchange), ...lines, ...reasonLines(exchange)].join("\n");
}

/** One line: what `servery trace` lists. */
export function headLine({
  id,
  method,
  url,
  status,
  took_ms: took,
  problem,
  caller,
}: Omit<TracedExchange, "way" | "statements" | "rules" | "findings">): string {
  const by = caller?.by === undefined ? "" : `, by ${caller.by.table} ${printable(caller.by.key, 80)}`;
  const who = caller?.kind === "account" ? `as ${caller.table ?? ""} ${printable(caller.key ?? "", 80)}${by}` : "";
  const parts = [
    paint.dim(id),
    method.padEnd(7),
    colourOf(status)(String(status)),
    duration(took),
    printable(url, MOST_LETTERS),
    problem ?? "",
    who,
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function stationLine({ hop, name, took_ms: took, failed }: TracedExchange["way"][number], depth: number): string {
  const mark = failed ? paint.red("✗") : paint.green("✓");
  return `  ${"  ".repeat(depth)}${mark} ${hop.padEnd(NAME_WIDTH)}${duration(took).padStart(8)}  ${paint.dim(name)}`;
}

function statementLines({
  sql,
  values = [],
  rows,
  took_ms: took,
  plan = [],
  advice,
}: TracedExchange["statements"][number]): string[] {
  const facts = [
    took === undefined ? "" : duration(took),
    rows === undefined ? "" : `${rows} ${rows === 1 ? "row" : "rows"}`,
  ].filter((fact) => fact !== "");
  return [
    `          ${printable(sql, MOST_LETTERS)}`,
    ...(values.length === 0
      ? []
      : [
          `          ${paint.cyan(printable(`? = ${values.map((value) => JSON.stringify(value)).join(", ")}`, MOST_LETTERS))}`,
        ]),
    ...(facts.length === 0 ? [] : [`          ${paint.dim(facts.join(", "))}`]),
    ...plan.map((line) => `            ${paint.dim(printable(line, MOST_LETTERS))}`),
    ...advice.map((line) => `            ${paint.yellow(printable(line, MOST_LETTERS))}`),
  ];
}

function reasonLines({ rules, findings }: TracedExchange): string[] {
  return [
    ...rules.map(({ rule, filter }) => `  ${paint.yellow(printable(`${rule} -> ${filter}`, MOST_LETTERS))}`),
    ...findings.map(({ pointer, code }) => `  ${paint.yellow(printable(`${pointer}: ${code}`, MOST_LETTERS))}`),
  ];
}
