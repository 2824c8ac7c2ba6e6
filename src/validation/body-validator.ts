import { createRequire } from "node:module";
import type { Ajv2020, ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import type { FieldErrorCode } from "../errors/catalog.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { decimalText, scaled } from "../schema/column/decimal.ts";
import { formats, isCleanText } from "../schema/formats.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import {
  type ColumnModel,
  isRequired,
  isWritable,
  type SchemaModel,
  type TableModel,
  wholeTable,
} from "../schema/model.ts";
import { isStandardSchema } from "../schema/standard-schema.ts";
import type { Json } from "../schema/stored.ts";
import { checkNow } from "./check-shape.ts";
import { holdToSchema, splitDocument } from "./document-body.ts";
import { OBJECT_KEYS, REPORTED_ERRORS } from "./limits.ts";
import { bodySchema, type BodyUse } from "./row-schema.ts";

/** What a body is for, the columns that it need not hold since their values come from elsewhere, and where it stands. */
export interface BodyForm {
  readonly use: BodyUse;
  readonly given?: readonly ColumnModel[];
  /** A JSON pointer put in front of each finding's: the row's place in a list. */
  readonly at?: string;
}

export type RowBody = { readonly [column: string]: Json };

/**
 * Checks bodies against the declaration. One Ajv for an application; a table's schema is compiled at
 * its first use and kept.
 */
export class BodyValidator {
  #ajv: Ajv2020 | undefined;
  /** Tables that callers of several kinds see alike share one. */
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #ofTable = new WeakMap<TableModel, Map<BodyUse, ValidateFunction>>();
  /** The JSON Schemas of collections, by the names of these. */
  readonly #ofDocuments = new Map<string, ValidateFunction>();

  /** The body as a row, or the 400 that lists every finding with its pointer. */
  check(table: TableModel, body: Json | undefined, as: BodyForm): RowBody {
    if (body === undefined) throw new Problem("body_required", "Send the row as a JSON object.");
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      throw invalidData(table, [{ pointer: as.at ?? "", code: "type", message: "A row must be one JSON object." }]);
    }
    const row = body as RowBody;
    if (Object.keys(row).length > OBJECT_KEYS)
      throw new Problem("limit_exceeded", `An object has at most ${OBJECT_KEYS} keys.`);
    return table.document === undefined ? this.#checkRow(table, row, as) : this.#checkDocument(table, row, as);
  }

  /** A whole document as its schema makes it, or the 400 that lists every finding. */
  checkWhole(table: TableModel, document: RowBody, at = ""): RowBody {
    const verdict = holdToSchema(table, document, () => this.#schemaOf(table));
    if (!verdict.ok) throw invalidData(table, placed(verdict.errors, at));
    return verdict.document;
  }

  /** Compiles the JSON Schemas of collections, so that a wrong one ends the start and no request. Throws `DeclarationError`. */
  requireSchemas(schema: SchemaModel): void {
    for (const table of schema.tables.values()) {
      const told = table.document?.document?.schema;
      if (told === undefined || isStandardSchema(told)) continue;
      try {
        this.#schemaOf(table);
      } catch (error) {
        const what = error instanceof Error ? error.message : "it cannot be compiled";
        throw new DeclarationError(`table ${table.name}, schema`, what, "Write a JSON Schema (2020-12)");
      }
    }
  }

  #checkRow(table: TableModel, row: RowBody, as: BodyForm): RowBody {
    const validate = this.#validator(table, as.use);
    const errors = validate(row) ? [] : missed(validate.errors ?? [], as.given ?? []);
    if (errors.length > 0) throw invalidData(table, placed(findings(table, row, errors), as.at));
    const broken = as.use === "update" ? [] : brokenChecks(table, row);
    if (broken.length > 0) throw invalidData(table, placed(broken, as.at));
    return validated(table, row, as.at);
  }

  /** The columns beside the document, and the document under the name of its column. A patch is held to no schema: what it makes is. */
  #checkDocument(table: TableModel, row: RowBody, { at, ...form }: BodyForm): RowBody {
    const { columns, document, errors } = splitDocument(table, row);
    const [beside, broken] = this.#beside(table, columns, form);
    const isPatch = form.use === "update";
    const verdict = isPatch
      ? ({ ok: true, document } as const)
      : holdToSchema(table, document, () => this.#schemaOf(table));
    const found = [...errors, ...broken, ...(verdict.ok ? [] : verdict.errors)];
    if (found.length > 0) throw invalidData(table, placed(found.slice(0, REPORTED_ERRORS), at));
    if (isPatch && Object.keys(document).length === 0) return beside;
    return { ...beside, [table.document?.name ?? ""]: verdict.ok ? verdict.document : document };
  }

  #beside(table: TableModel, columns: RowBody, form: BodyForm): [RowBody, readonly FieldError[]] {
    try {
      return [this.#checkRow(table, columns, form), []];
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "invalid_data") throw error;
      return [columns, error.errors];
    }
  }

  #schemaOf(table: TableModel): ValidateFunction {
    const { name } = wholeTable(table);
    const known = this.#ofDocuments.get(name);
    if (known !== undefined) return known;
    // A schema of somebody's own may name members that it does not describe.
    const validate = makeAjv({ strictRequired: false, strictTypes: false }).compile(
      table.document?.document?.schema ?? {},
    );
    this.#ofDocuments.set(name, validate);
    return validate;
  }

  #validator(table: TableModel, use: BodyUse): ValidateFunction {
    const ofTable = this.#ofTable.get(table) ?? new Map<BodyUse, ValidateFunction>();
    this.#ofTable.set(table, ofTable);
    const known = ofTable.get(use);
    if (known !== undefined) return known;
    const key = JSON.stringify([table.name, use, table.columns.map(({ name, role }) => [name, role])]);
    this.#ajv ??= makeAjv();
    const validate = this.#compiled.get(key) ?? this.#ajv.compile(bodySchema(table, use));
    this.#compiled.set(key, validate);
    ofTable.set(use, validate);
    return validate;
  }
}

