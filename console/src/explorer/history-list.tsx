import type { ApiDescription } from "../api/open-api.ts";
import { useStore } from "../state/store.ts";
import { visible } from "../text/visible-text.ts";
import { useGoTo } from "../use-go-to.ts";
import { keptDraft } from "./draft.ts";
import { drafts } from "./drafts.ts";
import { history, type PastRequest } from "./history.ts";

/** The last requests of this browser: a click fills one in again. */
export function HistoryList({ endpoints }: Pick<ApiDescription, "endpoints">) {
  const past = useStore(history);
  const goTo = useGoTo();
  const restore = ({ operation, draft }: PastRequest): void => {
    const endpoint = endpoints.get(operation);
    if (endpoint === undefined) return;
    drafts.set({ ...drafts.get(), [operation]: keptDraft(draft, endpoint) });
    goTo("/", { op: operation });
  };
  if (past.length === 0)
    return (
      <p className="soft picker-none">What you send stands here, the last 50 requests. A click fills one in again.</p>
    );
  return (
    <ul className="endpoints" data-history>
      {past.map((one, at) => (
        <li key={`${one.id} ${at}`}>
          <button
            type="button"
            className="endpoint mono"
            onClick={() => restore(one)}
            title={new Date(one.at).toLocaleString()}
          >
            <span className={`method ${one.method.toLowerCase()}`}>{one.method === "DELETE" ? "DEL" : one.method}</span>
            <span>
              {visible(one.path)} <span className={one.status < 400 ? "went" : "error"}>{one.status}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
