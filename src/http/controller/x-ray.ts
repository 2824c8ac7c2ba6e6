import { Problem } from "../../errors/problem.ts";
import type { Exchange } from "../../observability/exchange.ts";
import type { ExchangeReport, XRayReports } from "../../service/x-ray-reports.ts";
import {
  parseXRayList,
  parseXRayOne,
  type XRayListCommand,
  type XRayOneCommand,
} from "../../validation/parse-x-ray.ts";
import { jsonAnswer } from "../account-answer.ts";
import type { Action, ControllerHop, Route } from "../route.ts";

/** `GET /api/x-ray`: the last requests that were followed, the newest first. */
const listExchanges: Action = {
  name: "xray.list",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: ({ received }) => parseXRayList(received.query),
  control(hop: ControllerHop<XRayListCommand>) {
    return jsonAnswer(200, JSON.stringify(reportsOf(hop).list(hop.command).map(summaryOf)));
  },
};

/** `GET /api/x-ray/{id}`: one request with all that happened for it. */
const readExchange: Action = {
  name: "xray.read",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: ({ received, key }) => parseXRayOne(received.query, key ?? ""),
  async control(hop: ControllerHop<XRayOneCommand>) {
    return jsonAnswer(200, JSON.stringify(wholeOf(await reportsOf(hop).one(hop.command.id))));
  },
};

function reportsOf({ services }: Pick<ControllerHop, "services">): XRayReports {
  if (services.xray !== undefined) return services.xray;
  throw new Problem("not_found", "Requests are not followed here. servery dev follows every one.");
}

function summaryOf({ tookMs, statements, ...exchange }: Exchange): object {
  const { id, at, method, url, route, caller, status, bytes, problem } = exchange;
  return { id, at, method, url, route, caller, status, took_ms: tookMs, bytes, problem, statements: statements.length };
}

function wholeOf(report: ExchangeReport): object {
  const way = report.spans.map(({ at, tookMs, ...span }) => ({ ...span, at_ms: at, took_ms: tookMs }));
  const statements = report.reported.map(({ at, tookMs, ...statement }) => ({
    ...statement,
    at_ms: at,
    took_ms: tookMs,
  }));
  const { rules, findings, trace } = report;
  return { ...summaryOf(report), trace_id: trace?.traceId, way, statements, rules, findings };
}

const operators = { table: undefined, relation: undefined, operators: "look at requests" } as const;

export const xRayRoutes: readonly Route[] = [
  { ...operators, method: "GET", pattern: "/api/x-ray", action: listExchanges },
  { ...operators, method: "GET", pattern: "/api/x-ray/{id}", action: readExchange },
];
