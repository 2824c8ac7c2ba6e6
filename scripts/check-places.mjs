// Some things have one place in src/: whoever looks for them must find them all there, and a reviewer must not have to
// search. Lint rules know words, not what stands around them, so this reads the syntax tree.
// Usage: node scripts/check-places.mjs [folder of a project, default: this one]
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { root } from "./tools.mjs";

const sqlStarts = [
  /^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\S+\s+AS\s|PRAGMA\s|SAVEPOINT\s)/,
  /^\s*((CREATE|ALTER|DROP)\s+(UNIQUE\s+|VIRTUAL\s+)?(TABLE|INDEX|VIEW|TRIGGER)\s|EXPLAIN\s|BEGIN(\s+IMMEDIATE)?\s*;?$)/,
  // In small letters only where it cannot be an English sentence ("select a row to see it").
  /^\s*(select\s[^]*\sfrom\s+\S+\s+(where|order|limit|join)\s|insert\s+into\s+\S+\s*\(|update\s+\S+\s+set\s|pragma\s+\w+)/,
];

/** @type {{ allowed: RegExp, instead: string, found: (node: ts.Node) => boolean }[]} */
const places = [
  {
    allowed: /^src\/config\//,
    instead: "process.env is read in src/config/ only: take the value from the configuration",
    found: (node) =>
      isImportOf(node, "process") ||
      (ts.isPropertyAccessExpression(node) && /(^|\.)process\??\.env$/.test(node.getText())) ||
      (ts.isElementAccessExpression(node) && node.expression.getText() === "process") ||
      (ts.isVariableDeclaration(node) && node.initializer?.getText() === "process"),
  },
  {
    allowed: /^src\/cli\//,
    instead: "console is used in src/cli/ only: report an observation (src/observability/)",
    found: (node) =>
      isImportOf(node, "console") ||
      (ts.isIdentifier(node) && node.text === "console" && !("name" in node.parent && node.parent.name === node)),
  },
  {
    allowed: /^src\/(http|errors)\//,
    instead: "HTTP status codes stand in src/http/ and src/errors/ only: throw an error of the catalogue (src/errors/)",
    found: (node) =>
      ts.isNumericLiteral(node) && /^[1-5]\d\d$/.test(node.text) && /status|writehead/i.test(useOf(node)),
  },
  {
    allowed: /^src\/database\//,
    instead: "SQL text stands in src/database/ only: build it there and call it from src/repository/",
    found: (node) => {
      if (!ts.isStringLiteral(node) && !ts.isTemplateLiteral(node)) return false;
      // An inserted value counts as one word: `UPDATE ${table} SET`.
      const text = ts.isTemplateExpression(node)
        ? node
            .getText()
            .slice(1)
            .replace(/\$\{[^}]*\}/g, "x")
        : node.text;
      return sqlStarts.some((start) => start.test(text));
    },
  },
  {
    allowed: /^src\/schema\/infer\.ts$/,
    instead: "any stands in src/schema/infer.ts only, with a reason a line: use unknown, or a type parameter",
    found: (node) => node.kind === ts.SyntaxKind.AnyKeyword,
  },
];

/** @param {ts.Node} node @param {string} name */
function isImportOf(node, name) {
  return ts.isImportDeclaration(node) && [`"${name}"`, `"node:${name}"`].includes(node.moduleSpecifier.getText());
}

/**
 * The words under which a number is used, as in `status: 404`, `x.status === 404`, `case 404:` and `writeHead(404)`.
 * @param {ts.Node} node
 * @returns {string}
 */
function useOf({ parent }) {
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression.getText();
  if (ts.isBinaryExpression(parent)) return parent.left.getText() + parent.right.getText();
  if (ts.isCaseClause(parent)) return parent.parent.parent.expression.getText();
  if ("name" in parent) return /** @type {ts.NamedDeclaration} */ (parent).name?.getText() ?? "";
  const wraps = [ts.isParenthesizedExpression, ts.isConditionalExpression, ts.isLiteralTypeNode, ts.isUnionTypeNode];
  return wraps.some((is) => is(parent)) ? useOf(parent) : "";
}

const project = resolve(process.argv[2] ?? root);
let findings = 0;
const all = readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" });
const files = all.map((file) => `src/${file.replaceAll("\\", "/")}`).filter((file) => file.endsWith(".ts"));
for (const file of files) {
  const source = ts.createSourceFile(file, readFileSync(join(project, file), "utf8"), ts.ScriptTarget.Latest, true);
  const rules = places.filter(({ allowed }) => !allowed.test(file));
  /** @param {ts.Node} node */
  const visit = (node) => {
    for (const { instead } of rules.filter(({ found }) => found(node))) {
      findings += 1;
      console.log(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${instead}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}
console.log(`places: ${files.length} files, ${findings} findings`);
process.exitCode = findings === 0 && files.length > 0 ? 0 : 1;
