import { type FormEvent, useState } from "react";
import { useApi } from "../api/use-api.ts";
import { FormRow } from "../explorer/form-row.tsx";
import { Dialog } from "../shell/dialog.tsx";
import { announce } from "../state/announcement.ts";
import { Refused } from "./ask-server.ts";
import { Wrong } from "./part.tsx";
import { useChange } from "./use-asked.ts";

export const KEYS_URL = "/api/auth/keys";

/** Makes a key, and shows it: this once, since the server keeps a hash of it alone. */
export function KeyDialog({ onClose }: { readonly onClose: () => void }) {
  const { mutate, data, error, isPending } = useChange<{ readonly key: string }>(KEYS_URL);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Readonly<Record<string, string>>;
    const scopes = (typed["scopes"] ?? "").split(/[\s,]+/).filter((scope) => scope !== "");
    const days = typed["expires_in_days"] ?? "";
    const body = { label: typed["label"], scopes, ...(days === "" ? {} : { expires_in_days: Number(days) }) };
    mutate({ method: "POST", url: KEYS_URL, body, said: "The key is made. It is shown this once." });
  };
  return (
    <Dialog label="Make a key" className="form-dialog" onClose={onClose}>
      <h2>Make a key</h2>
      {data === undefined ? (
        <form onSubmit={submit} noValidate>
          <KeyFields findings={error instanceof Refused ? error.findings : new Map()} />
          <Wrong words={error === null || (error instanceof Refused && error.findings.size > 0) ? "" : error.message} />
          <p className="dialog-buttons">
            <button type="button" className="plain" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="primary" disabled={isPending}>
              Make it
            </button>
          </p>
        </form>
      ) : (
        <MadeKey secret={data.key} onClose={onClose} />
      )}
    </Dialog>
  );
}

function KeyFields({ findings }: { readonly findings: ReadonlyMap<string, readonly string[]> }) {
  const { data: api } = useApi();
  const tables = (api?.groups ?? [])
    .map(({ name }) => name)
    .filter((name) => !/^(?:auth|server|your routes)$/.test(name));
  const messages = (name: string): readonly string[] => findings.get(name) ?? [];
  return (
    <div className="people-fields">
      <FormRow name="label" words="what it is for" messages={messages("label")}>
        {(field) => <input {...field} className="field" name="label" autoComplete="off" />}
      </FormRow>
      <FormRow
        name="scopes"
        words="with blanks between"
        note={`A table and read or write: ${tables[0] ?? "posts"}:read. *:write is every table; to write includes to read.`}
        messages={messages("scopes")}
      >
        {(field) => (
          <input {...field} className="field" name="scopes" autoComplete="off" spellCheck={false} list="key-scopes" />
        )}
      </FormRow>
      <datalist id="key-scopes">
        {["*", ...tables].flatMap((table) => [
          <option key={`${table}:read`} value={`${table}:read`} />,
          <option key={`${table}:write`} value={`${table}:write`} />,
        ])}
      </datalist>
      <FormRow name="expires_in_days" words="1 to 365, 90 unless told" messages={messages("expires_in_days")}>
        {(field) => <input {...field} className="field" name="expires_in_days" inputMode="numeric" placeholder="90" />}
      </FormRow>
    </div>
  );
}

function MadeKey({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
    announce("The key is copied.");
  };
  return (
    <>
      <p>This is the key. It is shown this once: nobody can tell it again, the server neither.</p>
      <pre className="paper-text" data-secret tabIndex={0} role="region" aria-label="The key">
        {secret}
      </pre>
      <p className="soft small">
        Send it as <code>Authorization: Bearer svk_…</code>. Copied by hand it is as good.
      </p>
      <p className="dialog-buttons">
        <button
          type="button"
          className="primary"
          onClick={() => void copy().catch(() => announce("The browser did not let it be copied. Mark it instead."))}
        >
          {copied ? "✓ Copied" : "Copy"}
        </button>
        <button type="button" className="plain" onClick={onClose}>
          I have it
        </button>
      </p>
    </>
  );
}
