import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { MutationsOf } from "./mutable-code.ts";

/**
 * Finds every policy check in the built code, by its name and its form, and what the code is without it. A check that is
 * new is found like the others.
 */

/** Where policies are decided and put into plans, and the doors that ask them. */
const FOLDERS = ["auth/policy", "service", "http", "custom"];
/** Where they become steps of a write, and where bodies are held to what the caller may send. */
const FILES = [
  "repository/policy-steps.js",
  "repository/change-steps.js",
  "repository/row-steps.js",
  "validation/write-request.js",
];

const EVERY_ROW = '({ is: "constant", value: true })';

/** What takes the place of a call, by the name of the function; `first` is the call's first argument. */
const CALLS: ReadonlyMap<string, (first: string) => string> = new Map(
  Object.entries({
    visibleRows: (_first: string) => EVERY_ROW,
    restrict: (first: string) => first,
    visibleSort: (first: string) => first,
    visiblePath: (first: string) => first,
    leftToAsk: () => EVERY_ROW,
    conditionalColumns: () => "[]",
    knownTables: (first: string) => `new Set(${first}.tables.keys())`,
    mayEver: () => "true",
    mayTurn: () => "false",
    hasUndefined: () => "false",
    rowMust: () => "[]",
    rowsMust: () => "[]",
    columnsMust: () => "[]",
    upsertMust: () => "[]",
  }),
);

/** Calls that end the request: without them it goes on. */
const GATES =
  /^(?:allow|allowOperator|allowEither|allowCall|allowSignUp|require(?:Parent|OwnRow|Administrator|AdministratorsSession)|admit(?:One|Rows)?|mayWrite)$/;

/** Functions of `auth/policy/` that decide nothing by themselves. */
const NO_CHECKS =
  /^(?:tableAccess|buildAccess|ruleCaller|accountCaller|rulesOf|rolesOf|withCallerValues|refused|explain(?:Action|Column|Hidden|SignUp)|ruleText|Policies|RuleFilters|RuleFunctions|NOBODY)$/;

/** The files with checks. Throws for a function of `auth/policy/` that nobody has classified. */
export function checkedFiles(dist: string): string[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(dist, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .map((name) => join(folder, name)),
  );
  return [...files, ...FILES].toSorted((left, right) => (left < right ? -1 : 1));
}

/** What a piece of code is without its check; nothing where it is none. */
export const withoutChecks: MutationsOf = (node, source) => {
  if (ts.isSourceFile(node)) refuseUnknown(node, source.fileName);
  const without = withoutCheck(node, source, source.fileName);
  return without === undefined ? [] : [() => without];
};

/** What a node becomes when its check is taken out; undefined where it is none. */
function withoutCheck(node: ts.Node, source: ts.SourceFile, file: string): string | undefined {
  if (ts.isExpressionStatement(node)) {
    const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
    return ts.isCallExpression(call) && GATES.test(nameOf(call)) ? ";" : undefined;
  }
  if (ts.isCallExpression(node) && file.startsWith("validation")) return withoutView(node, source);
  // The OpenAPI document and the suggestions of routes have a question of this name too: they describe, and open nothing.
  if (ts.isCallExpression(node) && nameOf(node) === "isOpen" && !file.startsWith("http")) return "true";
  if (ts.isCallExpression(node)) return CALLS.get(nameOf(node))?.(node.arguments[0]?.getText(source) ?? "undefined");
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return withoutAccess(node, file);
  const isUse = ts.isIdentifier(node) && node.text === "NOTHING" && !ts.isImportSpecifier(node.parent);
  return isUse && file.startsWith("auth/policy") ? EVERY_ROW : undefined;
}

/** A body is read as if its caller knew and wrote every column. */
function withoutView(call: ts.CallExpression, source: ts.SourceFile): string | undefined {
  const name = nameOf(call);
  if (name === "isWritable") return "true";
  if (name !== "tableAccess") return undefined;
  return `((access) => ({ ...access, seen: access.whole, body: access.whole }))(${call.getText(source)})`;
}

/** What is read of an access: the rows of an action, the owner, the columns that may be written in some rows. */
function withoutAccess(
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  file: string,
): string | undefined {
  if (file.startsWith("auth/policy")) return undefined;
  if (ts.isPropertyAccessExpression(node) && node.name.text === "choosesOwner") return "true";
  const of = node.expression;
  const isActions =
    (ts.isIdentifier(of) && of.text === "actions") || (ts.isPropertyAccessExpression(of) && of.name.text === "actions");
  return isActions ? EVERY_ROW : undefined;
}

function nameOf(call: ts.CallExpression): string {
  const { expression } = call;
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text.replace(/^#/, "") : "";
}

/** A function of the policy that is used elsewhere is a check, or is named as none. */
function refuseUnknown(source: ts.SourceFile, file: string): void {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.moduleSpecifier.getText(source).includes("auth/policy/"))
      continue;
    const { importClause } = statement;
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const unknown = bindings.elements
      .map(({ name }) => name.text)
      .find((name) => !CALLS.has(name) && !GATES.test(name) && !NO_CHECKS.test(name));
    if (unknown !== undefined)
      throw new Error(`${file} uses ${unknown}: say in policy-checks.ts what the code is without it`);
  }
}
