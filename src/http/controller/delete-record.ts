import type { DeleteCommand } from "../../validation/command.ts";
import type { Action, ControllerHop } from "../route.ts";
import { parseDeletion } from "../write-command.ts";

/** `DELETE /api/posts/1`: 204 and nothing else. */
export const deleteRecord: Action = {
  name: "delete",
  access: "delete",
  takesBody: false,
  answers: "application/json",
  validate: parseDeletion,
  async control(hop: ControllerHop<DeleteCommand>) {
    await hop.services.records.delete(hop.command, hop.principal);
    return { status: 204, headers: {}, body: undefined };
  },
};
