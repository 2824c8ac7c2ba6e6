import { scaled, decimalText } from "../schema/column/decimal.ts";
import type { Assignment } from "../schema/assignment.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import {
  type ColumnModel,
  columnOf,
  isWritable,
  type RelationModel,
  type TableModel,
  wholeTable,
} from "../schema/model.ts";
import type { Json, Stored } from "../schema/stored.ts";
import { invalidData, type RowBody } from "./body-validator.ts";
import type { EarlierOperations } from "./earlier-operations.ts";

/** What may stand in a body beside plain values. */
export interface BodyParts {
  /** Rows of relations may be brought along. */
  readonly children?: (name: string) => RelationModel | undefined;
  /** `{ "ref": "0.id" }` may stand for a value. */
  readonly earlier?: EarlierOperations | undefined;
  /** `{ "increment": 1 }` may stand for a number. */
  readonly increments?: boolean;
  /** The pointer of the body, for findings. */
  readonly at: string;
}

/** A body taken apart: plain values, which the schema checks, and what was decided here. */
export interface SplitBody {
  readonly plain: Json | undefined;
  readonly decided: readonly Assignment[];
  readonly children: readonly { readonly relation: RelationModel; readonly rows: Json }[];
}

/** Takes out of a body what no column's schema knows. A body without any of it is passed on as it is. */
export function splitBody(table: TableModel, body: Json | undefined, parts: BodyParts): SplitBody {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { plain: body, decided: [], children: [] };
  const decided: Assignment[] = [];
  const children: { relation: RelationModel; rows: Json }[] = [];
  let taken: Set<string> | undefined;
  for (const name of Object.keys(body)) {
    const value = (body as RowBody)[name] as Json;
    const column = table.column.get(name);
    const relation = column === undefined ? parts.children?.(name) : undefined;
    const assignment = column === undefined ? undefined : decide(table, { column, value }, parts);
    if (assignment !== undefined) decided.push({ ...assignment, column: columnOf(wholeTable(table), name) });
    else if (relation !== undefined) children.push({ relation, rows: value });
    else continue;
    taken ??= new Set();
    taken.add(name);
  }
  const plain =
    taken === undefined ? body : Object.fromEntries(Object.entries(body).filter(([name]) => !taken.has(name)));
  return { plain, decided, children };
}

/** The one member of an object, where it has exactly this one. */
function member(value: Json, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const [[key, inner] = [], ...more] = Object.entries(value as RowBody);
  return more.length === 0 && key === name ? inner : undefined;
}

function decide(
  table: TableModel,
  { column, value }: { readonly column: ColumnModel; readonly value: Json },
  parts: BodyParts,
): Assignment | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // In a json column every object is a value; one that the server fills is refused by the schema.
  if (column.kind.storage.as === "json" || !isWritable(column)) return undefined;
  const reference = parts.earlier === undefined ? undefined : member(value, "ref");
  if (typeof reference === "string" && parts.earlier !== undefined) {
    refuseUnprepared(table, column, parts.at);
    return { column, value: parts.earlier.value(reference, column) };
  }
  const operand = parts.increments === true ? member(value, "increment") : undefined;
  if (operand === undefined || column.role === "key") return undefined;
  const stored = takesIncrement(column) ? storedOperand(column, operand) : undefined;
  if (stored !== undefined) return { column, value: stored, increment: true };
  const pointer = `${parts.at}${pointerTo(column.name)}/increment`;
  const message = takesIncrement(column)
    ? `increment takes ${OPERANDS[column.kind.storage.as as keyof typeof OPERANDS]} here.`
    : `${column.name} is no number of its own, so nothing can be added to it.`;
  throw invalidData(table, [{ pointer, code: "type", message }]);
}

/** A `prepare` hook runs before the value is there: what it would refuse would pass it by. */
function refuseUnprepared(table: TableModel, { name, references }: ColumnModel, at: string): void {
  if (references !== undefined || table.hooks.every(({ prepare }) => prepare === undefined)) return;
  const message = `${name} takes no ref: code of ${table.path} looks at its value before the batch begins.`;
  throw invalidData(table, [{ pointer: `${at}${pointerTo(name)}`, code: "type", message }]);
}

/** What can be added to a column, by its storage. */
const OPERANDS = {
  integer: "a whole number",
  real: "a number",
  decimal: "a number with no more digits behind the point than the column has, as a string",
  bigint: "a whole number of 64 bits, as a string",
} as const;

/** Whether a PATCH may add to the column: a number of the caller's own; a reference is a number by chance. */
export function takesIncrement(column: ColumnModel): boolean {
  return column.role === "plain" && column.references === undefined && column.kind.storage.as in OPERANDS;
}

const WHOLE = /^-?\d{1,19}$/;

/** What is added, as it is stored. The column's own bounds are for the sum, so the database holds to them. */
function storedOperand({ kind }: ColumnModel, operand: Json): Stored | undefined {
  const { storage } = kind;
  switch (storage.as) {
    case "integer":
      return typeof operand === "number" && Number.isSafeInteger(operand) ? operand + 0 : undefined;
    case "real":
      return typeof operand === "number" && Number.isFinite(operand) ? operand : undefined;
    case "decimal":
      return typeof operand === "number" || typeof operand === "string"
        ? scaled(decimalText(operand), storage.precision, storage.scale)
        : undefined;
    case "bigint": {
      const text = typeof operand === "number" && Number.isSafeInteger(operand) ? String(operand) : operand;
      if (typeof text !== "string" || !WHOLE.test(text)) return undefined;
      const value = BigInt(text);
      return BigInt.asIntN(64, value) === value ? value : undefined;
    }
    default:
      return undefined;
  }
}
