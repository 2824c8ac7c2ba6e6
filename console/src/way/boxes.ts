import type { Exchange, Span, Statement } from "../api/x-ray.ts";
import { counted } from "../text/amounts.ts";

export type BoxName = "Client" | "Validate & Guard" | "Controller" | "Service" | "Repository" | "Database";
export type BoxState = "passed" | "stopped" | "not reached";

/** One of the six boxes of a request's way, with what it really did. */
export interface Box {
  readonly name: BoxName;
  readonly state: BoxState;
  /** A few words beneath the name. */
  readonly verdict: string;
  /** Its own time, without that of the boxes that worked for it. */
  readonly ms: number | undefined;
  readonly spans: readonly Span[];
  readonly statements: readonly Statement[];
}

/** Behind the controller each works inside of the one before. */
const INNER = ["controller", "service", "repository", "database"] as const;
type Inner = (typeof INNER)[number];
const GUARD = ["http", "auth", "validation"];
const NAMES: Readonly<Record<Inner, BoxName>> = {
  controller: "Controller",
  service: "Service",
  repository: "Repository",
  database: "Database",
};

/** The boxes of an exchange. `clientMs` is what the caller measured, where the caller is this page. */
export function boxesOf(exchange: Exchange, clientMs?: number): readonly Box[] {
  const stopped = stoppedAt(exchange);
  return [
    clientBox(exchange, clientMs),
    guardBox(exchange, stopped === "guard"),
    ...INNER.map((hop) => innerBox(exchange, hop, stopped)),
  ];
}

/** Where a refused request ended: a rule is the service's, whichever statement it was asked with. */
function stoppedAt({ way, rules, problem }: Exchange): "guard" | Inner | undefined {
  if (problem === undefined) return undefined;
  const inner = way.filter(({ during, failed }) => failed && during === "controller");
  if (inner.length === 0) return "guard";
  if (rules.length > 0 && inner.some(({ hop }) => hop === "service")) return "service";
  return [...INNER].reverse().find((hop) => inner.some((span) => span.hop === hop)) ?? "controller";
}

function clientBox({ took_ms: took }: Exchange, clientMs: number | undefined): Box {
  const ms = clientMs === undefined ? undefined : Math.max(0, clientMs - took);
  const verdict = clientMs === undefined ? "sent it" : "console, network";
  return { name: "Client", state: "passed", verdict, ms, spans: [], statements: [] };
}

function guardBox(exchange: Exchange, stopped: boolean): Box {
  const spans = exchange.way.filter(({ during }) => GUARD.includes(during));
  return {
    name: "Validate & Guard",
    state: stopped ? "stopped" : spans.length === 0 ? "not reached" : "passed",
    verdict: stopped ? refusal(exchange) : `${callerWords(exchange)}, well-formed`,
    ms: covered(spans),
    spans,
    statements: exchange.statements.filter(({ during }) => GUARD.includes(during)),
  };
}

function innerBox(exchange: Exchange, hop: Inner, stopped: string | undefined): Box {
  const inside = exchange.way.filter(({ during }) => during === "controller");
  const from = (first: number): Span[] => inside.filter((span) => INNER.indexOf(span.hop as Inner) >= first);
  const at = INNER.indexOf(hop);
  const spans = inside.filter((span) => span.hop === hop);
  const statements = hop === "database" ? exchange.statements.filter(({ during }) => during === "controller") : [];
  const reached = spans.length > 0 || statements.length > 0;
  const state = stopped === hop ? "stopped" : reached ? "passed" : "not reached";
  const ms = reached ? Math.max(0, covered(from(at)) - covered(from(at + 1))) : undefined;
  return {
    name: NAMES[hop],
    state,
    verdict: innerVerdict(exchange, { hop, state, spans, statements }),
    ms,
    spans,
    statements,
  };
}

interface Reached {
  readonly hop: Inner;
  readonly state: BoxState;
  readonly spans: readonly Span[];
  readonly statements: readonly Statement[];
}

function innerVerdict(exchange: Exchange, { hop, state, spans, statements }: Reached): string {
  if (state === "not reached") {
    const asked = exchange.statements.some(({ during }) => GUARD.includes(during));
    return hop === "database" && asked ? "only for who asks" : "not reached";
  }
  if (state === "stopped") return refusal(exchange);
  if (hop === "database") return databaseWords(statements);
  const [first] = spans;
  return first?.name ?? "";
}

/** What changes rows; what only looks whether it may, does not. */
export function changesRows({ sql }: Pick<Statement, "sql">): boolean {
  return /^\s*(?:INSERT|UPDATE|DELETE|WITH\b[^]*\b(?:INSERT|UPDATE|DELETE))\b/.test(sql);
}

function databaseWords(statements: readonly Statement[]): string {
  const rows = statements.reduce((sum, statement) => sum + (statement.rows ?? 0), 0);
  const parts = [`${statements.length} SQL`];
  if (statements.some(({ rows: answered }) => answered !== undefined)) parts.push(counted(rows, "row"));
  return parts.join(" · ");
}

function refusal({ rules, findings, problem = "refused" }: Exchange): string {
  const [rule] = rules;
  if (rule !== undefined) return `${rule.rule.slice(rule.rule.indexOf(":") + 1).trim()}: refused`;
  return findings.length > 0 ? counted(findings.length, "finding") : problem.replaceAll("_", " ");
}

export function callerWords({ caller }: Pick<Exchange, "caller">): string {
  if (caller === undefined) return "nobody known";
  if (caller.kind === "anonymous") return "public";
  if (caller.kind === "system") return "the system";
  const account = `${caller.table ?? ""} ${caller.key ?? ""}`.trim();
  return caller.by === undefined ? account : `${account}, by ${caller.by.table} ${caller.by.key}`;
}

/** Milliseconds in which at least one of the spans ran. */
function covered(spans: readonly Span[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { at_ms: at, took_ms: took } of [...spans].sort((left, right) => left.at_ms - right.at_ms)) {
    const end = at + took;
    if (end > until) sum += end - Math.max(at, until);
    until = Math.max(until, end);
  }
  return sum;
}

/** The line above the boxes: how it went, in all. */
export function summaryWords(exchange: Exchange, boxes: readonly Box[]): string {
  const stopped = boxes.find(({ state }) => state === "stopped");
  const { statements } = exchange;
  const written = statements.filter(changesRows).length;
  return [
    stopped === undefined ? "every box it really passed" : `stopped at ${stopped.name}`,
    `${exchange.took_ms.toFixed(exchange.took_ms >= 100 ? 0 : 1)} ms in all`,
    counted(statements.length, "statement"),
    ...(exchange.method === "GET" ? [] : [written === 0 ? "nothing written" : counted(written, "write")]),
  ].join(" · ");
}
