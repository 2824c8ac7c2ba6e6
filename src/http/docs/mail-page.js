// The pages that the links of mails open: what they do is done by a click, never by opening them.
const form = document.querySelector("form");
const said = document.querySelector("#said");
const token = new URLSearchParams(location.search).get("token") ?? "";

/** @param {string} text */
function say(text) {
  if (said !== null) said.textContent = text;
}

/** @param {HTMLFormElement} sent */
async function send(sent) {
  const members = Object.fromEntries(new FormData(sent));
  const answer = await fetch(sent.dataset["action"] ?? "", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...members, token }),
    credentials: "omit",
  });
  if (answer.ok) {
    sent.hidden = true;
    say(sent.dataset["done"] ?? "");
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  say(typeof problem.error === "string" ? problem.error : "That did not work. Try again later.");
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  say("");
  send(form).catch(() => say("The server cannot be reached. Try again later."));
});
