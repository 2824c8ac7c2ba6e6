import { type KeyboardEvent, useState } from "react";
import type { Endpoint } from "../api/open-api.ts";
import { visible } from "../text/visible-text.ts";
import { BodyTab } from "./body-tab.tsx";
import { headersOf, bodyText } from "./build-request.ts";
import { CopyMenu } from "./copy-menu.tsx";
import { type Draft, placesOf } from "./draft.ts";
import { findingsByField } from "./findings.ts";
import { HeadersTab } from "./headers-tab.tsx";
import { PathFields } from "./path-fields.tsx";
import { QueryTab } from "./query-tab.tsx";
import { RawTab } from "./raw-tab.tsx";
import { RequestLine } from "./request-line.tsx";
import { Tabs } from "./tabs.tsx";
import type { Sending } from "./use-sending.ts";

export interface RequestPaneProps {
  readonly endpoint: Endpoint;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly sending: Sending;
}

/** The request while it is written: its line, what is in its path, and the rest in tabs. */
export function RequestPane(props: RequestPaneProps) {
  const { endpoint, draft, sending } = props;
  const [chosen, setChosen] = useState<string>();
  const findings = findingsByField(sending.answer);
  const names = ["Body", "Headers", "Query", "Raw"];
  const usual = endpoint.takes.length > 0 ? "Body" : "Query";
  const tab = chosen ?? usual;
  const carried = { asking: sending.asking, hasBody: bodyText(endpoint, draft) !== undefined };
  const count: Readonly<Record<string, number>> = {
    Headers: headersOf(endpoint, draft, carried).length,
    Query: Object.values(draft.query).filter(({ value }) => value !== "").length + draft.freeQuery.length,
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) sending.send();
  };
  return (
    <form
      className="request-pane"
      aria-label="The request"
      noValidate
      onKeyDown={pressed}
      onSubmit={(event) => {
        event.preventDefault();
        sending.send();
      }}
    >
      <RequestLine {...props} />
      {sending.problem !== undefined && (
        <p className="error problem" id="draft-problem" data-problem>
          ✕ {sending.problem.message}
        </p>
      )}
      <Summary endpoint={endpoint} />
      {placesOf(draft.path).length > 0 && <PathFields {...props} />}
      <Tabs
        label="Parts of the request"
        names={names}
        counts={count}
        chosen={tab}
        onChoose={setChosen}
        end={<CopyMenu endpoint={endpoint} draft={draft} built={sending.built} />}
      >
        {tab === "Body" && <BodyTab {...props} findings={findings} />}
        {tab === "Headers" && <HeadersTab {...props} />}
        {tab === "Query" && <QueryTab {...props} />}
        {tab === "Raw" && <RawTab built={sending.built} />}
      </Tabs>
    </form>
  );
}

/** What it does in a line, and the rest for whoever wants to know. */
function Summary({ endpoint: { summary, description } }: Pick<RequestPaneProps, "endpoint">) {
  if (description === "") return <p className="soft small summary">{visible(summary)}</p>;
  return (
    <details className="soft small summary">
      <summary>{visible(summary)}</summary>
      <p>{visible(description)}</p>
    </details>
  );
}
