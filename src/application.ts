import { tableAccess } from "./auth/policy/access.ts";
import { ruleText } from "./auth/policy/explain.ts";
import { confusedRules } from "./auth/policy/confused-rules.ts";
import { deadRules, type MatrixSection, policyMatrix } from "./auth/policy/policy-matrix.ts";
import { type ReportRule, Policies } from "./auth/policy/policies.ts";
import { callRoutes } from "./http/call-routes.ts";
import { type Audience, describedRoute, type DescribedSchema, describedSchema } from "./http/open-api/described.ts";
import type { Route, Validation } from "./http/route.ts";
import { accountRoutes, serverRoutes, tableRoutes } from "./http/routes.ts";
import type { AnyDeclaration } from "./schema/application.ts";
import { certainly } from "./schema/filter.ts";
import type { SchemaModel, TableModel } from "./schema/model.ts";
import { resolveCalls } from "./schema/resolve-calls.ts";
import { resolveSchema } from "./schema/resolve-schema.ts";
import { BodyValidator } from "./validation/body-validator.ts";
import { ReadParser } from "./validation/parse-read.ts";
import { ruleFilterReader } from "./validation/read-rule-filter.ts";

/** A compiled declaration: everything that engines of one application share. It holds no rows and no state of any engine. */
export interface Application {
  readonly declaration: AnyDeclaration;
  readonly schema: SchemaModel;
  readonly routes: readonly Route[];
  /** Who may do what. */
  readonly policies: Policies;
  readonly validation: Omit<Validation, "cursors" | "routes">;
  /** The OpenAPI 3.1 document as JSON text, made at the first call. Everybody's tells nothing of what is for administrators only. */
  readonly openApi: (audience?: Audience) => Promise<string>;
  /** Who may do what, table by table, for each kind of caller. Told of rules' functions that fail, which deny. */
  readonly policyMatrix: (report: ReportRule) => MatrixSection[];
  /** Rules that hold for administrators alone and do not say so, as the declaration writes them. */
  readonly deadRules: () => { readonly table: string; readonly place: string; readonly rule: string }[];
  /** Rules' functions that do not tell the accounts of several tables apart. */
  readonly confusedRules: () => { readonly table: string; readonly rule: string }[];
  /** Whether some rows of a table at least may be read without an account. */
  readonly showsStrangers: (table: TableModel) => boolean;
  /** A route as everybody is told of it; undefined where it is closed to all but administrators. */
  readonly told: (route: Route) => Route | undefined;
}

/** Compiles a declaration once. Throws `DeclarationError` for the first thing that is wrong in it. */
export function compile(declaration: AnyDeclaration): Application {
  const schema = resolveSchema(declaration);
  const given = [...tableRoutes(schema), ...serverRoutes, ...accountRoutes(schema)];
  const routes = [...given, ...callRoutes(resolveCalls(declaration), given)];
  const bodies = new BodyValidator();
  bodies.requireSchemas(schema);
  const policies = new Policies(schema, ruleFilterReader(schema));
  const documents = new Map<Audience, Promise<string>>();
  const describe = async (audience: Audience): Promise<string> => {
    // Its words are a tenth of all that a start would load.
    const { describeOpenApi } = await import("./http/open-api.ts");
    return JSON.stringify(describeOpenApi(policies, routes, audience));
  };
  const openApi = (audience: Audience = "everybody"): Promise<string> => {
    const kept = documents.get(audience) ?? describe(audience);
    documents.set(audience, kept);
    return kept;
  };
  let described: DescribedSchema | undefined;
  const told = (route: Route): Route | undefined =>
    describedRoute((described ??= describedSchema(policies, "everybody")), route, "everybody");
  return {
    declaration,
    schema,
    routes,
    policies,
    validation: { reads: new ReadParser(), bodies },
    openApi,
    policyMatrix: (report) => policyMatrix(schema, policies, report),
    deadRules: () => deadRules(schema, policies).map((dead) => ({ ...dead, rule: ruleText(dead.rule) })),
    confusedRules: () => confusedRules(schema).map(({ table, rule }) => ({ table, rule: ruleText(rule) })),
    told,
    showsStrangers: (table) => certainly(tableAccess(policies.described("strangers"), table).actions.read) !== false,
  };
}
