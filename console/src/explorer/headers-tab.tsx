import { bodyText, headersOf } from "./build-request.ts";
import { FormRow } from "./form-row.tsx";
import { FreeRows } from "./free-rows.tsx";
import type { RequestPaneProps } from "./request-pane.tsx";

/** What goes along, what the endpoint knows, and what somebody adds. */
export function HeadersTab({ endpoint, draft, setDraft, sending }: RequestPaneProps) {
  const known = endpoint.parameters.filter((parameter) => parameter.in === "header");
  const carried = { asking: sending.asking, hasBody: bodyText(endpoint, draft) !== undefined };
  const own = headersOf(endpoint, { ...draft, headers: {}, freeHeaders: [] }, carried);
  return (
    <>
      <dl className="own-headers mono">
        {own.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="soft">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="form-rows">
        {known.map(({ name, description }) => (
          <FormRow key={name} name={name} words="text, optional" note={description} messages={[]}>
            {(field) => (
              <input
                {...field}
                className="field"
                value={draft.headers[name] ?? ""}
                onChange={({ target }) => setDraft({ ...draft, headers: { ...draft.headers, [name]: target.value } })}
              />
            )}
          </FormRow>
        ))}
      </div>
      <FreeRows
        rows={draft.freeHeaders}
        what="header"
        onChange={(freeHeaders) => setDraft({ ...draft, freeHeaders })}
      />
    </>
  );
}
