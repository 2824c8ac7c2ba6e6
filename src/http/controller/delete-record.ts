import type { DeleteCommand } from "../../validation/command.ts";
import type { HttpAnswer } from "../http-message.ts";
import { writerOf } from "../writer.ts";
import type { Action, ControllerHop } from "../route.ts";
import { parseDeletion, parseListDeletion } from "../write-command.ts";

/** `DELETE /api/posts/1`: 204 and nothing else. */
export const deleteRecord: Action = {
  name: "delete",
  access: "delete",
  reads: [],
  answers: ["application/json"],
  batched: true,
  validate: parseDeletion,
  control: remove,
};

/** `DELETE /api/posts?status=draft`: 204, and how many there were. */
export const deleteRecords: Action = {
  ...deleteRecord,
  name: "deleteMany",
  validate: parseListDeletion,
};

async function remove(hop: ControllerHop): Promise<HttpAnswer> {
  const { request, services } = hop;
  const command = hop.command as DeleteCommand;
  const written = await services.writes.write([command], writerOf(request));
  const replayed = written.replayed ? { "idempotency-replayed": "true" } : {};
  if ("key" in command.target) return { status: 204, headers: replayed, body: undefined };
  const count = String(written.operations[0]?.count ?? 0);
  return { status: 204, headers: { ...replayed, "x-total-count": count }, body: undefined };
}
