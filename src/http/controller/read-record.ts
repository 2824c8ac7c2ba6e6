import type { RowAnswer } from "../../service/record-answer.ts";
import type { ReadCommand } from "../../validation/command.ts";
import { alreadyHas } from "../../validation/preconditions.ts";
import type { HttpAnswer } from "../http-message.ts";
import { parseOne } from "../read-command.ts";
import type { Action, ControllerHop } from "../route.ts";

/** `GET /api/posts/1`: one row, or 304 when the caller has it. */
export const readRecord: Action = {
  name: "read",
  access: "read",
  reads: [],
  answers: ["application/json"],
  asksAtOnce: true,
  validate: parseOne,
  control(hop: ControllerHop<ReadCommand>) {
    const found = hop.services.reads.read(hop.command, hop.principal);
    return found instanceof Promise ? found.then((row) => answer(hop, row)) : answer(hop, found);
  },
};

function answer(hop: ControllerHop<ReadCommand>, row: RowAnswer): HttpAnswer {
  const noneMatch = hop.request.received.raw.header("if-none-match");
  const etag = `"${row.tag}"`;
  if (noneMatch !== undefined && alreadyHas(noneMatch, row.tag))
    return { status: 304, headers: { etag }, body: undefined };
  return { status: 200, headers: { "content-type": "application/json; charset=utf-8", etag }, body: row.json };
}
