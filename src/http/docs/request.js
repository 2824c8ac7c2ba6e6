import { copyButton, el } from "./element.js";
import { methodWord } from "./list.js";
import { sample, schemaView, typeText } from "./schema.js";
/** @import { ApiDocument, Operation, Parameter } from "./document.js" */

/** @typedef {{ method: string, url: string, headers: [name: string, value: string][], body: string | undefined }} Prepared */
/** @typedef {{ parameter: Parameter, input: HTMLInputElement | HTMLSelectElement, operator: HTMLSelectElement | undefined }} Field */

/**
 * The form of one endpoint. `send` gets the request when the form is submitted.
 * @param {ApiDocument} api
 * @param {Operation} operation
 * @param {(request: Prepared, button: HTMLButtonElement) => void} send
 * @returns {HTMLElement}
 */
export function requestForm(api, operation, send) {
  const fields = operation.parameters.map((parameter) => fieldOf(api, parameter));
  const inPlace = (/** @type {string} */ place) => fields.filter(({ parameter }) => parameter.in === place);
  const conditions = inPlace("query").filter(({ operator }) => operator !== undefined);
  const query = inPlace("query").filter(({ operator }) => operator === undefined);
  const more = el("input", {
    id: "p-more",
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    placeholder: "user.username=alice",
  });
  const body = operation.body === undefined ? undefined : bodyField(api, operation.body);
  const path = el("code", { class: "path" });
  const button = el("button", { type: "submit", class: "send" }, "Send");
  const curl = el("code", {});
  const prepare = () => prepared(operation, { fields, more: more.value, body: body?.value });
  const refresh = () => {
    const request = prepare();
    path.textContent = request.url;
    curl.textContent = curlText(request);
  };
  const form = el(
    "form",
    { novalidate: true },
    el("div", { class: "bar" }, methodWord(operation.method), path, button),
    el("h1", {}, operation.summary),
    ...(operation.description === "" ? [] : [el("p", {}, operation.description)]),
    ...group("Path", inPlace("path")),
    ...folded(conditions),
    ...(query.length === 0
      ? []
      : [
          el(
            "fieldset",
            {},
            el("legend", {}, "Query"),
            ...query.map(fieldRow),
            ...(conditions.length === 0 ? [] : [moreRow(more)]),
          ),
        ]),
    ...group("Headers", inPlace("header")),
    ...(body === undefined || operation.body === undefined
      ? []
      : [
          el(
            "fieldset",
            {},
            el("legend", {}, "Body"),
            body,
            el("details", {}, el("summary", {}, "What a body holds"), schemaView(api, operation.body)),
          ),
        ]),
    el(
      "div",
      { class: "headed" },
      el("h2", {}, "curl"),
      copyButton(() => curl.textContent ?? "", "the curl command"),
    ),
    el("pre", { class: "curl", tabindex: "0", "aria-label": "The curl command" }, curl),
  );
  form.addEventListener("input", refresh);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const empty = inPlace("path").find(({ input }) => input.value.trim() === "");
    if (empty === undefined) send(prepare(), button);
    else empty.input.focus();
  });
  refresh();
  return form;
}

/**
 * @param {ApiDocument} api
 * @param {Parameter} parameter
 * @returns {Field}
 */
function fieldOf(api, parameter) {
  const { schema, name } = parameter;
  const id = `p-${parameter.in}-${name}`;
  const choices = schema.type === "boolean" ? ["true", "false"] : schema.enum;
  const operators = parameter["x-operators"];
  const hint = schema.type === "array" ? "" : schema.default === undefined ? "" : String(schema.default);
  const preset = parameter.in === "path" && schema.type === "integer" ? "1" : undefined;
  // A condition may hold a list or a part of a text, so its value is not chosen from the enumeration.
  const input =
    choices === undefined || operators !== undefined
      ? el("input", {
          id,
          type: "text",
          spellcheck: "false",
          autocomplete: "off",
          placeholder: hint,
          value: preset,
          required: parameter.required,
          "aria-describedby": `${id}-hint`,
        })
      : el(
          "select",
          { id, "aria-describedby": `${id}-hint` },
          el("option", { value: "" }, "not sent"),
          ...choices.map((/** @type {unknown} */ value) => el("option", {}, String(value))),
        );
  const operator =
    operators === undefined
      ? undefined
      : el(
          "select",
          { "aria-label": `Operator for ${name}` },
          ...["eq", ...operators].map((word) => el("option", {}, word)),
        );
  return { parameter: { ...parameter, description: parameter.description ?? typeText(api, schema) }, input, operator };
}

/** @param {Field} field */
function fieldRow({ parameter, input, operator }) {
  const label = el(
    "label",
    { for: input.id },
    el("code", {}, operator === undefined ? parameter.name : plainName(parameter.name)),
  );
  const words = operator === undefined ? (parameter.description ?? "") : "";
  const hint = el("span", { class: "hint", id: `${input.id}-hint` }, words);
  const control =
    operator === undefined ? el("div", {}, input, hint) : el("div", { class: "pair" }, operator, input, hint);
  return el("div", { class: "field" }, label, control);
}

/** @param {HTMLInputElement} input */
function moreRow(input) {
  const hint = el(
    "span",
    { class: "hint" },
    "Whatever the fields above do not reach, divided by &: conditions through relations, the limit of an included list.",
  );
  return el("div", { class: "field" }, el("label", { for: input.id }, "more"), el("div", {}, input, hint));
}

/**
 * @param {string} legend
 * @param {Field[]} fields
 */
function group(legend, fields) {
  return fields.length === 0 ? [] : [el("fieldset", {}, el("legend", {}, legend), ...fields.map(fieldRow))];
}

/** @param {Field[]} conditions */
function folded(conditions) {
  if (conditions.length === 0) return [];
  const count = el(
    "span",
    { class: "soft" },
    ` on ${conditions.length} columns; in and nin take values divided by commas`,
  );
  return [el("details", { class: "conditions" }, el("summary", {}, "Conditions", count), ...conditions.map(fieldRow))];
}

/**
 * @param {ApiDocument} api
 * @param {import("./document.js").Schema} schema
 */
function bodyField(api, schema) {
  const text = JSON.stringify(sample(api, schema), null, 2);
  const rows = String(Math.min(Math.max(text.split("\n").length + 1, 4), 16));
  const area = el("textarea", { rows, spellcheck: "false", "aria-label": "Body" });
  area.value = text;
  return area;
}

/**
 * @param {Operation} operation
 * @param {{ fields: Field[], more: string, body: string | undefined }} filled
 * @returns {Prepared}
 */
function prepared(operation, { fields, more, body }) {
  let { path } = operation;
  /** @type {string[]} */
  const query = [];
  /** @type {[string, string][]} */
  const headers = body === undefined ? [] : [["Content-Type", "application/json"]];
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
function plainName(name) {
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

/** @param {Prepared} request */
function curlText({ method, url, headers, body }) {
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [
    `curl -i${/[[\]{}]/.test(url) ? " -g" : ""} ${method === "GET" || (method === "POST" && body !== undefined) ? "" : `-X ${method} `}${quoted(location.origin + url)}`,
  ];
  for (const [name, value] of headers) parts.push(`  -H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`  -d ${quoted(body)}`);
  return parts.join(" \\\n");
}