/** The row with what the validators of its json columns make of their values. */
function validated(table: TableModel, row: RowBody, at = ""): RowBody {
  let made: Record<string, Json> | undefined;
  const errors: FieldError[] = [];
  for (const { name, kind } of table.columns) {
    const value = kind.standard !== undefined && Object.hasOwn(row, name) ? row[name] : undefined;
    if (kind.standard === undefined || value === undefined || value === null) continue;
    const where = `${table.path}.${name}`;
    const verdict = checkNow(kind.standard, value, where);
    if (!verdict.ok) {
      errors.push(...verdict.errors.map((error) => ({ ...error, pointer: `${at}${pointerTo(name)}${error.pointer}` })));
      continue;
    }
    // An output that is no JSON would be stored as nothing at all.
    if (JSON.stringify(verdict.value) === undefined)
      throw new Error(`${where}: its validator makes no JSON of a value.`);
    made ??= { ...row };
    made[name] = verdict.value as Json;
  }
  if (errors.length > 0) throw invalidData(table, errors.slice(0, REPORTED_ERRORS));
  return made ?? row;
}

const load = createRequire(import.meta.url);

/** Loaded with the first body: it is an eighth of all that a start would load, and many a start serves reads alone. */
function makeAjv(options: { readonly strictRequired?: boolean; readonly strictTypes?: boolean } = {}): Ajv2020 {
  const { Ajv2020: Ajv } = load("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  const ajv = new Ajv({
    ownProperties: true,
    allErrors: true,
    allowUnionTypes: true,
    strict: true,
    ...options,
    formats: { ...formats },
  });
  ajv.addKeyword({
    keyword: "cleanText",
    schemaType: "boolean",
    validate: (_: boolean, value: unknown) => isCleanJson(value),
  });
  ajv.addKeyword({
    keyword: "decimal",
    schemaType: "object",
    validate: (form: { precision: number; scale: number; min?: string; max?: string }, value: unknown) =>
      value === null || isDecimal(value as string | number, form),
  });
  return ajv;
}

function isDecimal(
  value: string | number,
  form: { precision: number; scale: number; min?: string; max?: string },
): boolean {
  if (typeof value !== "string" && typeof value !== "number") return true;
  const exact = scaled(decimalText(value), form.precision, form.scale);
  if (exact === undefined) return false;
  const bound = (text: string): bigint => scaled(text, form.precision, form.scale) ?? 0n;
  return (form.min === undefined || exact >= bound(form.min)) && (form.max === undefined || exact <= bound(form.max));
}

/** Keys and texts at every level; the envelope has bounded the depth. */
function isCleanJson(value: unknown): boolean {
  if (typeof value === "string") return isCleanText(value);
  // 1e400 is read as infinity, which would be stored as null.
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, item]) => isCleanText(key) && isCleanJson(item));
}

function holdsInfinity(value: unknown): boolean {
  if (typeof value !== "object" || value === null)
    return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  return Object.values(value).some(holdsInfinity);
}

/** The errors without those about columns whose value comes from elsewhere. */
function missed(errors: readonly ErrorObject[], given: readonly ColumnModel[]): readonly ErrorObject[] {
  if (given.length === 0) return errors;
  return errors.filter(
    ({ keyword, params }) => keyword !== "required" || !given.some(({ name }) => name === params["missingProperty"]),
  );
}

