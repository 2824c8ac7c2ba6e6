import { createStore } from "../state/store.ts";

/** What the terminal has shown, as it stood behind the # of the address. It is kept in memory alone, and goes with the page. */
export const firstRunToken = createStore<string | undefined>(undefined);

const FRAGMENT = /^#first-run=(.+)$/;

/** Takes the token out of the address before anybody copies, bookmarks or photographs it. */
function takeToken(): void {
  const token = FRAGMENT.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(history.state, "", `${location.pathname}${location.search}`);
  firstRunToken.set(decoded(token));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// While the script is read, so before the router has looked at the address; a link opened in this tab comes later.
takeToken();
addEventListener("hashchange", takeToken);
