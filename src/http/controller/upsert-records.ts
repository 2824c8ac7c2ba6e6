import type { UpsertCommand } from "../../validation/command.ts";
import type { HttpAnswer } from "../http-message.ts";
import { writerOf } from "../writer.ts";
import type { Action, ControllerHop } from "../route.ts";
import { jsonRows, madeRow, writtenHeaders } from "../written-rows.ts";
import { parseReplacements } from "../write-command.ts";

/** `PUT /api/users?on_conflict=email`: each row is made, or replaces the one that has the same values there. */
export const upsertRecords: Action = {
  name: "upsert",
  // Whether it is a create or an update turns out in the transaction: the service asks both rules.
  access: undefined,
  reads: ["json"],
  answers: ["application/json"],
  batched: true,
  validate: parseReplacements,
  async control(hop: ControllerHop<UpsertCommand>): Promise<HttpAnswer> {
    const { command, request, services } = hop;
    const written = await services.writes.write([command], writerOf(request));
    const [{ rows } = { rows: [] }] = written.operations;
    const [row] = rows;
    if (!command.list && row !== undefined) return madeRow(command.table, row, written);
    return { status: 200, headers: writtenHeaders(written), body: jsonRows(rows) };
  },
};