function placed(errors: readonly FieldError[], at: string | undefined): readonly FieldError[] {
  return at === undefined ? errors : errors.map((error) => ({ ...error, pointer: `${at}${error.pointer}` }));
}

export function invalidData(table: TableModel, errors: readonly FieldError[]): Problem {
  const first = errors[0];
  const detail = `The body does not fit ${table.path}: ${errors.length === 1 ? "one finding" : `${errors.length} findings`}.`;
  return new Problem("invalid_data", detail, { errors, error: first?.message ?? detail });
}

function findings(table: TableModel, row: RowBody, errors: readonly ErrorObject[]): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const error of errors) {
    const finding = findingOf(table, row, error);
    // One finding for each place: a value of the wrong type breaks its format as well.
    if (!found.has(finding.pointer)) found.set(finding.pointer, finding);
    if (found.size === REPORTED_ERRORS) break;
  }
  return [...found.values()];
}

function findingOf(table: TableModel, row: RowBody, error: ErrorObject): FieldError {
  if (error.keyword === "required")
    return required(pointerTo(String(error.params["missingProperty"])), String(error.params["missingProperty"]));
  if (error.keyword === "additionalProperties") return unknownField(table, String(error.params["additionalProperty"]));
  const name = unescaped(error.instancePath.split("/")[1] ?? "");
  const column = table.column.get(name);
  const pointer = error.instancePath;
  if (column === undefined) return { pointer, code: "type", message: "The body must be one JSON object." };
  const value = row[name];
  if (isRequired(column) && (value === null || value === "")) return required(pointer, name);
  if (value === null) return { pointer, code: "null", message: `${label(name)} cannot be null.` };
  const code = codeOf(error, column, value);
  const message =
    code === "characters"
      ? `${label(name)} holds a NUL or half of a surrogate pair.`
      : `${label(name)} takes ${column.kind.expects}.`;
  return { pointer, code, message };
}

function codeOf(error: ErrorObject, column: ColumnModel, value: Json | undefined): FieldErrorCode {
  switch (error.keyword) {
    case "type":
      return "type";
    case "maxLength":
      return "too_long";
    case "minLength":
      return "too_short";
    case "minimum":
    case "maximum":
      return "out_of_range";
    case "enum":
      return typeof value === "string" ? "not_in_list" : "type";
    case "cleanText":
      return holdsInfinity(value) ? "out_of_range" : "characters";
    case "format":
      return typeof value === "string" && !isCleanText(value) && column.kind.textual ? "characters" : "format";
    case "decimal":
      return "format";
    default:
      return "format";
  }
}

function required(pointer: string, name: string): FieldError {
  return { pointer, code: "required", message: `${label(name)} required` };
}

function unknownField(table: TableModel, name: string): FieldError {
  const pointer = pointerTo(name.slice(0, 100));
  const column = table.column.get(name);
  if (table.computed.has(name))
    return { pointer, code: "read_only", message: `${label(name)} is computed by the server.` };
  if (column !== undefined) return { pointer, code: "read_only", message: `${label(name)} is filled by the server.` };
  const known = table.columns.filter(isWritable).map((candidate) => candidate.name);
  return {
    pointer,
    code: "unknown_field",
    message: `${table.path} has no column ${JSON.stringify(name.slice(0, 64))}.${didYouMean(name, known)}`,
  };
}

/** Declared checks, as far as the body holds their columns; the database decides the rest. */
function brokenChecks(table: TableModel, row: RowBody): FieldError[] {
  return table.checks.flatMap((check) => {
    const holds = check.comparisons.every((part) => {
      const column = table.column.get(part.column);
      const left = storedOf(table, part.column, row);
      const right =
        "column" in part.operand
          ? storedOf(table, part.operand.column, row)
          : column?.kind.parse(String(part.operand.value));
      if (left === undefined || right === undefined || left === null || right === null) return true;
      const [before, equal] = [left < right, left === right];
      const verdicts = { eq: equal, ne: !equal, gt: !before && !equal, gte: !before, lt: before, lte: before || equal };
      return verdicts[part.operator];
    });
    return holds
      ? []
      : [
          {
            pointer: pointerTo(check.comparisons[0]?.column ?? ""),
            code: "check" as const,
            message: `The check ${check.name} does not hold.`,
          },
        ];
  });
}

function storedOf(table: TableModel, name: string, row: RowBody): ReturnType<ColumnModel["kind"]["store"]> | undefined {
  const column = table.column.get(name);
  const value = (Object.hasOwn(row, name) ? row[name] : undefined) ?? column?.default;
  return column === undefined || value === undefined ? undefined : value === null ? null : column.kind.store(value);
}

/** `user_id` → "User id": how a message begins. */
function label(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
