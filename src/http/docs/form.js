import { copyButton, el } from "./element.js";
import { methodWord } from "./list.js";
import { curlText, plainName, prepared } from "./request.js";
import { sample, schemaView, typeText } from "./schema.js";
/** @import { ApiDocument, Operation, Parameter, Schema } from "./document.js" */
/** @import { Prepared } from "./request.js" */

/** @typedef {{ parameter: Parameter, input: HTMLInputElement | HTMLSelectElement, operator: HTMLSelectElement | undefined }} Field */

/**
 * The form of one endpoint. `send` gets the request when the form is submitted.
 * @param {ApiDocument} api
 * @param {Operation} operation
 * @param {(request: Prepared) => Promise<void>} send
 * @returns {HTMLElement}
 */
export function requestForm(api, operation, send) {
  const fields = operation.parameters.map((parameter) => fieldOf(parameter));
  const more = textInput("p-more", { placeholder: "user.username=alice" });
  const body = operation.body === undefined ? undefined : bodyArea(api, operation.body);
  const path = el("code", { class: "path" });
  const curl = el("code", {});
  const prepare = () => prepared(operation, { fields, more: more.value, body: body?.value });
  const refresh = () => {
    const request = prepare();
    path.textContent = request.url;
    curl.textContent = curlText(request);
  };
  const form = el(
    "form",
    {},
    el("div", { class: "bar" }, methodWord(operation.method), path, el("button", { class: "send" }, "Send")),
    el("h1", {}, operation.summary),
    ...(operation.description === "" ? [] : [el("p", {}, operation.description)]),
    ...parts(
      fields,
      more,
      body === undefined || operation.body === undefined ? [] : [body, bodyHelp(api, operation.body)],
    ),
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
    void send(prepare());
  });
  refresh();
  return form;
}

/**
 * What is to be filled in, in the order in which people do it.
 * @param {Field[]} fields
 * @param {HTMLInputElement} more
 * @param {HTMLElement[]} body
 */
function parts(fields, more, body) {
  const at = (/** @type {string} */ place) => fields.filter(({ parameter }) => parameter.in === place);
  const conditions = at("query").filter(({ operator }) => operator !== undefined);
  const query = at("query")
    .filter(({ operator }) => operator === undefined)
    .map(fieldRow);
  const headers = at("header");
  const names = headers.map(({ parameter }) => parameter.name).join(", ");
  const needed = headers.some(({ parameter }) => parameter.required === true);
  return [
    ...group("Path", at("path").map(fieldRow)),
    ...group("Body", body),
    ...folded("Conditions", `on ${conditions.length} columns; in and nin take values divided by commas`, conditions),
    ...group("Query", conditions.length === 0 ? query : [...query, moreRow(more)]),
    ...(needed ? group("Headers", headers.map(fieldRow)) : folded("Headers", names, headers)),
  ];
}

/**
 * @param {string} legend
 * @param {HTMLElement[]} rows
 */
function group(legend, rows) {
  return rows.length === 0 ? [] : [el("fieldset", {}, el("legend", {}, legend), ...rows)];
}

/**
 * @param {string} title
 * @param {string} words
 * @param {Field[]} fields
 */
function folded(title, words, fields) {
  if (fields.length === 0) return [];
  const summary = el("summary", {}, title, el("span", { class: "soft" }, ` ${words}`));
  return [el("details", { class: "folded" }, summary, ...fields.map(fieldRow))];
}

/**
 * @param {Parameter} parameter
 * @returns {Field}
 */
function fieldOf(parameter) {
  const { schema, name } = parameter;
  const id = `p-${parameter.in}-${name}`;
  const choices = schema.type === "boolean" ? ["true", "false"] : schema.enum;
  const operators = parameter["x-operators"];
  const described = { "aria-describedby": `${id}-hint` };
  const value = parameter.in === "path" && schema.type === "integer" ? "1" : undefined;
  const placeholder = schema.default === undefined ? undefined : String(schema.default);
  // A condition may hold a list or a part of a text, so its value is not chosen from the enumeration.
  const input =
    choices === undefined || operators !== undefined
      ? textInput(id, { placeholder, value, required: parameter.required, ...described })
      : el(
          "select",
          { id, ...described },
          ...["", ...choices].map((choice) =>
            el("option", { value: String(choice) }, choice === "" ? "not sent" : String(choice)),
          ),
        );
  const operator =
    operators &&
    el(
      "select",
      { "aria-label": `Operator for ${name}` },
      ...["eq", ...operators].map((word) => el("option", {}, word)),
    );
  return { parameter: { ...parameter, description: parameter.description ?? typeText(schema) }, input, operator };
}

/**
 * @param {string} id
 * @param {Record<string, string | boolean | undefined>} others
 */
function textInput(id, others) {
  return el("input", { id, type: "text", spellcheck: "false", autocomplete: "off", ...others });
}

/** @param {Field} field */
function fieldRow({ parameter, input, operator }) {
  if (operator !== undefined)
    return row(plainName(parameter.name), input, el("div", { class: "pair" }, operator, input));
  return row(
    parameter.name,
    input,
    input,
    el("span", { class: "hint", id: `${input.id}-hint` }, parameter.description ?? ""),
  );
}

/** @param {HTMLInputElement} input */
function moreRow(input) {
  return row(
    "more",
    input,
    input,
    el("span", { class: "hint" }, "Conditions through relations, options of include; divided by &."),
  );
}

/**
 * @param {string} name
 * @param {HTMLElement} labelled
 * @param {...HTMLElement} control
 */
function row(name, labelled, ...control) {
  return el(
    "div",
    { class: "field" },
    el("label", { for: labelled.id }, el("code", {}, name)),
    el("div", {}, ...control),
  );
}

/**
 * @param {ApiDocument} api
 * @param {Schema} schema
 */
function bodyArea(api, schema) {
  const text = JSON.stringify(sample(api, schema), null, 2);
  const rows = String(Math.min(Math.max(text.split("\n").length + 1, 4), 16));
  const area = el("textarea", { rows, spellcheck: "false", "aria-label": "Body" });
  area.value = text;
  return area;
}

/**
 * @param {ApiDocument} api
 * @param {Schema} schema
 */
function bodyHelp(api, schema) {
  return el("details", {}, el("summary", {}, "What a body holds"), schemaView(api, schema));
}
