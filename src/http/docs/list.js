import { byId, el } from "./element.js";
/** @import { ApiDocument, Operation } from "./document.js" */

/**
 * A method as a word in its colour.
 * @param {string} method
 */
export function methodWord(method) {
  return el("span", { class: `method ${method.toLowerCase()}` }, method === "DELETE" ? "DEL" : method);
}

/**
 * Draws the list on the left and makes it answer to the search and the keys.
 * @param {ApiDocument} api
 */
export function drawList(api) {
  const search = /** @type {HTMLInputElement} */ (byId("search"));
  const groups = api.tags.flatMap((tag) => {
    const operations = api.operations.filter((operation) => operation.tag === tag);
    if (operations.length === 0) return [];
    const links = operations.map((operation) => el("li", {}, endpointLink(operation)));
    return [el("section", { "data-tag": tag }, el("h2", {}, tag), el("ul", {}, ...links))];
  });
  const none = el("p", { class: "soft", hidden: true }, "No endpoint has these words. Clear the search to see all.");
  byId("groups").replaceChildren(...groups, none);
  search.addEventListener("input", () => {
    filter(search.value);
    none.hidden = visibleLinks().length > 0;
  });
  byId("list").addEventListener("keydown", moveByKeys);
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (
      event.key !== "/" ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target.matches("input, textarea, select")
    )
      return;
    event.preventDefault();
    openList(true);
    search.focus();
    search.select();
  });
  byId("open-list").addEventListener("click", () => openList(document.body.dataset["list"] !== "open"));
}

/**
 * Shows or hides the list where it takes the whole width.
 * @param {boolean} open
 */
export function openList(open) {
  document.body.dataset["list"] = open ? "open" : "closed";
  byId("open-list").setAttribute("aria-expanded", String(open));
}

/**
 * Marks the endpoint that is shown.
 * @param {string | undefined} id
 */
export function markCurrent(id) {
  for (const link of byId("groups").querySelectorAll("a")) {
    link.removeAttribute("aria-current");
    if (link.dataset["id"] !== id) continue;
    link.setAttribute("aria-current", "true");
    link.scrollIntoView({ block: "nearest" });
  }
}

/** @param {Operation} operation */
function endpointLink({ id, method, path, summary, tag }) {
  const words = `${method} ${path} ${summary} ${tag} ${id}`.toLowerCase();
  return el(
    "a",
    { href: `#${encodeURIComponent(id)}`, "data-id": id, "data-words": words, title: summary },
    methodWord(method),
    el("span", { class: "path" }, ...brokenAtSlashes(path)),
  );
}

/**
 * A path that may go on in the next line before a slash, and nowhere else.
 * @param {string} path
 */
function brokenAtSlashes(path) {
  return path.split(/(?=\/)/).flatMap((part) => [el("wbr", {}), part]);
}

/** @param {string} text */
function filter(text) {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  for (const section of byId("groups").querySelectorAll("section")) {
    for (const item of section.querySelectorAll("li")) {
      const known = item.querySelector("a")?.dataset["words"] ?? "";
      item.hidden = !words.every((word) => known.includes(word));
    }
    section.hidden = section.querySelector("li:not([hidden])") === null;
  }
}

/** @returns {HTMLAnchorElement[]} */
function visibleLinks() {
  return [...byId("groups").querySelectorAll("a")].filter((link) => link.closest("[hidden]") === null);
}

/** @param {KeyboardEvent} event */
function moveByKeys(event) {
  const links = visibleLinks();
  const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
  const search = /** @type {HTMLInputElement} */ (byId("search"));
  if (event.key === "ArrowDown") (links[at + 1] ?? links.at(-1))?.focus();
  else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : search)?.focus();
  else if (event.key === "Enter" && document.activeElement === search) links[0]?.click();
  else return;
  event.preventDefault();
}
