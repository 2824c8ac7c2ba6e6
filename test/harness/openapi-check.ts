import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import type { Application } from "servery";

/** A request and its answer, as a client sees them. Header names of the answer are lower-case. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Throws where an answer is not what the document says; the message names the operation and every finding. */
export type AnswerCheck = (exchange: Exchange) => void;

interface Part {
  readonly [key: string]: unknown;
}

/** Where something stands in the document: a JSON pointer as a URI fragment. */
type Pointer = string;

interface Operation {
  readonly method: string;
  /** Decoded; a parameter is undefined. */
  readonly segments: readonly (string | undefined)[];
  readonly pointer: Pointer;
}

/** Headers of the transport, of browsers, the one that every answer has alike, and the one of development. */
const TRANSPORT =
  /^(?:content-type|content-length|connection|date|keep-alive|transfer-encoding|x-content-type-options|server-timing|access-control-.*)$/;

const NDJSON = "application/x-ndjson";
/** Lines of a stream that are looked at. */
const CHECKED_LINES = 1_000;

/** One check a declaration: all engines of a declaration have one document. */
const checks = new WeakMap<object, Map<string, AnswerCheck>>();

/** The check of an application's own document for an audience, made once for each declaration. */
export async function answerCheckOf(
  application: Application,
  audience: "everybody" | "administrators" = "everybody",
): Promise<AnswerCheck> {
  const kept = checks.get(application.declaration) ?? new Map<string, AnswerCheck>();
  checks.set(application.declaration, kept);
  const check = kept.get(audience) ?? makeAnswerCheck(await application.openApi(audience));
  kept.set(audience, check);
  return check;
}

/** The check of one OpenAPI 3.1 document, given as JSON text. Schemas are compiled at their first use and kept. */
export function makeAnswerCheck(text: string): AnswerCheck {
  const document = new ApiDocument(JSON.parse(text) as Part);
  return (exchange) => {
    const operation = document.operationOf(exchange);
    const findings =
      operation === undefined ? withoutOperation(document, exchange) : ofOperation(document, operation, exchange);
    if (findings.length === 0) return;
    const name = operation === undefined ? "no operation of the document" : operation.pointer;
    const head = `${exchange.method} ${exchange.url.slice(0, 200)} answered ${exchange.status}, which the OpenAPI document does not say (${name}):`;
    throw new Error([head, ...findings.map((finding) => `- ${finding}`), exchange.text.slice(0, 500)].join("\n"));
  };
}

class ApiDocument {
  readonly #root: Part;
  readonly #ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, allowUnionTypes: true, formats });
  readonly #operations: readonly Operation[];

  constructor(root: Part) {
    this.#root = root;
    // Ajv compiles the root as well as what is asked for: its members say nothing about a value.
    this.#ajv.addVocabulary(Object.keys(root));
    this.#ajv.addSchema(root as AnySchemaObject, "api", undefined, false);
    const methods = ["get", "post", "put", "patch", "delete"];
    this.#operations = Object.entries(root["paths"] as Part).flatMap(([path, item]) =>
      methods
        .filter((method) => method in (item as Part))
        .map((method) => ({
          method: method.toUpperCase(),
          segments: segmentsOf(path),
          pointer: below("#/paths", path, method),
        })),
    );
  }

  /** The operation that answers a request; HEAD is that of GET. */
  operationOf({ method, url }: Exchange): Operation | undefined {
    const asked = segmentsOf(url.split("?")[0] ?? "", false);
    const wanted = method === "HEAD" ? "GET" : method;
    return this.#operations.find(
      (operation) =>
        operation.method === wanted &&
        operation.segments.length === asked.length &&
        operation.segments.every((segment, at) => (segment === undefined ? asked[at] !== "" : segment === asked[at])),
    );
  }

  /** The part at a pointer with where it really stands, references followed; undefined where there is none. */
  find(pointer: Pointer): { readonly part: Part; readonly pointer: Pointer } | undefined {
    const keys = pointer
      .slice(2)
      .split("/")
      .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
    const part = keys.reduce<unknown>((at, key) => (at as Part | undefined)?.[key], this.#root) as Part | undefined;
    if (part === undefined) return undefined;
    const reference = part["$ref"];
    return typeof reference === "string" ? this.find(reference) : { part, pointer };
  }

  /** What a value breaks of the schema at a pointer; undefined when it fits. */
  breaks(pointer: Pointer, value: unknown): string | undefined {
    const validate = this.#ajv.getSchema(`api${pointer}`);
    if (validate === undefined) return `the document has no schema at ${pointer}`;
    return validate(value) === true
      ? undefined
      : this.#ajv.errorsText(validate.errors, { dataVar: "", separator: "; " });
  }
}

function ofOperation(document: ApiDocument, operation: Operation, exchange: Exchange): string[] {
  const response = document.find(below(operation.pointer, "responses", String(exchange.status)));
  if (response === undefined) {
    // An engine without documentation serves no document either, so it may refuse what this one describes.
    const tags = document.find(operation.pointer)?.part["tags"] as readonly string[];
    const switchedOff = tags.includes("documentation") && problemCode(exchange) === "no_route";
    return switchedOff ? [] : [`the status ${exchange.status} is not documented`];
  }
  return [
    ...headerFindings(document, response, exchange),
    ...bodyFindings(document, response, exchange),
    ...codeFindings(String(response.part["description"]), exchange),
  ];
}

