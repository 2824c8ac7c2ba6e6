import type { Endpoint } from "../api/open-api.ts";
import { headerOf, type ReceivedAnswer, type SentRequest } from "../api/send-request.ts";
import type { Exchange } from "../api/x-ray.ts";
import { counted } from "../text/amounts.ts";
import { boxesOf, changesRows } from "../way/boxes.ts";
import type { Draft } from "./draft.ts";
import { problemOf } from "./findings.ts";
import { isFromToken } from "./form-body.ts";

/** Something worth noticing in an answer, and whether it holds: computed from what really came, never from what should. */
export interface Noticed {
  readonly holds: boolean;
  readonly text: string;
  readonly detail?: string;
}

export interface Seen {
  readonly endpoint: Endpoint;
  readonly draft: Draft;
  readonly request: SentRequest;
  readonly answer: ReceivedAnswer;
  /** Undefined until it is known, and where nobody is told. */
  readonly exchange: Exchange | undefined;
  readonly callerKey: string | undefined;
}

export function thingsToLookFor(seen: Seen): readonly Noticed[] {
  const { answer } = seen;
  return [
    statusNotice(seen),
    ...(answer.status < 400 ? successNotices(seen) : refusalNotices(seen)),
    ...wayNotices(seen),
  ];
}

function statusNotice({ endpoint, answer }: Seen): Noticed {
  const description = endpoint.answers[answer.status];
  const lines = (description ?? "").split("\n");
  const code = problemOf(answer)?.code;
  // Of a refusal the document lists every code that may come, one a line.
  const first = lines.find((line) => code !== undefined && line.startsWith(`${code}:`)) ?? lines[0] ?? "";
  return description === undefined
    ? { holds: false, text: `${answer.status} is no status that this operation promises` }
    : { holds: true, text: `${answer.status}, as this operation promises`, detail: first };
}

function successNotices(seen: Seen): Noticed[] {
  const { answer, request } = seen;
  const header = (name: string): string | undefined => headerOf(answer, name);
  const body = jsonOf(answer);
  const found: Noticed[] = [];
  const note = (holds: boolean, text: string, detail?: string): void =>
    void found.push(detail === undefined ? { holds, text } : { holds, text, detail });
  const isRow = typeof body === "object" && body !== null && !Array.isArray(body);
  const location = header("location");
  if (answer.status === 201 && isRow && seen.endpoint.answers["201"]?.startsWith("The new row"))
    note(location !== undefined, "Location names the new row", location);
  if (Array.isArray(body) && request.method === "GET") note(true, `A list of ${counted(body.length, "row")}`);
  const next = /<([^>]+)>;\s*rel="next"/.exec(header("link") ?? "")?.[1];
  if (next !== undefined) note(true, "There are more: Link names the next page", next);
  if (/[?&]count=/.test(request.url))
    note(header("x-total-count") !== undefined, "X-Total-Count says how many there are", header("x-total-count"));
  const tag = header("etag");
  if (tag !== undefined)
    note(true, "ETag names this version of the row", `${tag}: send it as If-Match to change only this one`);
  if (answer.status === 204) note(answer.text === "", "Nothing to read: the body is empty");
  return [...found, ...ownerNotices(seen, body)];
}

function ownerNotices({ endpoint, draft, answer, callerKey }: Seen, body: unknown): Noticed[] {
  if (answer.status !== 201 || callerKey === undefined || typeof body !== "object" || body === null) return [];
  return Object.entries(endpoint.body?.properties ?? {}).flatMap(([name, schema]) => {
    const sent = draft.bodyKind === "form" ? (draft.fields[name] ?? "") !== "" : draft.bodyText.includes(`"${name}"`);
    if (!isFromToken(schema) || sent || !(name in body)) return [];
    const value = String((body as Readonly<Record<string, unknown>>)[name]);
    return [
      {
        holds: value === callerKey,
        text: "The owner is you, though you did not send one",
        detail: `${name} = ${value}`,
      },
    ];
  });
}

function refusalNotices({ answer }: Seen): Noticed[] {
  const problem = problemOf(answer);
  const found: Noticed[] = [
    {
      holds: problem?.code !== undefined,
      text: "The problem document says why",
      detail: problem?.code ?? "there is none",
    },
  ];
  const { errors = [] } = problem ?? {};
  if (errors.length > 0)
    found.push({
      holds: errors.every(({ pointer }) => pointer.startsWith("/")),
      text: `${counted(errors.length, "finding")}, each with its place in the body`,
      detail: errors.map(({ pointer, code }) => `${pointer}: ${code}`).join(", "),
    });
  if (answer.status === 401)
    found.push({
      holds: headerOf(answer, "www-authenticate") !== undefined,
      text: "WWW-Authenticate asks for a sign-in",
    });
  if (answer.status === 429 || answer.status === 503)
    found.push({ holds: headerOf(answer, "retry-after") !== undefined, text: "Retry-After says when to come back" });
  return found;
}

/** What the statements themselves tell. */
function wayNotices({ request, answer, exchange }: Seen): Noticed[] {
  if (exchange === undefined) return [];
  const writes = exchange.statements.filter(changesRows);
  const stopped = boxesOf(exchange).find(({ state }) => state === "stopped");
  if (answer.status >= 400) {
    const behind = boxesOf(exchange).filter(({ state }) => state === "not reached");
    return [
      ...(stopped !== undefined && behind.length > 0
        ? [
            {
              holds: true,
              text: `Stopped at ${stopped.name}`,
              detail: `not reached: ${behind.map(({ name }) => name).join(", ")}`,
            },
          ]
        : []),
      ...(request.method !== "GET" && writes.length === 0
        ? [{ holds: true, text: "Nothing was written: no INSERT, UPDATE or DELETE ran" }]
        : []),
    ];
  }
  if (request.method === "GET")
    return [{ holds: writes.length === 0, text: "It only read: no statement wrote anything" }];
  const [first] = writes;
  const verb = /\b(INSERT|UPDATE|DELETE)\b/.exec(first?.sql ?? "")?.[1];
  return verb === undefined
    ? []
    : [{ holds: true, text: `${counted(writes.length, verb)}, after authentication and validation` }];
}

function jsonOf(answer: ReceivedAnswer): unknown {
  if (headerOf(answer, "content-type")?.startsWith("application/json") !== true) return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}
