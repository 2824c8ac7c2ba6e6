import type { Endpoint } from "../api/open-api.ts";
import type { SentRequest } from "../api/send-request.ts";
import type { Draft } from "./draft.ts";

/** The HTTP message, as it goes over the wire. */
export function asHttp({ method, url, headers, body }: SentRequest): string {
  const { pathname, search, host } = new URL(url);
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (body !== undefined) lines.push(`Content-Length: ${new TextEncoder().encode(body).length}`);
  return `${lines.join("\n")}\n\n${body ?? ""}`;
}

export function asCurl({ method, url, headers, body }: SentRequest): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    `curl -i -g${method === "GET" ? "" : ` -X ${method}`} ${quoted(url)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(" \\\n  ");
}

export function asFetch({ method, url, headers, body }: SentRequest): string {
  const init = {
    method,
    headers: Object.fromEntries(headers),
    ...(body === undefined ? {} : { body }),
  };
  return `const answer = await fetch(${JSON.stringify(url)}, ${JSON.stringify(init, undefined, 2)});\nconsole.log(answer.status, await answer.json());`;
}

/** The same with the typed client, where it has a method for it. */
export function asClient(endpoint: Endpoint, draft: Draft, { body, url }: SentRequest): string {
  const [table = "", ...rest] = endpoint.id.split(".");
  const action = rest.at(-1) ?? "";
  const { origin } = new URL(url);
  const head = `import { createClient } from "servery/client";\n\nconst api = createClient<typeof app>(${JSON.stringify(origin)});\n`;
  const place = Object.values(draft.params)[0] ?? "";
  const key = /^\d+$/.test(place) ? place : JSON.stringify(place);
  const named = (name: string): string =>
    /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `.table(${JSON.stringify(name)})`;
  const rows = rest.length > 1 ? `api${named(table)}.of(${key})${named(rest[0] ?? "")}` : `api${named(table)}`;
  const value = (body ?? "{}").replaceAll("\n", "\n");
  const calls: Readonly<Record<string, string>> = {
    list: `${rows}.list(${listQuery(endpoint, draft)})`,
    read: `${rows}.get(${key})`,
    create: `${rows}.create(${value})`,
    update: `${rows}.update(${key}, ${value})`,
    replace: `${rows}.replace(${key}, ${value})`,
    delete: `${rows}.delete(${key})`,
  };
  const isTable = !["auth", "server", "call"].includes(table);
  const call = isTable
    ? calls[action]
    : table === "auth" && action === "signIn"
      ? `api.auth.signIn(${value})`
      : undefined;
  return `${head}const answer = await ${call ?? routeCall(endpoint, draft, body)};`;
}

function routeCall({ method, path }: Endpoint, { params }: Draft, body: string | undefined): string {
  const pattern = path.replace(/\{([^{}]+)\}/g, ":$1");
  const options = [
    ...(Object.keys(params).length === 0 ? [] : [`params: ${JSON.stringify(params)}`]),
    ...(body === undefined ? [] : [`body: ${body}`]),
  ];
  return `api.${method.toLowerCase()}(${JSON.stringify(pattern)}${options.length === 0 ? "" : `, { ${options.join(", ")} }`})`;
}

const LISTS = new Set(["fields"]);
const SETTINGS = new Set(["limit", "offset", "cursor", "count", "q", "sort", "fields"]);

function listQuery({ parameters }: Endpoint, { query }: Draft): string {
  const given = Object.entries(query).filter(([, { value }]) => value !== "");
  const typed = (name: string, value: string): unknown => {
    const type = parameters.find((one) => one.name === name)?.schema.type;
    return (type === "integer" || type === "boolean") && /^(?:-?\d+|true|false)$/.test(value)
      ? JSON.parse(value)
      : value;
  };
  const where = given.filter(([name]) => !SETTINGS.has(name) && name !== "include");
  const parts: Record<string, unknown> = {};
  if (where.length > 0)
    parts["where"] = Object.fromEntries(
      where.map(([name, { operator, value }]) => {
        const plain = typed(name, value);
        if (operator === "") return [name, plain];
        return [
          name,
          { [operator]: /^n?in$/.test(operator) ? value.split(",").map((one) => typed(name, one.trim())) : plain },
        ];
      }),
    );
  const include = query["include"]?.value ?? "";
  if (include !== "")
    parts["include"] = Object.fromEntries(
      include
        .split(",")
        .map((one) => (one.endsWith(".count") ? [one.slice(0, -".count".length), "count"] : [one, true])),
    );
  for (const [name, { value }] of given)
    if (SETTINGS.has(name)) parts[name] = LISTS.has(name) ? value.split(",") : typed(name, value);
  return Object.keys(parts).length === 0 ? "" : JSON.stringify(parts, undefined, 2);
}
