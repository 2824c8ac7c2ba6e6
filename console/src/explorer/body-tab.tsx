import { useState } from "react";
import type { Schema } from "../api/open-api.ts";
import { bodyText } from "./build-request.ts";
import { BodyField } from "./body-field.tsx";
import { fieldsOfJson, isFromToken } from "./form-body.ts";
import type { RequestPaneProps } from "./request-pane.tsx";

interface BodyTabProps extends RequestPaneProps {
  readonly findings: ReadonlyMap<string, readonly string[]>;
}

/** The body: a form made of what the endpoint takes, or the JSON itself. */
export function BodyTab(props: BodyTabProps) {
  const { endpoint, draft, setDraft, findings } = props;
  const [unreadable, setUnreadable] = useState(false);
  if (endpoint.takes.length === 0)
    return (
      <p className="soft">
        {endpoint.method} {endpoint.path} takes no body.
      </p>
    );
  const hasForm = endpoint.body?.properties !== undefined;
  const toJson = (): void => setDraft({ ...draft, bodyKind: "json", bodyText: bodyText(endpoint, draft) ?? "" });
  const toForm = (): void => {
    const fields = fieldsOfJson(draft.bodyText);
    setUnreadable(fields === undefined);
    if (fields !== undefined) setDraft({ ...draft, bodyKind: "form", fields });
  };
  const others = [...findings].filter(
    ([name]) => draft.bodyKind === "json" || endpoint.body?.properties?.[name] === undefined,
  );
  return (
    <>
      {hasForm && (
        <p className="body-kind">
          <button type="button" className="quiet" aria-pressed={draft.bodyKind === "form"} onClick={toForm}>
            Form
          </button>
          <button type="button" className="quiet" aria-pressed={draft.bodyKind === "json"} onClick={toJson}>
            JSON
          </button>
        </p>
      )}
      {unreadable && draft.bodyKind === "json" && (
        <p className="error small">✕ This is no JSON object, so no form can show it.</p>
      )}
      {draft.bodyKind === "json" ? (
        <textarea
          className="field body-text"
          data-field="body"
          aria-label="Body"
          spellCheck={false}
          value={draft.bodyText}
          onChange={({ target }) => setDraft({ ...draft, bodyText: target.value })}
        />
      ) : (
        <BodyForm {...props} schema={endpoint.body ?? {}} />
      )}
      {others.map(([name, messages]) => (
        <p key={name} className="error small" data-finding={name}>
          ✕ {name}: {messages.join(" ")}
        </p>
      ))}
    </>
  );
}

/** What must be sent first, then what may; what the server fills in, and what cannot be changed, at the end. */
function BodyForm({ draft, setDraft, findings, schema }: BodyTabProps & { readonly schema: Schema }) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).filter(([, part]) => part.readOnly !== true);
  const rank = ([name, part]: readonly [string, Schema]): number =>
    isFromToken(part) ? 3 : part.items !== undefined ? 2 : required.has(name) ? 0 : 1;
  const sorted = [...fields].sort((left, right) => rank(left) - rank(right));
  const field = ([name, part]: readonly [string, Schema]) => (
    <BodyField
      key={name}
      name={name}
      schema={part}
      required={required.has(name)}
      value={draft.fields[name] ?? ""}
      messages={findings.get(name) ?? []}
      onChange={(value) => setDraft({ ...draft, fields: { ...draft.fields, [name]: value } })}
    />
  );
  const own = sorted.filter((one) => rank(one) !== 2);
  const along = sorted.filter((one) => rank(one) === 2);
  return (
    <div className="form-rows">
      {own.map(field)}
      {along.length > 0 && (
        <details>
          <summary className="soft">Rows that come along: {along.map(([name]) => name).join(", ")}</summary>
          <div className="form-rows">{along.map(field)}</div>
        </details>
      )}
    </div>
  );
}
