import { takeToken } from "./credentials.js";
import { byId, copyButton, el } from "./element.js";
import { schemaView } from "./schema.js";
/** @import { ApiDocument, Operation } from "./document.js" */
/** @import { Prepared } from "./request.js" */

/** Characters of a body that are coloured; a longer one is shown as it came. */
const COLOURED = 200_000;

/** Requests sent so far: only the answer to the last one is shown. */
let sent = 0;

/**
 * Sends a request and shows what came back.
 * @param {Prepared} request
 * @returns {Promise<void>}
 */
export async function sendRequest(request) {
  const place = byId("result");
  const number = ++sent;
  place.replaceChildren(el("p", { class: "soft" }, "Sending …"));
  // Where the panes stand below one another the answer would come unseen.
  if (byId("answer").getBoundingClientRect().top > innerHeight * 0.8) byId("answer").scrollIntoView({ block: "start" });
  const started = performance.now();
  try {
    const { method, headers } = request;
    // An answer from the browser's own cache would show a status that the server never gave.
    const response = await fetch(request.url, {
      method,
      headers,
      body: request.body ?? null,
      cache: "no-store",
      redirect: "manual",
    });
    const text = await response.text();
    takeToken(response, text);
    if (number === sent) showAnswer(place, { response, text, milliseconds: performance.now() - started });
  } catch (error) {
    if (number !== sent) return;
    byId("said").textContent = "No answer.";
    const words = error instanceof Error ? error.message : String(error);
    place.replaceChildren(
      el("p", { class: "chip bad" }, "✕ No answer"),
      el("p", {}, `The request or its answer was lost: ${words}. Is the server still running?`),
    );
  }
}

/**
 * @param {HTMLElement} place
 * @param {{ response: Response, text: string, milliseconds: number }} came
 */
function showAnswer(place, { response, text, milliseconds }) {
  const { status } = response;
  const good = status < 400;
  const words = `${status} ${response.statusText}`.trim();
  const size = `${new Blob([text]).size.toLocaleString("en")} B`;
  const time = `${milliseconds.toFixed(1)} ms`;
  const headers = [...response.headers];
  byId("said").textContent = `${words}, ${time}`;
  place.replaceChildren(
    el(
      "p",
      { class: "outcome" },
      el("strong", { class: good ? "chip good" : "chip bad" }, `${good ? "✓" : "✕"} ${words}`),
      el("span", { class: "soft" }, `${time} · ${size}`),
    ),
    el(
      "details",
      {},
      el("summary", {}, "Headers", el("span", { class: "soft" }, ` ${headers.length}`)),
      el("dl", { class: "headers" }, ...headers.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    ),
    ...(text === ""
      ? [el("p", { class: "soft" }, "The body is empty.")]
      : [
          el(
            "div",
            { class: "headed" },
            el("h2", {}, "Body"),
            copyButton(() => text, "the body"),
          ),
          bodyView(response, text),
        ]),
  );
}

/**
 * @param {Response} response
 * @param {string} text
 */
function bodyView(response, text) {
  const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
  const coloured = isJson && text.length <= COLOURED;
  return el(
    "pre",
    { class: "body", tabindex: "0", "aria-label": "The body of the answer" },
    ...(coloured ? colouredJson(text) : [text]),
  );
}

/**
 * JSON with line breaks and colours, from its own text: parsing would spell numbers anew.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function colouredJson(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1];
    const line = () => `\n${"  ".repeat(depth)}`;
    if (token === "{" || token === "[") {
      depth++;
      parts.push(token, next === "}" || next === "]" ? "" : line());
    } else if (token === "}" || token === "]") {
      depth--;
      const before = tokens[at - 1];
      parts.push(before === "{" || before === "[" ? "" : line(), token);
    } else if (token === ",") parts.push(token, line());
    else if (token === ":") parts.push(": ");
    else parts.push(el("span", { class: token.startsWith('"') ? (next === ":" ? "key" : "text") : "literal" }, token));
  }
  return parts;
}

/**
 * The pane on the right: what came back, and below it every answer that the endpoint can give.
 * @param {ApiDocument} api
 * @param {Operation} operation
 */
export function drawAnswers(api, operation) {
  const empty = el(
    "p",
    { class: "soft" },
    "Nothing was sent yet. Send calls this server, and its answer stands here: status, headers and body.",
  );
  const rows = operation.answers.map(({ status, description, schema, headers }) => {
    const good = Number(status) < 400;
    const codes = good ? [el("p", {}, description)] : [codeList(description)];
    const named = headers.filter(([name]) => !["X-Request-Id", "Vary", "Cache-Control"].includes(name));
    const told =
      named.length === 0
        ? []
        : [
            el(
              "dl",
              { class: "headers" },
              ...named.flatMap(([name, words]) => [el("dt", {}, name), el("dd", {}, words)]),
            ),
          ];
    const view = schema === undefined || !good ? [] : [schemaView(api, schema)];
    const summary = el(
      "summary",
      {},
      el("strong", { class: good ? "status good" : "status bad" }, status),
      el("span", { class: "soft" }, good ? description : short(description)),
    );
    return el(
      "details",
      { open: good && schema !== undefined },
      summary,
      ...(good ? codes.slice(1) : codes),
      ...told,
      ...view,
    );
  });
  byId("answer").replaceChildren(
    el("h2", {}, "Answer"),
    el("div", { id: "result" }, empty),
    el("h2", {}, "What it may answer"),
    el("div", { class: "answers" }, ...rows),
  );
}

/** The codes of a refusal, each with a link to its explanation; @param {string} description */
function codeList(description) {
  const lines = description.split("\n").map((line) => /^(\w+): (.*)$/.exec(line));
  return el(
    "ul",
    { class: "codes" },
    ...lines.map((match) =>
      el(
        "li",
        {},
        el("a", { href: `/docs/errors#${match?.[1] ?? ""}` }, el("code", {}, match?.[1] ?? "")),
        ` ${match?.[2] ?? ""}`,
      ),
    ),
  );
}

/** @param {string} description */
function short(description) {
  return description
    .split("\n")
    .map((line) => line.split(":")[0])
    .join(", ");
}
