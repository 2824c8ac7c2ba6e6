import type { CreateCommand } from "../../validation/command.ts";
import type { Action, ControllerHop } from "../route.ts";
import { parseCreation } from "../write-command.ts";

/** `POST /api/posts` and `POST /api/users/1/posts`: 201 with the whole row and where it is. */
export const createRecord: Action = {
  name: "create",
  access: "create",
  takesBody: true,
  answers: "application/json",
  validate: parseCreation,
  async control(hop: ControllerHop<CreateCommand>) {
    const row = await hop.services.records.create(hop.command, hop.principal);
    return {
      status: 201,
      headers: {
        "content-type": "application/json; charset=utf-8",
        location: `/api/${encodeURIComponent(hop.command.table.path)}/${row.key ?? ""}`,
        etag: `"${row.tag}"`,
      },
      body: row.json,
    };
  },
};
