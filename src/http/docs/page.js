import { drawAnswers, sendRequest } from "./answer.js";
import { offerToken } from "./credentials.js";
import { ApiDocument } from "./document.js";
import { byId, el } from "./element.js";
import { drawList, markCurrent, openList } from "./list.js";
import { requestForm } from "./form.js";

const main = byId("endpoint");

/** Reads the document once; everything on the page comes from it. */
async function start() {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`/openapi.json answered ${response.status}`);
  const api = new ApiDocument(await response.json());
  document.title = `${api.title} API`;
  byId("title").textContent = api.title;
  drawList(api);
  offerToken(api);
  addEventListener("hashchange", () => show(api, true));
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    // The address keeps the endpoint that is shown.
    event.preventDefault();
    main.focus();
  });
  show(api, false);
}

/**
 * Shows the endpoint that the address names, or the overview.
 * @param {ApiDocument} api
 * @param {boolean} chosen whether a person chose it just now: then the focus goes along
 */
function show(api, chosen) {
  const id = decodeURIComponent(location.hash.slice(1));
  const operation = api.operations.find((candidate) => candidate.id === id);
  markCurrent(operation?.id);
  openList(operation === undefined);
  if (operation === undefined) {
    main.replaceChildren(...overview(api));
    byId("answer").replaceChildren();
    return;
  }
  drawAnswers(api, operation);
  main.replaceChildren(requestForm(api, operation, sendRequest));
  document.title = `${operation.method} ${operation.path} · ${api.title} API`;
  if (!chosen) return;
  main.focus({ preventScroll: true });
  for (const pane of [main, byId("answer"), main.parentElement, document.documentElement]) pane?.scrollTo(0, 0);
}

/** @param {ApiDocument} api */
function overview(api) {
  const parts = api.description.split("\n\n").map((part) => {
    const lines = part.split("\n");
    if (lines.length === 1) return el("p", {}, part);
    const terms = lines.slice(1).flatMap((line) => {
      const [, term = "", words = line] = /^- (\w+): (.*)$/.exec(line) ?? [];
      return [el("dt", {}, term), el("dd", {}, words)];
    });
    return el("div", {}, el("p", {}, lines[0] ?? ""), el("dl", { class: "headers" }, ...terms));
  });
  const keys = el(
    "p",
    { class: "soft" },
    "Keys: ",
    el("kbd", {}, "/"),
    " finds an endpoint, ",
    el("kbd", {}, "↓"),
    " and ",
    el("kbd", {}, "↑"),
    " walk the list, ",
    el("kbd", {}, "Enter"),
    " sends.",
  );
  return [
    el("h1", {}, api.title),
    el("p", {}, "Choose an endpoint to see what it takes and to call it."),
    ...parts,
    keys,
  ];
}

start().catch((error) => {
  main.replaceChildren(
    el("h1", {}, "The documentation could not be read"),
    el(
      "p",
      {},
      `${error instanceof Error ? error.message : String(error)}. Load the page again, or open /openapi.json itself.`,
    ),
  );
});
