import { memo, useEffect, useRef, useState } from "react";
import type { ApiDescription, Endpoint } from "../api/open-api.ts";
import { announce } from "../state/announcement.ts";
import { counted } from "../text/amounts.ts";
import { matches } from "../text/matches.ts";
import { visible } from "../text/visible-text.ts";
import { useGoTo } from "../use-go-to.ts";
import { useGroupCaptions } from "./use-group-captions.ts";
import { HistoryList } from "./history-list.tsx";

interface EndpointPickerProps {
  readonly api: ApiDescription;
  readonly chosen: string | undefined;
}

/** Every endpoint in its group, or what was sent before. */
export function EndpointPicker({ api, chosen }: EndpointPickerProps) {
  const [words, setWords] = useState("");
  const [past, setPast] = useState(false);
  const captions = useGroupCaptions();
  const groups = api.groups
    .map(({ name, endpoints }) => ({
      name,
      endpoints: endpoints.filter(({ method, path, summary }) =>
        matches(words, `${method} ${path} ${summary} ${name}`),
      ),
    }))
    .filter(({ endpoints }) => endpoints.length > 0);
  const search = (next: string): void => {
    setWords(next);
    setPast(false);
    const found = [...api.endpoints.values()].filter(({ method, path, summary, tag }) =>
      matches(next, `${method} ${path} ${summary} ${tag}`),
    );
    announce(counted(found.length, "endpoint"));
  };
  return (
    <section className="picker-pane" aria-label="Endpoints">
      <div className="picker-top">
        <input
          className="field search"
          type="search"
          data-search
          aria-label="Find an endpoint"
          placeholder="Find an endpoint"
          value={words}
          onChange={({ target }) => search(target.value)}
        />
        <button type="button" className="quiet" aria-pressed={past} onClick={() => setPast(!past)}>
          History
        </button>
      </div>
      {past ? (
        <HistoryList endpoints={api.endpoints} />
      ) : (
        <nav className="endpoints" aria-label="Endpoints" data-endpoints>
          {groups.map(({ name, endpoints }) => (
            <div key={name}>
              <h2>
                {visible(name)} <span className="soft small">{endpoints.length}</span>
                <span className="caption soft small">{captions.get(name)}</span>
              </h2>
              <ul>
                {endpoints.map((endpoint) => (
                  <EndpointRow key={endpoint.id} endpoint={endpoint} chosen={endpoint.id === chosen} />
                ))}
              </ul>
            </div>
          ))}
          {groups.length === 0 && <p className="soft picker-none">No endpoint has these words.</p>}
        </nav>
      )}
    </section>
  );
}

const SHORT: Readonly<Record<string, string>> = { DELETE: "DEL" };

const EndpointRow = memo(function EndpointRow(shown: { readonly endpoint: Endpoint; readonly chosen: boolean }) {
  const { endpoint, chosen } = shown;
  const { id, method, path, summary } = endpoint;
  const goTo = useGoTo();
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li ref={row}>
      <a
        className="endpoint mono"
        href={`/console?op=${encodeURIComponent(id)}`}
        aria-current={chosen ? "true" : undefined}
        title={summary}
        data-op={id}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          goTo("/", { op: id });
        }}
      >
        <span className={`method ${method.toLowerCase()}`}>{SHORT[method] ?? method}</span>
        <span>{visible(path)}</span>
      </a>
    </li>
  );
});
