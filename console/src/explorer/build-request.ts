import type { Endpoint } from "../api/open-api.ts";
import type { SentRequest } from "../api/send-request.ts";
import { AS_HEADER, type Asking } from "../state/callers.ts";
import { type Substitution, substitute } from "../state/substitute.ts";
import { type Draft, placesOf } from "./draft.ts";
import { formJson } from "./form-body.ts";

/** What stands in the way of sending, and at which field: `path.id`, `body`, … */
export interface DraftProblem {
  readonly place: string;
  readonly message: string;
}

export type BuiltRequest =
  | { readonly request: SentRequest; readonly problem?: undefined }
  | { readonly problem: DraftProblem; readonly request?: undefined };

export interface Writing {
  readonly endpoint: Endpoint;
  readonly draft: Draft;
  readonly variables: Substitution;
  /** Who is chosen, whose token is the variable `token`. */
  readonly asking: Asking | undefined;
}

/** Turns what was typed into what is sent. */
export function buildRequest({ endpoint, draft, variables, asking }: Writing): BuiltRequest {
  let place = "url";
  try {
    const fill = (text: string, at: string): string => {
      place = at;
      return substitute(text, variables);
    };
    const empty = placesOf(draft.path).find((name) => (draft.params[name] ?? "") === "");
    if (empty !== undefined) return refused(`path.${empty}`, `Fill in ${empty}: it is a part of the path.`);
    const base = fill("{{base_url}}", "url").replace(/\/+$/, "");
    const path = fill(pathOf(draft), "url");
    const query = queryText(draft, (text) => fill(text, "query"));
    const url = `${base}${path}${query === "" ? "" : `${path.includes("?") ? "&" : "?"}${query}`}`;
    if (!URL.canParse(url))
      return refused("url", `${url} is no address. Look at base_url in ${variables.environment}.`);
    const body = bodyText(endpoint, draft);
    const headers = headersOf(endpoint, draft, { asking, hasBody: body !== undefined });
    return {
      request: {
        method: endpoint.method,
        url,
        headers: headers.map(([name, value]) => [name, fill(value, `headers.${name}`)] as const),
        body: body === undefined ? undefined : fill(body, "body"),
      },
    };
  } catch (error) {
    return refused(place, error instanceof Error ? error.message : String(error));
  }
}

function refused(place: string, message: string): BuiltRequest {
  return { problem: { place, message } };
}

function pathOf({ path, params }: Draft): string {
  return path.replace(/\{([^{}]+)\}/g, (_place, name: string) =>
    (params[name] ?? "")
      .split(",")
      .map(encodeURIComponent)
      .join(",")
      .replace(/%7B%7B(.+?)%7D%7D/g, "{{$1}}"),
  );
}

/** The query as one reads it: brackets, commas and colons need no escape there (RFC 3986 §3.4). */
function queryText({ query, freeQuery }: Draft, fill: (text: string) => string = (text) => text): string {
  const escaped = (text: string): string =>
    encodeURIComponent(fill(text)).replace(/%(?:5B|5D|2C|3A|24|40|2F)/g, (code) => decodeURIComponent(code));
  const known = Object.entries(query).flatMap(([name, { operator, value }]) => {
    if (value === "") return [];
    const full = escaped(name) + (operator === "" ? "" : `[${operator}]`);
    const isList = operator === "in" || operator === "nin";
    return (isList ? value.split(",") : [value]).map((one) => `${full}=${escaped(one.trim())}`);
  });
  const free = freeQuery
    .filter(({ name }) => name !== "")
    .map(({ name, value }) => `${escaped(name)}=${escaped(value)}`);
  return [...known, ...free].join("&");
}

interface Carried {
  readonly asking: Asking | undefined;
  readonly hasBody: boolean;
}

/** What stands in the headers: first what the console adds by itself, unless somebody wrote it otherwise. */
export function headersOf(endpoint: Endpoint, draft: Draft, carried: Carried): (readonly [string, string])[] {
  const written = [
    ...Object.entries(draft.headers).filter(([, value]) => value !== ""),
    ...draft.freeHeaders.filter(({ name }) => name !== "").map(({ name, value }) => [name, value] as const),
  ];
  const own = [
    ["Accept", "application/json"] as const,
    ...(carried.hasBody ? [["Content-Type", endpoint.takes[0] ?? "application/json"] as const] : []),
    ...(carried.asking === undefined ? [] : [["Authorization", "Bearer {{token}}"] as const]),
    ...(carried.asking?.as === undefined ? [] : [[AS_HEADER, carried.asking.as.as] as const]),
  ];
  const names = new Set(written.map(([name]) => name.toLowerCase()));
  return [...own.filter(([name]) => !names.has(name.toLowerCase())), ...written];
}

/** The body as text, before variables; undefined where none is sent. */
export function bodyText({ body, takes }: Endpoint, draft: Draft): string | undefined {
  if (takes.length === 0) return undefined;
  if (draft.bodyKind === "form" && body !== undefined) return formJson(body, draft.fields);
  return draft.bodyText === "" ? undefined : draft.bodyText;
}
