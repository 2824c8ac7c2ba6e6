import type { UpdateCommand } from "../../validation/command.ts";
import type { HttpAnswer } from "../http-message.ts";
import { writerOf } from "../writer.ts";
import type { Action, ControllerHop } from "../route.ts";
import { jsonRows, writtenHeaders } from "../written-rows.ts";
import { parseChange, parseListChange } from "../write-command.ts";

/** `PATCH /api/posts/1`: only the columns that were sent change. */
export const updateRecord: Action = {
  name: "update",
  access: "update",
  reads: ["json"],
  answers: ["application/json"],
  batched: true,
  validate: (request, validation) => parseChange(request, validation, "update"),
  control: change,
};

/** `PUT /api/posts/1`: the row becomes what was sent. */
export const replaceRecord: Action = {
  ...updateRecord,
  name: "replace",
  validate: (request, validation) => parseChange(request, validation, "replace"),
};

/** `PATCH /api/posts?category=news`: the same change of every row that the conditions select. */
export const updateRecords: Action = {
  ...updateRecord,
  name: "updateMany",
  validate: parseListChange,
};

async function change(hop: ControllerHop): Promise<HttpAnswer> {
  const { request, services } = hop;
  const command = hop.command as UpdateCommand;
  const written = await services.writes.write([command], writerOf(request));
  const [{ rows, count } = { rows: [], count: 0 }] = written.operations;
  const headers = writtenHeaders(written);
  const [row] = rows;
  if ("key" in command.target && row !== undefined)
    return { status: 200, headers: { ...headers, etag: `"${row.tag}"` }, body: row.json };
  return { status: 200, headers: { ...headers, "x-total-count": String(count) }, body: jsonRows(rows) };
}
