import { type FormEvent, useDeferredValue, useState } from "react";
import { Dialog } from "../shell/dialog.tsx";
import { announce } from "../state/announcement.ts";
import { standInFor } from "../state/callers.ts";
import { visible } from "../text/visible-text.ts";
import { type AccountRow, type AccountsTable, useAccountRows, useAccountsTables } from "./account-rows.ts";
import { wordsOf } from "./ask-server.ts";
import { Nothing } from "./part.tsx";
import "./stand-in.css";

/** Chooses the account in whose place an administrator asks. */
export default function StandInDialog({ onClose }: { readonly onClose: () => void }) {
  const [words, setWords] = useState("");
  const asked = useDeferredValue(words.trim());
  const { tables, error } = useAccountsTables();
  const choose = (table: AccountsTable, { key, name }: AccountRow): void => {
    standInFor({ table: table.path, key, name });
    announce(`Requests now go as ${name}.`);
    onClose();
  };
  // Enter takes the first that was found, as in every search.
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    event.currentTarget.querySelector<HTMLButtonElement>("[data-stand-in]")?.click();
  };
  return (
    <Dialog label="As somebody else" className="form-dialog" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2>As somebody else</h2>
        <p className="soft">
          Requests of the Explorer and of Data are then answered as they would be answered to this account. What they
          change stands in the audit as yours.
        </p>
        <input
          className="field"
          type="search"
          aria-label="Find an account"
          placeholder="Find an account"
          autoFocus
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
        {error !== null && <Nothing>{visible(wordsOf(error))}</Nothing>}
        {tables?.map((table) => (
          <Found key={table.name} table={table} words={asked} onChoose={(row) => choose(table, row)} />
        ))}
        <p className="dialog-buttons">
          <button type="button" className="plain" onClick={onClose}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  );
}

interface FoundProps {
  readonly table: AccountsTable;
  readonly words: string;
  readonly onChoose: (row: AccountRow) => void;
}

/** As many as fit into the dialog. */
const FITTING = 8;

function Found({ table, words, onChoose }: FoundProps) {
  const { data, error } = useAccountRows(table, words);
  if (error !== null) return <Nothing>{visible(wordsOf(error))}</Nothing>;
  if (data?.length === 0) return <Nothing>Nobody has that in {visible(table.identifier)}.</Nothing>;
  return (
    <ul className="stand-ins" aria-label={table.path}>
      {data?.slice(0, FITTING).map((row) => (
        <li key={row.key}>
          <button type="button" className="stand-in" data-stand-in={row.key} onClick={() => onChoose(row)}>
            <span className="mono">{visible(row.name)}</span>
            <span className="soft small">
              {visible(table.path)} {visible(row.key)}
              {row.account === undefined || row.account.roles.length === 0
                ? ""
                : ` · ${visible(row.account.roles.join(", "))}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
