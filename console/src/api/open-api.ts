import { textOf } from "../text/text-of.ts";
import { callers, chosenCaller, freshToken } from "../state/callers.ts";

/** A part of a JSON Schema, as far as a form asks. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly readOnly?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
  /** Of a column in a list: `gte`, `in`, … */
  readonly operators: readonly string[];
}

export interface Endpoint {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** Of the JSON body; undefined where it takes none. */
  readonly body: Schema | undefined;
  /** By media type; the first is what is sent unless told. */
  readonly takes: readonly string[];
  /** What it promises: description by status. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface ApiDescription {
  readonly title: string;
  readonly groups: readonly EndpointGroup[];
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

export interface EndpointGroup {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}

type Part = Readonly<Record<string, unknown>>;

/** Reads `/openapi.json` as whoever is chosen: administrators are told of more. */
export async function readApiDescription(signal: AbortSignal): Promise<ApiDescription> {
  const caller = chosenCaller(callers.get());
  const headers = caller === undefined ? {} : { authorization: `Bearer ${await freshToken(caller)}` };
  const answer = await fetch("/openapi.json", { signal, headers, credentials: "omit" });
  if (!answer.ok)
    throw new Error(
      answer.status === 404
        ? "/openapi.json is closed here, and the Explorer is made of it. Switch the setting docs on (SERVERY_DOCS=true)."
        : `/openapi.json answered ${answer.status}.`,
    );
  return describe((await answer.json()) as Part);
}

function describe(document: Part): ApiDescription {
  const resolve = resolverOf(document);
  const all = Object.entries(document["paths"] as Record<string, Part>).flatMap(([path, item]) =>
    ["get", "post", "put", "patch", "delete"].flatMap((method) =>
      item[method] === undefined ? [] : [endpointOf({ path, method, item, resolve })],
    ),
  );
  const shown = all.filter(({ path }) => !/^\/docs\/|^\/mail-page/.test(path));
  const info = document["info"] as { readonly title?: string };
  return {
    title: info.title ?? "",
    groups: grouped(shown, tagNames(document)),
    endpoints: new Map(shown.map((endpoint) => [endpoint.id, endpoint])),
  };
}

function tagNames(document: Part): string[] {
  return ((document["tags"] ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
}

/** What belongs to the server itself, under one heading at the end. */
const SERVER = new Set(["batch", "health", "documentation", "x-ray", "server"]);

function grouped(endpoints: readonly Endpoint[], tags: readonly string[]): EndpointGroup[] {
  const groups = new Map<string, Endpoint[]>();
  for (const name of [...tags.filter((tag) => tag !== "auth" && !SERVER.has(tag)), "auth", "your routes", "server"])
    groups.set(name, []);
  for (const endpoint of endpoints) {
    const own = endpoint.id.startsWith("call.");
    const name = own ? "your routes" : SERVER.has(endpoint.tag) ? "server" : endpoint.tag;
    groups.set(name, [...(groups.get(name) ?? []), endpoint]);
  }
  return [...groups].flatMap(([name, list]) => (list.length === 0 ? [] : [{ name, endpoints: list }]));
}

type Resolve = (part: unknown) => Part;

/** Follows `$ref`s, which lead from components to components at most a few times. */
function resolverOf(document: Part): Resolve {
  const resolve = (part: unknown, depth = 0): Part => {
    const { $ref } = (part ?? {}) as { readonly $ref?: unknown };
    if (typeof $ref !== "string" || depth > 8) return (part ?? {}) as Part;
    const keys = $ref.slice(2).split("/");
    return resolve(
      keys.reduce<unknown>((at, key) => (at as Part | undefined)?.[decodeURIComponent(key)], document),
      depth + 1,
    );
  };
  return (part) => resolve(part);
}

interface Found {
  readonly path: string;
  readonly method: string;
  readonly item: Part;
  readonly resolve: Resolve;
}

function endpointOf({ path, method, item, resolve }: Found): Endpoint {
  const operation = item[method] as Part;
  const content = resolve(operation["requestBody"])["content"] as Record<string, Part> | undefined;
  const parameters = [...((item["parameters"] ?? []) as unknown[]), ...((operation["parameters"] ?? []) as unknown[])];
  const responses = Object.entries((operation["responses"] ?? {}) as Part);
  const json = content?.["application/json"];
  return {
    id: textOf(operation["operationId"] ?? `${method} ${path}`),
    method: method.toUpperCase(),
    path,
    tag: textOf((operation["tags"] as string[] | undefined)?.[0] ?? "server"),
    summary: textOf(operation["summary"]),
    description: textOf(operation["description"]),
    parameters: parameters.map((parameter) => parameterOf(resolve(parameter), resolve)),
    body: json === undefined ? undefined : bodySchema(resolve(json["schema"]) as Schema, resolve),
    takes: Object.keys(content ?? {}),
    answers: Object.fromEntries(responses.map(([status, part]) => [status, textOf(resolve(part)["description"])])),
  };
}

function parameterOf(part: Part, resolve: Resolve): Parameter {
  return {
    name: textOf(part["name"]),
    in: part["in"] as Parameter["in"],
    required: part["required"] === true,
    description: textOf(part["description"]),
    schema: resolve(part["schema"]) as Schema,
    operators: (part["x-operators"] ?? []) as readonly string[],
  };
}

/** Of a body that may be one row or a list, a form shows the one row. */
function bodySchema(schema: Schema, resolve: Resolve): Schema {
  const one = schema.anyOf?.map((part) => resolve(part) as Schema).find(({ properties }) => properties !== undefined);
  const chosen = one ?? schema;
  const properties = Object.entries(chosen.properties ?? {}).map(([name, part]) => [name, resolve(part) as Schema]);
  return chosen.properties === undefined ? chosen : { ...chosen, properties: Object.fromEntries(properties) };
}
