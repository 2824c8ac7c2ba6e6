import type { CallAnswer } from "../../custom/run-call.ts";
import { type CallModel, JSON_TYPE } from "../../schema/call-model.ts";
import type { CallCommand } from "../../validation/command.ts";
import { parseCall } from "../../validation/parse-call.ts";
import type { HttpAnswer } from "../http-message.ts";
import type { Action, ControllerHop } from "../route.ts";

/** Headers that the server decides: a second writer would contradict the first. */
const OWN_HEADERS =
  /^(?:connection|content-length|content-type|date|keep-alive|location|transfer-encoding|upgrade|vary|x-content-type-options|x-request-id|access-control-.*)$/;
/** field-name and field-value of RFC 9110 §5: with a line break in it a value would begin a header of its own. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** A URI in its escaped form (RFC 3986). */
const LOCATION = /^[\x21-\x7e]+$/;

/** A route of the application's own code. */
export function customRoute(call: CallModel): Action {
  return {
    name: "call",
    access: undefined,
    reads: call.method === "GET" || call.method === "DELETE" ? [] : ["json"],
    answers: [call.type],
    validate: ({ received, body }, { bodies }) =>
      parseCall(call, { path: received.path, query: received.query, body }, bodies),
    control(hop: ControllerHop<CallCommand>) {
      const { principal, request, services } = hop;
      const made = services.calls.run(hop.command, { principal, requestId: request.requestId });
      return made instanceof Promise ? made.then((late) => httpAnswer(call, late)) : httpAnswer(call, made);
    },
  };
}

function httpAnswer(call: CallModel, { body, options }: CallAnswer): HttpAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!HEADER_NAME.test(name) || OWN_HEADERS.test(lower) || !HEADER_VALUE.test(value))
      throw new Error(`${call.title} answered the header ${JSON.stringify(name)}, which it cannot set so.`);
    headers[lower] = value;
  }
  const { created } = options;
  if (created !== undefined) {
    if (!LOCATION.test(created)) throw new Error(`${call.title} answered a Location that is no escaped path.`);
    headers["location"] = created;
  }
  if (body !== undefined) headers["content-type"] = contentType(call.type);
  return { status: created !== undefined ? 201 : body === undefined ? 204 : 200, headers, body };
}

function contentType(type: string): string {
  return type === JSON_TYPE || type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}
