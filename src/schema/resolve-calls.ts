import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import type { AnyDeclaration } from "./application.ts";
import { type CallModel, JSON_TYPE, type ShapeModel } from "./call-model.ts";
import { readCallPath } from "./call-path.ts";
import { Column } from "./column.ts";
import { DeclaredRoute, type RouteOptions } from "./declare-route.ts";
import { resolveColumns } from "./resolve-columns.ts";
import { draftTable } from "./resolve-schema.ts";
import { type DeclaredRule, everyone, isRule, type Rule, ruleOf as dataOf } from "./rule.ts";
import { isStandardSchema, jsonSchemaOf } from "./standard-schema.ts";
import { type Columns, table } from "./table.ts";

const OPTIONS: readonly (keyof RouteOptions)[] = [
  "params",
  "query",
  "body",
  "answer",
  "allow",
  "type",
  "headers",
  "summary",
  "description",
];
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/;

/** Resolves the routes of the application's own code. Throws `DeclarationError` for the first thing that is wrong. */
export function resolveCalls(declaration: AnyDeclaration): CallModel[] {
  const routes: readonly unknown[] = declaration.routes ?? [];
  if (!Array.isArray(routes))
    throw new DeclarationError("routes", "it is no list", 'Write routes: [get("/api/hello", …)]');
  return routes.map((route, at) => {
    if (!(route instanceof DeclaredRoute))
      throw new DeclarationError(
        `routes, number ${at + 1}`,
        "it is no route",
        'Write get("/api/hello", …), and put ... before a list of routes',
      );
    return resolveCall(route, declaration);
  });
}

function resolveCall({ spec }: DeclaredRoute, declaration: AnyDeclaration): CallModel {
  const { method, path, options, handler } = spec;
  const title = `${method} ${String(path)}`;
  const where = `route ${title}`;
  const { pattern, parameters } = readCallPath(where, path);
  if (typeof handler !== "function")
    throw new DeclarationError(where, "its last argument is no function", "Write get(path, (call) => answer)");
  checkOptions(where, options);
  if (options.body !== undefined && (method === "GET" || method === "DELETE"))
    throw new DeclarationError(where, `a ${method} has no body`, "Declare query:, or write post(…)");
  const shape = (part: "params" | "query" | "body"): ShapeModel | undefined =>
    options[part] === undefined ? undefined : resolveShape({ where, title, part }, options[part], declaration);
  const params = shape("params");
  checkParams(where, params, parameters);
  const { answer } = options;
  const one = Array.isArray(answer) ? (answer as readonly unknown[])[0] : answer;
  return {
    method,
    pattern,
    title,
    parameters,
    params,
    query: shape("query"),
    body: shape("body"),
    answer:
      answer === undefined
        ? undefined
        : { shape: resolveShape({ where, title, part: "answer" }, one, declaration), list: Array.isArray(answer) },
    allow: ruleOf(where, options),
    type: options.type ?? JSON_TYPE,
    headers: options.headers ?? [],
    summary: options.summary,
    description: options.description,
    handler,
  };
}

function checkOptions(where: string, options: RouteOptions): void {
  if (typeof options !== "object" || options === null)
    throw new DeclarationError(where, "its options are no object", "Write post(path, { body: … }, (call) => answer)");
  // An option that is misspelt would leave out a check.
  const unknown = Object.keys(options).find((name) => !(OPTIONS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new DeclarationError(
      where,
      `there is no option ${unknown}`,
      didYouMean(unknown, OPTIONS).trim() || `Write ${OPTIONS.join(", ")}`,
    );
  if (options.type === undefined) return;
  if (!MEDIA_TYPE.test(options.type))
    throw new DeclarationError(
      where,
      `${JSON.stringify(options.type)} is no media type`,
      'Write for example "text/csv"',
    );
  if (options.answer !== undefined)
    throw new DeclarationError(where, "answer describes JSON, and type says it is none", "Remove one of them");
}

function checkParams(where: string, params: ShapeModel | undefined, parameters: CallModel["parameters"]): void {
  if (params === undefined) return;
  const inPath = parameters.map(({ name }) => name);
  if (inPath.length === 0)
    throw new DeclarationError(where, "its path has no parameter", "Remove params, or write one: /:id");
  if (params.is !== "columns") return;
  const names = [...params.table.column.keys()];
  const unknown = names.find((name) => !inPath.includes(name));
  if (unknown !== undefined)
    throw new DeclarationError(
      where,
      `its path has no parameter ${unknown}`,
      didYouMean(unknown, inPath).trim() || `Write /:${unknown} in the path`,
    );
  const missing = inPath.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new DeclarationError(where, `params says nothing of ${missing}`, `Add it: params: { ${missing}: integer() }`);
}

function ruleOf(where: string, options: RouteOptions): Rule {
  if (!("allow" in options)) return everyone;
  // A rule that is not there denies; it was written, so it was meant.
  const declared: DeclaredRule | undefined = options.allow;
  if (!isRule(declared))
    throw new DeclarationError(where, "allow is no rule", 'Write for example allow: signedIn or allow: role("editor")');
  const rule = dataOf(declared, where);
  refuseRowRules(where, rule);
  return rule;
}

/** A route has no row that a rule could ask about. */
function refuseRowRules(where: string, rule: Rule): void {
  if (rule.rule === "and" || rule.rule === "or") for (const part of rule.of) refuseRowRules(where, part);
  if (rule.rule === "owner" || rule.rule === "self" || rule.rule === "sameAs")
    throw new DeclarationError(
      where,
      `allow: ${rule.rule} asks about a row`,
      "Write signedIn, and ask in the route's code",
    );
}

/** A part of a route, for messages. */
interface Part {
  readonly where: string;
  readonly title: string;
  readonly part: "params" | "query" | "body" | "answer";
}

function resolveShape({ where, title, part }: Part, shape: unknown, declaration: AnyDeclaration): ShapeModel {
  if (isStandardSchema(shape))
    return {
      is: "standard",
      schema: shape,
      input: jsonSchemaOf(shape, "input"),
      output: jsonSchemaOf(shape, "output"),
    };
  const columns = typeof shape === "object" && shape !== null ? Object.values(shape) : [];
  if (columns.length === 0 || !columns.every((column) => column instanceof Column))
    throw new DeclarationError(
      `${where}, ${part}`,
      "it is neither columns nor a validator",
      `Write ${part}: { title: text(200) }, or a validator of Zod, Valibot or ArkType`,
    );
  try {
    const bare = table(shape as Columns, { id: false, created_at: false, updated_at: false });
    const draft = draftTable(part, bare);
    resolveColumns(draft, { ...bare.spec, key: [] }, declaration);
    const unordered = draft.columns.find(({ kind }) => !kind.ordered);
    if (unordered !== undefined && (part === "params" || part === "query"))
      throw new DeclarationError(
        `${part}, ${unordered.name}`,
        `a ${unordered.kind.name} cannot stand in a URL`,
        "Take it from the body",
      );
    // No table can have a name with this letter, so what is kept by name stays apart.
    return { is: "columns", table: { ...draft, name: `${title}\0${part}`, path: title } };
  } catch (error) {
    if (error instanceof DeclarationError) error.message = `${where}: ${error.message.replace(/^table /, "")}`;
    throw error;
  }
}
