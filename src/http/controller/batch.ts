import type { OperationAnswer } from "../../service/record-answer.ts";
import { UNREADABLE } from "../../schema/unreadable-row.ts";
import type { BatchCommand, WriteCommand } from "../../validation/command.ts";
import { parseBatch } from "../batch-command.ts";
import type { HttpAnswer } from "../http-message.ts";
import { writerOf } from "../writer.ts";
import type { Action, ControllerHop } from "../route.ts";
import { jsonRows, locationOf, writtenHeaders } from "../written-rows.ts";

/** `POST /api/batch`: several writes in one transaction, each answered as if it were sent alone. */
export const batch: Action = {
  name: "batch",
  access: undefined,
  reads: ["json"],
  answers: ["application/json"],
  validate: parseBatch,
  async control(hop: ControllerHop<BatchCommand>): Promise<HttpAnswer> {
    const { command, request, services } = hop;
    const written = await services.writes.write(command.operations, { ...writerOf(request), batch: true });
    const answers = command.operations.map((operation, at) =>
      operationAnswer(operation, written.operations[at] ?? { rows: [], count: 0, written: [] }),
    );
    return { status: 200, headers: writtenHeaders(written), body: `[${answers.join(",")}]` };
  },
};

/** The status an operation would have had alone, what its headers would have said, and its rows. */
function operationAnswer(command: WriteCommand, { rows, count }: OperationAnswer): string {
  const [row] = rows;
  if (command.action === "delete")
    return JSON.stringify("key" in command.target ? { status: 204 } : { status: 204, count });
  const list = command.action === "create" || command.action === "upsert" ? command.list : !("key" in command.target);
  if (list || row === undefined) {
    const status = command.action === "create" ? 201 : 200;
    return `{"status":${status},"count":${count},"body":${jsonRows(rows)}}`;
  }
  // A row that its writer may not read is nowhere for it.
  if (row.json === UNREADABLE)
    return `{"status":${command.action === "create" || row.created === true ? 201 : 200},"body":${row.json}}`;
  const made = command.action === "create" || (command.action === "upsert" && row.created === true);
  const location = made ? `"location":${JSON.stringify(locationOf(command.table, row))},` : "";
  return `{"status":${made ? 201 : 200},${location}"etag":${JSON.stringify(`"${row.tag}"`)},"body":${row.json}}`;
}
