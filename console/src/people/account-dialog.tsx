import { type FormEvent, useState } from "react";
import { Dialog } from "../shell/dialog.tsx";
import { announce } from "../state/announcement.ts";
import { callers, chosenCaller, standInFor } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { visible } from "../text/visible-text.ts";
import type { AccountRow, AccountsTable } from "./account-rows.ts";
import { Refused, wordsOf } from "./ask-server.ts";
import { Wrong } from "./part.tsx";
import { useChange } from "./use-asked.ts";

interface AccountDialogProps {
  readonly table: AccountsTable;
  readonly row: AccountRow;
  readonly onClose: () => void;
}

/** What an account may do, whether it may sign in, and where it is signed in. */
export function AccountDialog({ table, row, onClose }: AccountDialogProps) {
  const { key, name, account } = row;
  const [roles, setRoles] = useState(account?.roles.join(" ") ?? "");
  const [disabled, setDisabled] = useState(account?.disabled === true);
  const { mutate, error, isPending } = useChange("accounts");
  const caller = chosenCaller(useStore(callers));
  const url = `/api/auth/accounts/${encodeURIComponent(key)}`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const named = roles.split(/[\s,]+/).filter((role) => role !== "");
    const body = { accounts: table.path, roles: named, disabled };
    mutate({ method: "PATCH", url, body, said: "The account is changed." }, { onSuccess: onClose });
  };
  const endSessions = (): void => {
    const ended = `${url}/sessions?${new URLSearchParams({ accounts: table.path })}`;
    mutate({ method: "DELETE", url: ended, said: `${name} is signed out everywhere.` }, { onSuccess: onClose });
  };
  const standIn = (): void => {
    standInFor({ table: table.path, key, name });
    announce(`Requests now go as ${name}.`);
    onClose();
  };
  return (
    <Dialog label={`Account of ${visible(name)}`} className="form-dialog" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2 className="mono">{visible(name)}</h2>
        <RolesField roles={roles} wrong={error instanceof Refused && error.findings.has("roles")} onChange={setRoles} />
        <DisabledField disabled={disabled} onChange={setDisabled} />
        <p className="account-also">
          <button
            type="button"
            className="plain"
            disabled={isPending || (account?.sessions ?? 0) === 0}
            onClick={endSessions}
          >
            End all sessions ({account?.sessions ?? 0})
          </button>
          {caller !== undefined && (
            <button type="button" className="plain" onClick={standIn}>
              Ask as this account
            </button>
          )}
        </p>
        <Wrong words={error === null ? "" : refusalWords(error)} />
        <p className="dialog-buttons">
          <button type="button" className="plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isPending}>
            Save
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function refusalWords(error: Error): string {
  if (!(error instanceof Refused)) return wordsOf(error);
  if (error.code === "sign_in_required" || error.code === "forbidden")
    return "Only administrators change accounts. Sign in as one at the top right.";
  const found = [...error.findings.values()].flat();
  return found.length > 0 ? found.join(" ") : error.message;
}

interface RolesFieldProps {
  readonly roles: string;
  readonly wrong: boolean;
  readonly onChange: (roles: string) => void;
}

function RolesField({ roles, wrong, onChange }: RolesFieldProps) {
  return (
    <label className="dialog-field">
      <span className="mono">roles</span>
      <span className="soft small">
        Names with blanks between them. <code>admin</code> passes every rule.
      </span>
      <input
        className="field"
        data-field="roles"
        autoComplete="off"
        spellCheck={false}
        value={roles}
        aria-invalid={wrong}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}

interface DisabledFieldProps {
  readonly disabled: boolean;
  readonly onChange: (disabled: boolean) => void;
}

function DisabledField({ disabled, onChange }: DisabledFieldProps) {
  return (
    <label className="people-check">
      <input
        type="checkbox"
        data-field="disabled"
        checked={disabled}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span>
        <span className="mono">disabled</span>{" "}
        <span className="soft">ends every session and key of this account, and lets nobody sign in with it.</span>
      </span>
    </label>
  );
}
