import ts from "typescript";
import type { MutationsOf } from "./mutable-code.ts";

/** Where policies are decided: what is measured of these files is how well the matrix watches them. */
export const DECIDING = [
  /^auth\/policy\/.*\.js$/,
  /^repository\/policy-steps\.js$/,
  /^service\/(?:new-row-policy|read-plan|read-again)\.js$/,
];

/** What joins conditions, and what it is mixed up with. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["allOf", "anyOf"],
  ["anyOf", "allOf"],
  ["EVERYTHING", "NOTHING"],
  ["NOTHING", "EVERYTHING"],
]);
const METHODS: ReadonlyMap<string, string> = new Map([
  ["every", "some"],
  ["some", "every"],
]);

const AND = ts.SyntaxKind.AmpersandAmpersandToken;
const OR = ts.SyntaxKind.BarBarToken;

/** Each condition left out and turned round, each `and` an `or`, and the other way. */
export const changedConditions: MutationsOf = (node, source) => [
  ...(isCondition(node) ? [() => "false", (rendered: string) => `!(${rendered})`] : []),
  ...(ts.isBinaryExpression(node) ? swapped(node, source) : []),
  ...(ts.isCallExpression(node) ? otherMethod(node, source) : []),
  ...(ts.isIdentifier(node) && isUse(node) ? otherName(node, source) : []),
];

/** What an `if` or a `?` asks. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isIfStatement(parent)) return parent.expression === node;
  return ts.isConditionalExpression(parent) && parent.condition === node;
}

function swapped(node: ts.BinaryExpression, source: ts.SourceFile): (() => string)[] {
  const { kind } = node.operatorToken;
  if (kind !== AND && kind !== OR) return [];
  return [() => `(${node.left.getText(source)}) ${kind === AND ? "||" : "&&"} (${node.right.getText(source)})`];
}

/** `every` of a list in the place of `some`. */
function otherMethod({ expression, arguments: given }: ts.CallExpression, source: ts.SourceFile): (() => string)[] {
  const twin = ts.isPropertyAccessExpression(expression) ? METHODS.get(expression.name.text) : undefined;
  if (twin === undefined || !ts.isPropertyAccessExpression(expression)) return [];
  const list = expression.expression.getText(source);
  return [() => `${list}.${twin}(${given.map((argument) => argument.getText(source)).join(", ")})`];
}

/** A name in the place of its twin, where the file has both. */
function otherName({ text }: ts.Identifier, source: ts.SourceFile): (() => string)[] {
  const twin = NAMES.get(text);
  return twin !== undefined && new RegExp(`\\b${twin}\\b`).test(source.text) ? [() => twin] : [];
}

/** A name that stands for its value: no import, no declaration, no member. */
function isUse({ parent }: ts.Identifier): boolean {
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return false;
  return !ts.isImportSpecifier(parent) && !ts.isVariableDeclaration(parent);
}
