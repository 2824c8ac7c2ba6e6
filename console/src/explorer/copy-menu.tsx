import type { Endpoint } from "../api/open-api.ts";
import type { SentRequest } from "../api/send-request.ts";
import { announce } from "../state/announcement.ts";
import type { BuiltRequest } from "./build-request.ts";
import { asClient, asCurl, asFetch, asHttp } from "./copy-as.ts";
import type { Draft } from "./draft.ts";

interface CopyMenuProps {
  readonly endpoint: Endpoint;
  readonly draft: Draft;
  readonly built: BuiltRequest;
}

/** Takes the request along: for a terminal, a page, the typed client, or to read. */
export function CopyMenu({ endpoint, draft, built }: CopyMenuProps) {
  const forms: Readonly<Record<string, (request: SentRequest) => string>> = {
    curl: asCurl,
    fetch: asFetch,
    "typed client": (request) => asClient(endpoint, draft, request),
    HTTP: asHttp,
  };
  const copy = async (name: string): Promise<void> => {
    const form = forms[name];
    if (form === undefined) return;
    if (built.request === undefined) {
      announce(built.problem.message);
      return;
    }
    try {
      await navigator.clipboard.writeText(form(built.request));
      announce(`Copied as ${name}`);
    } catch {
      announce("The browser did not let the page copy. The Raw tab has the message to select.");
    }
  };
  return (
    <select className="copy soft" aria-label="Copy as" value="" onChange={({ target }) => void copy(target.value)}>
      <option value="">Copy as …</option>
      {Object.keys(forms).map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
