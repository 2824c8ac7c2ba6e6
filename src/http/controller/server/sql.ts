import { refuseForeignPage } from "../../../auth/same-site.ts";
import { Problem } from "../../../errors/problem.ts";
import type { Stored } from "../../../schema/stored.ts";
import type { SqlAnswer } from "../../../service/sql-console.ts";
import { parseSql, type SqlCommand } from "../../../validation/parse-sql.ts";
import { jsonAnswer } from "../../account-answer.ts";
import { operatorRequest } from "../../operator-services.ts";
import type { Action, ControllerHop } from "../../route.ts";

/** Bytes of a BLOB that an answer shows. */
const SHOWN_BYTES = 64;

/** `POST /api/server/sql`: one statement, which reads unless the request agrees to a change. */
export const runSql: Action = {
  name: "server.sql",
  access: undefined,
  reads: ["json"],
  answers: ["application/json"],
  validate: (request) => {
    operatorRequest(request);
    if (request.received.raw.header("idempotency-key") !== undefined)
      throw new Problem("invalid_idempotency_key", "This route keeps no answers, so it takes no Idempotency-Key.");
    return parseSql(request.body);
  },
  async control({ command, principal, request, services }: ControllerHop<SqlCommand>) {
    const { raw, method } = request.received;
    // While developing the route is open to the machine, and so to every page that a browser there shows.
    refuseForeignPage({ method, header: (name) => raw.header(name) }, services.accounts?.origins ?? []);
    const { requestId } = request;
    const answer = await services.operators.sql.run(command, { principal, requestId });
    return jsonAnswer(200, JSON.stringify(shown(answer)));
  },
};

function shown({ columns, rows, isCut, changed, plan, advice, tookMs }: SqlAnswer): object {
  const values = rows.map((row) => row.map(shownValue));
  return { columns, rows: values, cut: isCut, changed: changed ?? null, plan, advice, took_ms: tookMs };
}

/** JSON has no integers beyond 2^53, no infinite numbers and no bytes. */
function shownValue(value: Stored): unknown {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))) return String(value);
  if (!(value instanceof Uint8Array)) return value;
  return { bytes: value.byteLength, hex: Buffer.from(value.subarray(0, SHOWN_BYTES)).toString("hex") };
}
