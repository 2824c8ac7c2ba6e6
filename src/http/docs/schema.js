import { el } from "./element.js";
/** @import { ApiDocument, Schema } from "./document.js" */

/** Deeper than this an example says nothing more. */
const SAMPLE_DEPTH = 3;

/**
 * A schema in a few words: `text, at most 200`.
 * @param {Schema} schema
 * @returns {string}
 */
export function typeText(schema) {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1);
  if (schema.anyOf !== undefined) return schema.anyOf.map((/** @type {Schema} */ part) => typeText(part)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return `one of ${schema.enum.map((/** @type {string | null} */ value) => value ?? "null").join(", ")}`;
  const types = [schema.type ?? "any"].flat();
  if (types[0] === "array" && schema.items !== undefined && schema.items !== false)
    return `list of ${typeText(schema.items)}`;
  if (types[0] === "array")
    return (schema.prefixItems ?? []).map((/** @type {Schema} */ part) => typeText(part)).join(", ") || "list";
  const words = types.map((type) => (type === "string" ? (schema.format ?? "text") : type)).join(" or ");
  return [words, ...limits(schema)].join(", ");
}

/**
 * @param {Schema} schema
 * @returns {string[]}
 */
function limits({ minLength, maxLength, minimum, maximum }) {
  const words = [];
  if (minLength > 0) words.push(`at least ${minLength}`);
  if (maxLength !== undefined) words.push(`at most ${maxLength.toLocaleString("en")}`);
  if (Math.abs(minimum) < Number.MAX_SAFE_INTEGER && minimum !== -2_147_483_648) words.push(`from ${minimum}`);
  if (maximum < Number.MAX_SAFE_INTEGER && maximum !== 2_147_483_647) words.push(`to ${maximum}`);
  return words;
}

/**
 * A body to start from: what is required, and what it takes to be valid.
 * @param {ApiDocument} api
 * @param {Schema} given
 * @returns {unknown}
 */
export function sample(api, given, depth = 0) {
  const schema = api.resolve(given);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const first = schema.anyOf?.find((/** @type {Schema} */ part) => part.type !== "null") ?? schema.allOf?.[0];
  if (first !== undefined) return sample(api, first, depth);
  const type = [schema.type].flat()[0];
  if (type === "object" || schema.properties !== undefined) {
    if (depth >= SAMPLE_DEPTH) return {};
    const required = /** @type {string[]} */ (schema.required ?? []);
    const open = Object.entries(schema.properties ?? {}).filter(
      ([, value]) => !(/** @type {Schema} */ (value).readOnly),
    );
    const wanted =
      required.length === 0
        ? open
            .filter(([, value]) => !(/** @type {Schema} */ (value.description ?? "").startsWith("Refers")))
            .slice(0, 1)
        : open.filter(([name]) => required.includes(name));
    return Object.fromEntries(
      wanted.map(([name, value]) => [name, sample(api, /** @type {Schema} */ (value), depth + 1)]),
    );
  }
  if (type === "array") return [];
  if (type === "integer" || type === "number") return Math.max(schema.minimum ?? 1, 1);
  if (type === "boolean") return true;
  return sampleText(schema);
}

/** @param {Schema} schema */
function sampleText({ format, pattern, maxLength, type }) {
  const known = {
    email: "someone@example.com",
    uri: "https://example.com/",
    uuid: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
    date: "2024-01-15",
    "date-time": "2024-01-15T14:30:00Z",
    int64: "1",
  };
  if (format in known) return known[/** @type {keyof typeof known} */ (format)];
  if (pattern !== undefined) return [type].flat().includes("number") ? "1" : "some-words";
  return "Some text".slice(0, maxLength ?? Number.POSITIVE_INFINITY);
}

/**
 * The members of a schema as rows; what a reference leads to is drawn when it is opened, since references run in rings.
 * @param {ApiDocument} api
 * @param {Schema} given
 * @returns {HTMLElement}
 */
export function schemaView(api, given) {
  const schema = api.resolve(given);
  // The members of a list may be of several forms: the first is the usual one.
  if (schema.anyOf?.[0]?.$ref !== undefined) return schemaView(api, schema.anyOf[0]);
  if (schema.type === "array" && schema.items)
    return el("div", {}, el("p", { class: "soft" }, "A list, each member:"), schemaView(api, schema.items));
  const members = Object.entries(schema.properties ?? {});
  if (members.length === 0) return el("p", { class: "mono" }, typeText(schema));
  const required = /** @type {string[]} */ (schema.required ?? []);
  const rows = members.map(([name, value]) =>
    memberRow(api, { name, schema: /** @type {Schema} */ (value), required: required.includes(name) }),
  );
  return el("ul", { class: "members" }, ...rows);
}

/**
 * @param {ApiDocument} api
 * @param {{ name: string, schema: Schema, required: boolean }} member
 */
function memberRow(api, { name, schema, required }) {
  const marks = [
    ...(required ? ["required"] : []),
    ...(schema.readOnly ? ["read only"] : []),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
  const head = [
    el("code", { class: "name" }, name),
    el("span", { class: "type" }, typeText(schema)),
    ...marks.map((mark) => el("span", { class: mark === "required" ? "mark need" : "mark" }, mark)),
  ];
  const inner = innerSchema(api, schema);
  const words = schema.description === undefined ? [] : [el("p", { class: "soft" }, schema.description)];
  if (inner === undefined) return el("li", {}, el("div", { class: "member" }, ...head), ...words);
  const details = el("details", {}, el("summary", { class: "member" }, ...head), ...words);
  details.addEventListener("toggle", () => details.append(schemaView(api, inner)), { once: true });
  return el("li", {}, details);
}

/**
 * The object that a member holds or refers to, if it has members of its own.
 * @param {ApiDocument} api
 * @param {Schema} schema
 * @returns {Schema | undefined}
 */
function innerSchema(api, schema) {
  const part =
    schema.anyOf?.find((/** @type {Schema} */ candidate) => candidate.type !== "null") ??
    (schema.type === "array" && schema.items ? schema.items : schema);
  return api.resolve(part).properties === undefined ? undefined : part;
}
