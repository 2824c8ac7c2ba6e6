import { didYouMean } from "../errors/nearest-name.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import type { CallModel, ShapeModel } from "../schema/call-model.ts";
import type { TableModel } from "../schema/model.ts";
import { writtenAs } from "../schema/plain-value.ts";
import type { Json, JsonSchema } from "../schema/stored.ts";
import type { BodyValidator } from "./body-validator.ts";
import { checkShape, type Verdict } from "./check-shape.ts";
import type { CallCommand, CheckedInput } from "./command.ts";
import { quoted } from "./quoted.ts";
import { decodeSegment } from "./parse-key.ts";
import { parseQueryString, type QueryParameter } from "./query-string.ts";

/** What a request brings to a route of the application's own. */
export interface CallRequest {
  /** Escaped. */
  readonly path: string;
  /** Escaped. */
  readonly query: string;
  readonly body: Json | undefined;
}

/** Checks the path, the query and the body, in this order; the first that is wrong ends the request. */
export function parseCall(call: CallModel, request: CallRequest, bodies: BodyValidator): CallCommand {
  const steps: readonly (() => unknown)[] = [
    () => readParams(call, request.path, bodies),
    () => readQuery(call, parseQueryString(request.query), bodies),
    () => readBody(call, request.body, bodies),
  ];
  const done: unknown[] = [];
  for (const step of steps) {
    const made = step();
    // Nothing is begun beside a check that waits: its rejection would have nobody to hear it.
    if (made instanceof Promise) return command(call, finishLater(done, made, steps.slice(done.length + 1)));
    done.push(made);
  }
  return command(call, inputOf(done));
}

async function finishLater(
  done: readonly unknown[],
  waiting: Promise<unknown>,
  rest: readonly (() => unknown)[],
): Promise<CheckedInput> {
  const all = [...done, await waiting];
  for (const step of rest) all.push(await step());
  return inputOf(all);
}

function inputOf([params, query, body]: readonly unknown[]): CheckedInput {
  return { params, query, body };
}

/** The one place where calls get the brand of a checked command. */
function command(call: CallModel, input: CheckedInput | Promise<CheckedInput>): CallCommand {
  return { call, input } as unknown as CallCommand;
}

/** What is no value of a parameter names nothing, so it is a 404 like the key of a row that is not there. */
function readParams(call: CallModel, path: string, bodies: BodyValidator): unknown {
  const segments = path.split("/");
  const texts: Record<string, string> = {};
  for (const { name, at } of call.parameters) {
    const text = decodeSegment(segments[at] ?? "");
    if (text === undefined) throw new Problem("not_found", `${name} holds a NUL character.`);
    texts[name] = text;
  }
  const { params: shape } = call;
  if (shape === undefined) return texts;
  const missing = (message: string): Problem => new Problem("not_found", message);
  const value = shape.is === "columns" ? fromTexts(shape.table, texts, missing) : texts;
  return judged(checkShape(shape, value, bodies), ([first]) => missing(first?.message ?? "There is no such path."));
}

function readQuery(call: CallModel, parameters: readonly QueryParameter[], bodies: BodyValidator): unknown {
  const { query: shape } = call;
  const known = shape === undefined ? { names: [], lists: [] } : knownParameters(shape);
  const values = new Map<string, string | string[]>();
  for (const { name, value } of parameters) {
    if (known !== undefined && !known.names.includes(name))
      throw new Problem(
        "unknown_parameter",
        `${call.title} takes no parameter ${quoted(name)}.${didYouMean(name, known.names)}`,
      );
    const isList = known?.lists.includes(name) === true;
    const before = values.get(name);
    if (before === undefined) values.set(name, isList ? [value] : value);
    else if (Array.isArray(before)) before.push(value);
    else throw new Problem("repeated_parameter", `${quoted(name)} was sent twice.`);
  }
  if (shape === undefined) return {};
  const texts = Object.fromEntries(values);
  const invalid = (message: string): Problem => new Problem("invalid_parameter", message);
  const value = shape.is === "columns" ? fromTexts(shape.table, texts, invalid) : texts;
  return judged(checkShape(shape, value, bodies), ([first]) => invalid(about(first)));
}

/** A validator's message rarely says which parameter it means. */
function about(error: FieldError | undefined): string {
  const [, name = ""] = (error?.pointer ?? "").split("/");
  const message = error?.message ?? "The query does not fit.";
  return name === "" || message.toLowerCase().includes(name.replaceAll("_", " ").toLowerCase())
    ? message
    : `${name.slice(0, 64)}: ${message}`;
}

function readBody(call: CallModel, body: Json | undefined, bodies: BodyValidator): unknown {
  const { body: shape } = call;
  if (shape === undefined) return body;
  const required = new Problem("body_required", `${call.title} needs a JSON body.`);
  if (body === undefined && shape.is === "columns") throw required;
  return judged(checkShape(shape, body, bodies), (errors) => {
    if (body === undefined) return required;
    const detail = `The body does not fit ${call.title}: ${errors.length === 1 ? "one finding" : `${errors.length} findings`}.`;
    return new Problem("invalid_data", detail, { errors, error: errors[0]?.message ?? detail });
  });
}

function judged(verdict: Verdict | Promise<Verdict>, refusal: (errors: readonly FieldError[]) => Problem): unknown {
  if (verdict instanceof Promise) return verdict.then((late) => judged(late, refusal));
  if (verdict.ok) return verdict.value;
  throw refusal(verdict.errors);
}

/** Texts of a URL as the JSON values that a body would hold; undefined members are checked like absent ones. */
function fromTexts(
  table: TableModel,
  texts: Readonly<Record<string, unknown>>,
  refusal: (message: string) => Problem,
): Record<string, Json> {
  const row: Record<string, Json> = {};
  for (const { name, kind } of table.columns) {
    const text = texts[name];
    if (typeof text !== "string") continue;
    const stored = kind.parse(text);
    if (stored === undefined) throw refusal(`${name} takes ${kind.expects}.`);
    row[name] = writtenAs(kind, stored);
  }
  return row;
}

interface KnownParameters {
  readonly names: readonly string[];
  /** Those that may be sent several times. */
  readonly lists: readonly string[];
}

/** The parameters that a query takes; undefined where a validator does not say, and so has to refuse others itself. */
function knownParameters(shape: ShapeModel): KnownParameters | undefined {
  if (shape.is === "columns") return { names: shape.table.columns.map(({ name }) => name), lists: [] };
  const { properties, additionalProperties = false } = shape.input;
  if (typeof properties !== "object" || properties === null || additionalProperties !== false) return undefined;
  const entries = Object.entries(properties as Record<string, JsonSchema>);
  return {
    names: entries.map(([name]) => name),
    lists: entries.filter(([, schema]) => schema["type"] === "array").map(([name]) => name),
  };
}
