import { useState } from "react";
import { Dialog } from "../shell/dialog.tsx";
import type { Caller } from "../state/callers.ts";
import { visible } from "../text/visible-text.ts";
import { wordsOf } from "./ask-server.ts";
import { KeyDialog, KEYS_URL } from "./key-dialog.tsx";
import { Moment, Nothing, Part, Wrong } from "./part.tsx";
import { useAsked, useChange } from "./use-asked.ts";

/** A line of `GET /api/auth/keys`. */
interface ApiKey {
  readonly id: string;
  readonly starts_with: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** The keys by which programs come as whoever is chosen. */
export function ApiKeys({ caller }: { readonly caller: Caller | undefined }) {
  const { data, error } = useAsked<readonly ApiKey[]>(KEYS_URL, caller !== undefined);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  return (
    <Part
      title="API keys"
      words="A key lets a program act as you. It can do what its scopes open, and never more than you."
    >
      {caller === undefined ? (
        <Nothing>Nobody is signed in on this page. Sign in at the top right to make a key of your own.</Nothing>
      ) : (
        <>
          <Wrong words={error === null ? "" : wordsOf(error)} />
          {data?.length === 0 && (
            <Nothing>You have no keys. Make one for each program, so that each can be revoked.</Nothing>
          )}
          {data !== undefined && data.length > 0 && <KeyRows keys={data} onRevoke={setRevoking} />}
          <p>
            <button type="button" className="primary" onClick={() => setMaking(true)}>
              Make a key
            </button>
          </p>
        </>
      )}
      {making && <KeyDialog onClose={() => setMaking(false)} />}
      {revoking !== undefined && <RevokeDialog apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </Part>
  );
}

interface KeyRowsProps {
  readonly keys: readonly ApiKey[];
  readonly onRevoke: (key: ApiKey) => void;
}

function KeyRows({ keys, onRevoke }: KeyRowsProps) {
  return (
    <table className="lines">
      <thead>
        <tr>
          <th scope="col">label</th>
          <th scope="col">scopes</th>
          <th scope="col" className="wide">
            Begins with
          </th>
          <th scope="col" className="wide">
            Last used
          </th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id} data-key={key.id}>
            <td className="grows">{visible(key.label)}</td>
            <td className="mono">{visible(key.scopes.join(" "))}</td>
            <td className="mono soft wide">{visible(key.starts_with)}</td>
            <td className="mono soft wide">
              <Moment at={key.last_used_at} />
            </td>
            <td>
              <KeyState apiKey={key} onRevoke={onRevoke} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function KeyState({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: (key: ApiKey) => void }) {
  if (apiKey.revoked_at !== null) return <span className="error">✕ revoked</span>;
  if (Date.parse(apiKey.expires_at) <= Date.now()) return <span className="soft">over</span>;
  return (
    <button type="button" className="plain" onClick={() => onRevoke(apiKey)}>
      Revoke<span className="unseen"> {visible(apiKey.label)}</span> …
    </button>
  );
}

function RevokeDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { mutate, error, isPending } = useChange(KEYS_URL);
  const revoke = (): void =>
    mutate(
      { method: "DELETE", url: `${KEYS_URL}/${encodeURIComponent(apiKey.id)}`, said: "The key is revoked." },
      { onSuccess: onClose },
    );
  return (
    <Dialog label="Revoke a key" className="form-dialog" onClose={onClose}>
      <h2>Revoke {visible(apiKey.label)}?</h2>
      <p className="soft">Programs that come with it are refused at once. It cannot be taken back.</p>
      <Wrong words={error === null ? "" : wordsOf(error)} />
      <p className="dialog-buttons">
        <button type="button" className="plain" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="primary" disabled={isPending} onClick={revoke}>
          Revoke
        </button>
      </p>
    </Dialog>
  );
}
