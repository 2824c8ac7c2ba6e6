import { chosenEnvironment, environments } from "../state/environments.ts";
import { useStore } from "../state/store.ts";
import type { RequestPaneProps } from "./request-pane.tsx";

/** The method, the address, and the one thing to do. */
export function RequestLine({ endpoint, draft, setDraft, sending }: RequestPaneProps) {
  const { variables, name } = chosenEnvironment(useStore(environments));
  const base = variables.find((variable) => variable.name === "base_url")?.value;
  const isWrong = sending.problem?.place === "url";
  return (
    <div className="request-line">
      <span className={`mono method ${endpoint.method.toLowerCase()}`}>{endpoint.method}</span>
      <span className="base-url mono" title={base ?? `has no value in ${name}`}>
        {"{{base_url}}"}
      </span>
      <input
        id="path"
        className="mono path"
        aria-label="Path"
        spellCheck={false}
        value={draft.path}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? "draft-problem" : undefined}
        onChange={({ target }) => setDraft({ ...draft, path: target.value })}
      />
      <button
        // The same button, so that the focus stays on it while the request is on its way.
        type={sending.busy ? "button" : "submit"}
        className="send"
        data-send={sending.busy ? "busy" : "ready"}
        onClick={sending.busy ? sending.cancel : undefined}
      >
        {sending.busy ? "Cancel" : "Send"}
      </button>
    </div>
  );
}
