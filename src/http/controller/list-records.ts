import type { ReadCommand } from "../../validation/command.ts";
import type { ListAnswer } from "../../service/record-answer.ts";
import type { HttpAnswer } from "../http-message.ts";
import { CSV, JSON_TEXT, NDJSON } from "../media-types.ts";
import { isPagedByOffset } from "../../validation/read-shape.ts";
import { parseList } from "../read-command.ts";
import type { Action, ControllerHop } from "../route.ts";
import { exportRecords } from "./export-records.ts";

/** `GET /api/posts` and `GET /api/users/1/posts`: rows as a JSON array, or all of them as CSV or NDJSON. */
export const listRecords: Action = {
  name: "list",
  access: "read",
  reads: [],
  answers: [JSON_TEXT, CSV, NDJSON],
  validate: parseList,
  control(hop: ControllerHop<ReadCommand>) {
    if (hop.request.mediaType !== JSON_TEXT) return exportRecords(hop);
    const found = hop.services.reads.list(hop.command, hop.principal);
    return found instanceof Promise ? found.then((list) => answer(hop, list)) : answer(hop, found);
  },
};

function answer(hop: ControllerHop<ReadCommand>, list: ListAnswer): HttpAnswer {
  const headers: Record<string, string> = { "content-type": "application/json; charset=utf-8" };
  const link = nextLink(hop, list);
  if (link !== undefined) headers["link"] = link;
  if (list.total !== undefined) headers["x-total-count"] = String(list.total);
  return { status: 200, headers, body: list.json };
}

/** The next page as RFC 8288 names it: by number where the caller pages by number, else by cursor. */
function nextLink(hop: ControllerHop<ReadCommand>, list: ListAnswer): string | undefined {
  if (list.next === undefined) return undefined;
  const { command, request, services } = hop;
  const { path, query } = request.received;
  const kept = query === "" ? [] : query.split("&").filter((part) => !/^(?:cursor|offset)(?:=|$)/.test(part));
  const next = isPagedByOffset(command.shape)
    ? `offset=${command.offset + command.shape.limit}`
    : `cursor=${services.cursors.sign(list.next, command.identity)}`;
  // Whatever could end the brackets of a Link header early is escaped.
  const target = `${path}?${[...kept, next].join("&")}`.replace(/[<>"\\^`{|}\s]/g, (letter) =>
    encodeURIComponent(letter),
  );
  return `<${target}>; rel="next"`;
}
