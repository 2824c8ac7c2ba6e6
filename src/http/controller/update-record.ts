import type { UpdateCommand } from "../../validation/command.ts";
import type { HttpAnswer } from "../http-message.ts";
import type { Action, ControllerHop } from "../route.ts";
import { parseChange } from "../write-command.ts";

/** `PATCH /api/posts/1`: only the columns that were sent change. */
export const updateRecord: Action = {
  name: "update",
  access: "update",
  takesBody: true,
  answers: "application/json",
  validate: (request, validation) => parseChange(request, validation, "update"),
  control: change,
};

/** `PUT /api/posts/1`: the row becomes what was sent. */
export const replaceRecord: Action = {
  name: "replace",
  access: "update",
  takesBody: true,
  answers: "application/json",
  validate: (request, validation) => parseChange(request, validation, "replace"),
  control: change,
};

async function change(hop: ControllerHop): Promise<HttpAnswer> {
  const row = await hop.services.records.update(hop.command as UpdateCommand, hop.principal);
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8", etag: `"${row.tag}"` },
    body: row.json,
  };
}