/** What is no operation can only be refused, or be the question which methods there are. */
function withoutOperation(document: ApiDocument, exchange: Exchange): string[] {
  const { method, status, headers } = exchange;
  if (method === "OPTIONS" && status === 204)
    return headers["allow"] === undefined ? ["the header Allow is missing"] : [];
  if (status < 400) return ["only a refusal can come from a route that is not documented"];
  const missing = ["x-request-id", "vary"]
    .filter((name) => headers[name] === undefined)
    .map((name) => `the header ${name} is missing`);
  return [...missing, ...problemFindings(document, exchange)];
}

function problemFindings(document: ApiDocument, exchange: Exchange): string[] {
  if (mediaTypeOf(exchange) !== "application/problem+json") return ["an error is not application/problem+json"];
  if (exchange.method === "HEAD") return exchange.text === "" ? [] : ["HEAD answered a body"];
  const broken = document.breaks("#/components/schemas/Problem", JSON.parse(exchange.text));
  return broken === undefined ? [] : [broken];
}

function headerFindings(
  document: ApiDocument,
  response: { readonly part: Part; readonly pointer: Pointer },
  exchange: Exchange,
): string[] {
  const documented = Object.keys((response.part["headers"] ?? {}) as Part);
  const findings = documented.flatMap((name) => {
    const header = document.find(below(response.pointer, "headers", name));
    const value = exchange.headers[name.toLowerCase()];
    if (header === undefined) return [`the document describes no header ${name}`];
    if (value === undefined) return header.part["required"] === true ? [`the header ${name} is missing`] : [];
    const schema = header.part["schema"] as Part;
    const broken = document.breaks(
      below(header.pointer, "schema"),
      schema["type"] === "integer" ? Number(value) : value,
    );
    return broken === undefined ? [] : [`the header ${name} is ${JSON.stringify(value)}: ${broken}`];
  });
  const known = new Set(documented.map((name) => name.toLowerCase()));
  const others = Object.keys(exchange.headers).filter((name) => !known.has(name) && !TRANSPORT.test(name));
  return [...findings, ...others.map((name) => `the header ${name} is not documented`)];
}

function bodyFindings(
  document: ApiDocument,
  response: { readonly part: Part; readonly pointer: Pointer },
  exchange: Exchange,
): string[] {
  const content = response.part["content"] as Part | undefined;
  const type = mediaTypeOf(exchange);
  if (content === undefined)
    return [
      ...(exchange.text === "" ? [] : ["a body came where none is documented"]),
      ...(type === undefined ? [] : [`an empty answer has the Content-Type ${type}`]),
    ];
  if (type === undefined || !(type in content)) return [`the media type ${String(type)} is not documented`];
  if (exchange.method === "HEAD") return exchange.text === "" ? [] : ["HEAD answered a body"];
  const isLines = type === NDJSON;
  const body: unknown = type.endsWith("json") && !isLines ? JSON.parse(exchange.text) : exchange.text;
  const broken = document.breaks(below(response.pointer, "content", type, "schema"), body);
  if (broken !== undefined) return [broken];
  return isLines ? lineFindings(document, response.pointer, exchange.text) : [];
}

/** Each line is what an item of the JSON list is. */
function lineFindings(document: ApiDocument, pointer: Pointer, text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.pop() !== "") return ["the last line has no end"];
  const item = below(pointer, "content", "application/json", "schema", "items");
  return lines.slice(0, CHECKED_LINES).flatMap((line, at) => {
    const broken = document.breaks(item, JSON.parse(line));
    return broken === undefined ? [] : [`line ${at}: ${broken}`];
  });
}

/** The description of a refusal lists its codes, one a line. */
function codeFindings(description: string, exchange: Exchange): string[] {
  const code = problemCode(exchange);
  const documented = code === undefined || description.split("\n").some((line) => line.startsWith(`${code}: `));
  return documented ? [] : [`the code ${code} is not documented for this status`];
}

function problemCode(exchange: Exchange): string | undefined {
  if (mediaTypeOf(exchange) !== "application/problem+json" || exchange.text === "") return undefined;
  return String((JSON.parse(exchange.text) as Part)["code"]);
}

function mediaTypeOf({ headers }: Exchange): string | undefined {
  return headers["content-type"]?.split(";")[0];
}

function segmentsOf(path: string, template = true): (string | undefined)[] {
  return path.split("/").map((segment) => (template && segment.startsWith("{") ? undefined : decoded(segment)));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function below(pointer: Pointer, ...keys: readonly string[]): Pointer {
  return [pointer, ...keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")))].join("/");
}

/** Written anew on purpose: with the engine's own formats a mistake in them would not be seen. */
const formats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: (text) => isMoment(`${text}T00:00:00.000Z`),
  "date-time": isMoment,
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  uri: (text) => URL.canParse(text),
  "uri-reference": (text) => URL.canParse(text, "http://host/"),
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  int64: (text) => /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
};

function isMoment(text: string): boolean {
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text;
}
