import type { CreateCommand, ImportCommand } from "../../validation/command.ts";
import type { HttpAnswer } from "../http-message.ts";
import { writerOf } from "../writer.ts";
import type { Action, ControllerHop } from "../route.ts";
import { jsonRows, madeRow, writtenHeaders } from "../written-rows.ts";
import { parseCreation, parseImportation } from "../write-command.ts";

/** `POST /api/posts` and `POST /api/users/1/posts`: 201 with the whole row and where it is, or with all rows of a list. */
export const createRecord: Action = {
  name: "create",
  access: "create",
  reads: ["json", "ndjson", "csv"],
  answers: ["application/json"],
  batched: true,
  validate: (request, validation) =>
    request.rows === undefined
      ? parseCreation(request, validation)
      : parseImportation(request, request.rows, validation),
  async control(hop: ControllerHop<CreateCommand | ImportCommand>): Promise<HttpAnswer> {
    if (hop.command.action === "import") return importRecords(hop, hop.command);
    const { command, request, services } = hop;
    const written = await services.writes.write([command], writerOf(request));
    const [{ rows } = { rows: [] }] = written.operations;
    const [row] = rows;
    if (!command.list && row !== undefined) return madeRow(command.table, row, written);
    return { status: 201, headers: writtenHeaders(written), body: jsonRows(rows) };
  },
};

/** Rows that came as a stream: how many they were, and none of them. */
async function importRecords(hop: ControllerHop, command: ImportCommand): Promise<HttpAnswer> {
  const created = await hop.services.imports.run(command, {
    principal: hop.principal,
    requestId: hop.request.requestId,
  });
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status: 201, headers, body: JSON.stringify({ created }) };
}
