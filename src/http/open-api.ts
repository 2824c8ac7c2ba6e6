import type { Policies } from "../auth/policy/policies.ts";
import type { CallModel } from "../schema/call-model.ts";
import { accountsTables, type SchemaModel } from "../schema/model.ts";
import { FILTER_DEPTH, FILTER_NODES, IN_VALUES } from "../validation/limits.ts";
import { operatorMeanings } from "./open-api/filter-operators.ts";
import { callOperation, callParameters, callTag } from "./open-api/call-operation.ts";
import { accountOperation, securitySchemes } from "./open-api/account-operation.ts";
import { type Audience, describedRoute, describedSchema } from "./open-api/described.ts";
import { type DocumentPart, isOpen, isShown, pathTable, pathTemplate, plainName, refTo } from "./open-api/names.ts";
import { ProblemResponses } from "./open-api/problem-responses.ts";
import { serverOperation } from "./open-api/server-operation.ts";
import { sharedHeaders, sharedParameters, sharedSchemas } from "./open-api/shared-components.ts";
import { tableOperation } from "./open-api/table-operation.ts";
import { tableParameters } from "./open-api/table-parameters.ts";
import { emptyResponses, tableResponses } from "./open-api/table-responses.ts";
import { tableSchemas } from "./open-api/table-schemas.ts";
import type { Route } from "./route.ts";

/** OpenAPI needs a version of the described API; a declaration has none of its own. */
const API_VERSION = "1";

/**
 * The OpenAPI 3.1 document of a route table, for everybody or for administrators. Routes, tables and columns that are
 * closed to all of the audience are left out: who may not use them is not told that they are there.
 */
export function describeOpenApi(policies: Policies, all: readonly Route[], audience: Audience): object {
  const schema = describedSchema(policies, audience);
  const routes = all.flatMap((route) => describedRoute(schema, route, audience) ?? []);
  const problems = new ProblemResponses();
  const paths: Paths = {};
  for (const route of routes.filter((candidate) => isShown(schema, candidate))) {
    if (route.call !== undefined) {
      addCall(paths, schema, { call: route.call, problems });
      continue;
    }
    const { path, key } = pathTemplate(route);
    const table = pathTable(schema, route);
    const item = (paths[path] ??=
      key === undefined || table === undefined
        ? {}
        : { parameters: [refTo("parameters", `${plainName(table.path)}.key`)] });
    item[route.method.toLowerCase()] =
      tableOperation(schema, route, problems) ??
      accountOperation(schema, route, problems) ??
      serverOperation(schema, route, problems);
  }
  const components = {
    schemas: Object.assign(
      {},
      sharedSchemas,
      ...[...schema.tables.values()].map((table) => tableSchemas(schema, table)),
    ),
    parameters: Object.assign(
      {},
      sharedParameters,
      ...[...schema.tables.values()].map((table) => tableParameters(schema, table)),
    ),
    responses: Object.assign(
      {},
      emptyResponses,
      ...[...schema.tables.values()].map((table) => tableResponses(schema, table)),
      problems.components,
    ),
    headers: sharedHeaders,
  };
  const accounts = accountsTables(schema).length > 0;
  return withoutUnused({
    openapi: "3.1.0",
    info: { title: schema.title, version: API_VERSION, description: overview() },
    servers: [{ url: "/" }],
    tags: tagsOf(schema, routes),
    // Every route may be asked by somebody who is signed in, and the rules of its table say whether it must be.
    ...(accounts ? { security: [{}, { bearer: [] }, { cookie: [] }] } : {}),
    paths,
    components: accounts ? { ...components, securitySchemes } : components,
  });
}

type Paths = Record<string, Record<string, unknown>>;

