import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import type { FieldErrorCode } from "../errors/catalog.ts";
import type { FieldError } from "../errors/problem.ts";
import { isCleanText } from "../schema/formats.ts";
import { pointerThrough, pointerTo } from "../schema/json-pointer.ts";
import { type TableModel, wholeTable } from "../schema/model.ts";
import { isStandardSchema, type StandardSchema } from "../schema/standard-schema.ts";
import type { Json } from "../schema/stored.ts";
import type { RowBody } from "./body-validator.ts";
import { checkNow } from "./check-shape.ts";
import { REPORTED_ERRORS } from "./limits.ts";

/** A body of a collection taken apart: the columns, which stand beside the document, and the document's members. */
export interface DocumentBody {
  readonly columns: RowBody;
  readonly document: RowBody;
  readonly errors: readonly FieldError[];
}

/** Tells the columns of a body from the members of its document. What has the name of anything else of the collection is neither. */
export function splitDocument(table: TableModel, row: RowBody): DocumentBody {
  const columns: [string, Json][] = [];
  const document: [string, Json][] = [];
  const errors: FieldError[] = [];
  const { reserved } = wholeTable(table).document?.document ?? { reserved: new Set() };
  for (const [name, value] of Object.entries(row)) {
    if (!reserved.has(name)) document.push([name, value]);
    else if (table.column.has(name)) columns.push([name, value]);
    else if (errors.length < REPORTED_ERRORS) errors.push(taken(table, name));
  }
  for (const [name, value] of document)
    if (errors.length < REPORTED_ERRORS) findUnclean(value, { keys: [name], errors, isKeyClean: isCleanText(name) });
  // Not by assigning: a member may be called __proto__.
  return { columns: Object.fromEntries(columns), document: Object.fromEntries(document), errors };
}

function taken(table: TableModel, name: string): FieldError {
  const pointer = pointerTo(name.slice(0, 100));
  const message = `A document of ${table.path} has no member ${JSON.stringify(name.slice(0, 64))}: the collection uses the name itself.`;
  return { pointer, code: "unknown_field", message };
}

interface Walk {
  readonly keys: readonly string[];
  readonly isKeyClean: boolean;
  readonly errors: FieldError[];
}

/** What no database holds: NUL, half of a surrogate pair, and numbers that were read as infinity. */
function findUnclean(value: Json, { keys, isKeyClean, errors }: Walk): void {
  if (errors.length >= REPORTED_ERRORS) return;
  const note = (code: FieldErrorCode, what: string): void => {
    errors.push({ pointer: pointerThrough(keys.map((key) => key.slice(0, 100).toWellFormed())), code, message: what });
  };
  if (!isKeyClean) note("characters", "The name of a member holds a NUL or half of a surrogate pair.");
  else if (typeof value === "string" && !isCleanText(value))
    note("characters", `${last(keys)} holds a NUL or half of a surrogate pair.`);
  else if (typeof value === "number" && !Number.isFinite(value))
    note("out_of_range", `${last(keys)} takes a number that a double can hold.`);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value))
      findUnclean(item, { keys: [...keys, key], errors, isKeyClean: isCleanText(key) });
}

function last(keys: readonly string[]): string {
  return JSON.stringify((keys.at(-1) ?? "").slice(0, 64));
}

/** What a schema makes of a whole document, or what is wrong with it. */
export type DocumentVerdict =
  | { readonly ok: true; readonly document: RowBody }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Holds a whole document to the schema of its collection. `compiled` is that of a JSON Schema. */
export function holdToSchema(table: TableModel, document: RowBody, compiled: () => ValidateFunction): DocumentVerdict {
  const schema = table.document?.document?.schema;
  if (schema === undefined) return { ok: true, document };
  if (isStandardSchema(schema)) return askValidator(table, document, schema);
  const validate = compiled();
  if (validate(document)) return { ok: true, document };
  const errors = new Map<string, FieldError>();
  // One finding for each place: what has the wrong type breaks other keywords too.
  for (const error of validate.errors ?? []) {
    const finding = findingOf(error);
    if (!errors.has(finding.pointer) && errors.size < REPORTED_ERRORS) errors.set(finding.pointer, finding);
  }
  return { ok: false, errors: [...errors.values()] };
}

function askValidator(table: TableModel, document: RowBody, schema: StandardSchema): DocumentVerdict {
  const where = `the schema of ${table.path}`;
  const verdict = checkNow(schema, document, where);
  if (!verdict.ok) return verdict;
  // Through its text, so that what is stored is what was looked at: a validator may make dates, and undefined members.
  const made = JSON.parse(JSON.stringify(verdict.value) ?? "null") as Json;
  if (typeof made !== "object" || made === null || Array.isArray(made))
    throw new Error(`${where}: its validator makes no object of a document.`);
  const split = splitDocument(table, made as RowBody);
  const strange = [...Object.keys(split.columns), ...split.errors.map(({ message }) => message)];
  if (strange.length > 0)
    throw new Error(`${where}: its validator makes what no document may have: ${strange[0] ?? ""}`);
  return { ok: true, document: split.document };
}

const CODES: Readonly<Record<string, FieldErrorCode>> = {
  type: "type",
  maxLength: "too_long",
  minLength: "too_short",
  minimum: "out_of_range",
  maximum: "out_of_range",
  exclusiveMinimum: "out_of_range",
  exclusiveMaximum: "out_of_range",
  enum: "not_in_list",
};

function findingOf({ keyword, params, instancePath, message = "does not fit" }: ErrorObject): FieldError {
  if (keyword === "required") {
    const missing = String(params["missingProperty"]);
    return { pointer: `${instancePath}${pointerTo(missing)}`, code: "required", message: `${missing} required` };
  }
  if (keyword === "additionalProperties") {
    const name = String(params["additionalProperty"]).slice(0, 100);
    const said = `There is no member ${JSON.stringify(name.slice(0, 64))} here.`;
    return { pointer: `${instancePath}${pointerTo(name)}`, code: "unknown_field", message: said };
  }
  const name = instancePath.split("/").at(-1) ?? "";
  const place = name === "" ? "The document" : name.replaceAll("~1", "/").replaceAll("~0", "~").slice(0, 64);
  return { pointer: instancePath, code: CODES[keyword] ?? "format", message: `${place} ${message}.` };
}
