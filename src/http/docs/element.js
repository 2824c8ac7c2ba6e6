/**
 * Makes an element. Text becomes text nodes and nothing else, so that no answer of any API can become markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | undefined>} attributes those that are undefined or false are left out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}

/**
 * A button that copies what `text` answers, and says so for a moment.
 * @param {() => string} text
 * @param {string} what
 */
export function copyButton(text, what) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Copy ${what}` }, "Copy");
  button.addEventListener("click", () => {
    const say = (/** @type {string} */ word) => {
      button.textContent = word;
      setTimeout(() => {
        button.textContent = "Copy";
      }, 1500);
    };
    // Pages that came over plain HTTP from another machine have no clipboard.
    if (navigator.clipboard === undefined) say("Not allowed");
    else
      navigator.clipboard.writeText(text()).then(
        () => say("Copied"),
        () => say("Not allowed"),
      );
  });
  return button;
}
