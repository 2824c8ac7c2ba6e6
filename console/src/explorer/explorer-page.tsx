import { useEffect, useRef } from "react";
import type { ApiDescription, Endpoint } from "../api/open-api.ts";
import { useApi } from "../api/use-api.ts";
import { useStore } from "../state/store.ts";
import { usePageSearch } from "../use-go-to.ts";
import { visible } from "../text/visible-text.ts";
import { RequestWay } from "../way/request-way.tsx";
import { type Draft, emptyDraft } from "./draft.ts";
import { drafts } from "./drafts.ts";
import { EndpointPicker } from "./endpoint-picker.tsx";
import { RequestPane } from "./request-pane.tsx";
import { ResponsePane } from "./response-pane.tsx";
import { useSending } from "./use-sending.ts";
import "./endpoints.css";
import "./fields.css";
import "./explorer.css";

/** Choose, fill in, send, read; and below, the way of the request. */
export default function ExplorerPage() {
  const { data, error } = useApi();
  if (data === undefined)
    return (
      <div className="pane" role={error === null ? undefined : "alert"}>
        <h1>{error === null ? "Reading what this server offers …" : "The Explorer has nothing to show."}</h1>
        {error !== null && <p>{visible(error.message)}</p>}
      </div>
    );
  return <Explorer api={data} />;
}

function Explorer({ api }: { readonly api: ApiDescription }) {
  const { op } = usePageSearch();
  const endpoint = api.endpoints.get(op ?? "") ?? api.groups[0]?.endpoints[0];
  return (
    <div className="explorer">
      <h1 className="unseen">Explorer</h1>
      <EndpointPicker api={api} chosen={endpoint?.id} />
      {endpoint === undefined ? (
        <p className="pane soft">
          No route is open to you. Sign in at the top right, or write a rule: .allow({"{ read: everyone }"}).
        </p>
      ) : (
        <Workbench endpoint={endpoint} chosenByAddress={op !== undefined} />
      )}
    </div>
  );
}

interface WorkbenchProps {
  readonly endpoint: Endpoint;
  readonly chosenByAddress: boolean;
}

function Workbench({ endpoint, chosenByAddress }: WorkbenchProps) {
  const draft = useStore(drafts)[endpoint.id] ?? emptyDraft(endpoint);
  const setDraft = (next: Draft): void => drafts.set({ ...drafts.get(), [endpoint.id]: next });
  const sending = useSending(endpoint, draft);
  useFirstField(endpoint.id, chosenByAddress);
  return (
    <>
      <RequestPane endpoint={endpoint} draft={draft} setDraft={setDraft} sending={sending} />
      <ResponsePane endpoint={endpoint} draft={draft} sending={sending} />
      <RequestWay
        requestId={sending.answer?.requestId}
        clientMs={sending.answer?.ms}
        empty="Send a request, and the boxes it really passes light up, each with its time and what it did."
      />
    </>
  );
}

/** Whoever has chosen an endpoint goes on by filling it in; whoever has just opened the page has chosen nothing. */
function useFirstField(id: string, chosenByAddress: boolean): void {
  const before = useRef<string>(undefined);
  useEffect(() => {
    const isFirst = before.current === undefined;
    if (before.current === id) return;
    before.current = id;
    if (isFirst && !chosenByAddress) return;
    const first = document.querySelector<HTMLElement>("[data-field]") ?? document.getElementById("path");
    first?.focus();
  }, [id, chosenByAddress]);
}