/** A route of the application's own may share its path with others, whose parameters are described otherwise. */
function addCall(
  paths: Paths,
  schema: SchemaModel,
  { call, problems }: { readonly call: CallModel; readonly problems: ProblemResponses },
): void {
  const inPath = callParameters(schema, call);
  const operation = callOperation(schema, call, problems);
  const item = (paths[call.pattern] ??= inPath.length === 0 ? {} : { parameters: inPath });
  const same = inPath.length === 0 || JSON.stringify(item["parameters"]) === JSON.stringify(inPath);
  const parameters = [...(same ? [] : inPath), ...((operation["parameters"] as DocumentPart[] | undefined) ?? [])];
  item[call.method.toLowerCase()] = parameters.length === 0 ? operation : { ...operation, parameters };
}

function overview(): string {
  const operators = Object.entries(operatorMeanings).map(([operator, meaning]) => `- ${operator}: ${meaning}`);
  return [
    "Lists take a condition on every column, for example category=news, or with an operator in a bracket: likes[gte]=10. A list of values repeats the parameter: id[in]=1&id[in]=2.",
    ["The operators:", ...operators].join("\n"),
    "Dots lead through relations: user.username=alice. Through a relation to many, some row must match; comments[none] and comments[all] say otherwise.",
    'q searches the columns that are marked for it: each word must begin some word of the row, "words in quotes" must stand together, and the best match comes first. aggregate answers numbers over the rows instead of the rows, for each group of group_by; having.count[gte]=10 keeps groups by their numbers, sort takes the answer\'s keys.',
    `A request has at most ${FILTER_NODES} conditions, ${IN_VALUES} values in a list, and ${FILTER_DEPTH} levels in filter.`,
    "POST takes one row or a list. Every write of a list, of a filter or of a batch happens whole or not at all. Idempotency-Key makes it safe to send a write again.",
    "Every GET answers HEAD too, every path answers OPTIONS. Errors are application/problem+json; their codes are explained at /docs/errors.",
  ].join("\n\n");
}

function tagsOf(schema: SchemaModel, routes: readonly Route[]): DocumentPart[] {
  const tables = [...schema.tables.values()].filter((table) => Object.values(table.rules).some(isOpen));
  const server = [
    ...(accountsTables(schema).length > 0 ? [{ name: "auth", description: "Signing up, in and out." }] : []),
    { name: "batch", description: "Several writes in one transaction." },
    { name: "health", description: "For load balancers and monitors." },
    { name: "server", description: "The application itself, for whoever runs it." },
    ...(routes.some(({ operators }) => operators !== undefined)
      ? [{ name: "x-ray", description: "The last requests on their way, for administrators." }]
      : []),
    { name: "documentation", description: "This documentation itself." },
  ];
  const calls = routes.flatMap(({ call }) => (call !== undefined && isOpen(call.allow) ? [callTag(call)] : []));
  // Two tags may not have one name, and a table may be called like ours.
  const names = [...new Set([...tables.map((table) => table.path), ...calls])];
  return [...names.map((name) => ({ name })), ...server.filter(({ name }) => !names.includes(name))];
}

type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Components that nothing refers to would tell of tables that the paths do not show. */
function withoutUnused(document: DocumentPart & { readonly components: Components }): object {
  const reached = new Set<string>();
  const follow = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const { $ref } = part as { readonly $ref?: unknown };
    if (typeof $ref === "string" && !reached.has($ref)) {
      reached.add($ref);
      const [section = "", name = ""] = $ref.slice("#/components/".length).split("/");
      follow(document.components[section]?.[name]);
    }
    for (const member of Object.values(part)) follow(member);
  };
  follow(document["paths"]);
  const components = Object.entries(document.components).map(([section, parts]) => {
    const kept = Object.entries(parts).filter(
      ([name]) => section === "securitySchemes" || reached.has(`#/components/${section}/${name}`),
    );
    return [section, Object.fromEntries(kept)] as const;
  });
  return {
    ...document,
    components: Object.fromEntries(components.filter(([, parts]) => Object.keys(parts).length > 0)),
  };
}
