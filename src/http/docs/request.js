import { authorization } from "./credentials.js";
/** @import { Operation, Parameter } from "./document.js" */
/** @import { Field } from "./form.js" */

/** @typedef {{ method: string, url: string, headers: [name: string, value: string][], body: string | undefined }} Prepared */

/**
 * The request that a filled form stands for.
 * @param {Operation} operation
 * @param {{ fields: Field[], more: string, body: string | undefined }} filled
 * @returns {Prepared}
 */
export function prepared(operation, { fields, more, body }) {
  let { path } = operation;
  /** @type {string[]} */
  const query = [];
  /** @type {[string, string][]} */
  const headers = [
    ...authorization(),
    ...(body === undefined ? [] : [/** @type {[string, string]} */ (["Content-Type", "application/json"])]),
  ];
  for (const { parameter, input, operator } of fields) {
    const value = input.value.trim();
    if (value === "") continue;
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, keySegment(parameter, value));
    else if (parameter.in === "header") headers.push([parameter.name, value]);
    else query.push(...pairs(parameter.name, operator?.value ?? "eq", value));
  }
  for (const part of more.split("&").filter((text) => text.trim() !== "")) {
    const equals = part.indexOf("=");
    query.push(
      equals === -1
        ? escaped(part.trim())
        : `${escaped(part.slice(0, equals).trim())}=${escaped(part.slice(equals + 1))}`,
    );
  }
  return { method: operation.method, url: query.length === 0 ? path : `${path}?${query.join("&")}`, headers, body };
}

/**
 * @param {string} name
 * @param {string} operator
 * @param {string} value
 */
function pairs(name, operator, value) {
  if (operator === "eq") return [`${escaped(name)}=${escaped(value)}`];
  const values = operator === "in" || operator === "nin" ? value.split(",") : [value];
  return values.map((part) => `${escaped(`${plainName(name)}[${operator}]`)}=${escaped(part.trim())}`);
}

/** A column called like a reserved word is written `limit[eq]`; @param {string} name */
export function plainName(name) {
  return name.replace(/\[eq\]$/, "");
}

/**
 * A key of several columns keeps its commas.
 * @param {Parameter} parameter
 * @param {string} value
 */
function keySegment({ schema }, value) {
  return schema.type === "array"
    ? value
        .split(",")
        .map((part) => encodeURIComponent(part.trim()))
        .join(",")
    : encodeURIComponent(value);
}

/** Escaped, but for what people want to read in a query; @param {string} text */
function escaped(text) {
  return encodeURIComponent(text).replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%2C", ",");
}

/**
 * The same request for a terminal.
 * @param {Prepared} request
 */
export function curlText({ method, url, headers, body }) {
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [
    `curl -i${/[[\]{}]/.test(url) ? " -g" : ""} ${method === "GET" || (method === "POST" && body !== undefined) ? "" : `-X ${method} `}${quoted(location.origin + url)}`,
  ];
  for (const [name, value] of headers) parts.push(`  -H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`  -d ${quoted(body)}`);
  return parts.join(" \\\n");
}
