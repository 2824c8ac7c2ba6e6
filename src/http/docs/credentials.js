import { byId } from "./element.js";
/** @import { ApiDocument } from "./document.js" */

/** It lives in its field alone and is gone with the page: whoever opens the browser next is nobody. */
const field = () => /** @type {HTMLInputElement} */ (byId("token"));

/**
 * Shows the field of the token where the API has accounts.
 * @param {ApiDocument} api
 */
export function offerToken(api) {
  byId("who").hidden = !api.takesTokens;
  field().addEventListener("input", tell);
}

/**
 * The header that says who sends a request; none without a token.
 * @returns {[name: string, value: string][]}
 */
export function authorization() {
  const token = field().value.trim();
  return token === "" ? [] : [["Authorization", `Bearer ${token}`]];
}

/**
 * Takes the access token of an answer that has one: whoever signs in here means to go on as that account.
 * @param {Response} response
 * @param {string} text
 */
export function takeToken(response, text) {
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  if (!response.ok || !isJson || !text.includes('"access_token"')) return;
  const token = JSON.parse(text).access_token;
  if (typeof token !== "string") return;
  field().value = token;
  tell();
}

/** The open form shows what it would send. */
function tell() {
  document.querySelector("#endpoint form")?.dispatchEvent(new Event("input"));
}
