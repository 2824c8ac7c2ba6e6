import { useDeferredValue, useState } from "react";
import { visible } from "../text/visible-text.ts";
import { AccountDialog } from "./account-dialog.tsx";
import { type AccountRow, type AccountsTable, SHOWN, useAccountRows, useAccountsTables } from "./account-rows.ts";
import { wordsOf } from "./ask-server.ts";
import { Moment, Nothing, Part, Wrong } from "./part.tsx";

/** The rows of the tables that have accounts. */
export function Accounts() {
  const { tables, error } = useAccountsTables();
  return (
    <Part
      title="Accounts"
      words="Whoever can sign in. Administrators give them roles, and shut them out: both hold at once."
    >
      {error !== null && (
        <Nothing>Administrators see the accounts in production. Sign in as one at the top right.</Nothing>
      )}
      {tables?.map((table) => (
        <AccountsOf key={table.name} table={table} />
      ))}
    </Part>
  );
}

function AccountsOf({ table }: { readonly table: AccountsTable }) {
  const [words, setWords] = useState("");
  const [opened, setOpened] = useState<string>();
  const asked = useDeferredValue(words.trim());
  const { data, error } = useAccountRows(table, asked);
  const shown = data?.find(({ key }) => key === opened);
  return (
    <div className="people-table">
      <input
        className="field"
        type="search"
        data-search
        aria-label={`Find in ${table.path} by ${table.identifier}`}
        placeholder={`Find by ${table.identifier}`}
        value={words}
        onChange={({ target }) => setWords(target.value)}
      />
      <Wrong words={error === null ? "" : wordsOf(error)} />
      {data !== undefined && data.length === 0 ? (
        <Nothing>
          {asked === "" ? (
            <>
              Nobody has an account yet. The first signs up with <code>POST /api/auth/sign-up</code>, in the Explorer
              too.
            </>
          ) : (
            `Nobody has that in ${table.identifier}.`
          )}
        </Nothing>
      ) : (
        <AccountRows table={table} rows={data ?? []} onOpen={setOpened} />
      )}
      {data?.length === SHOWN && <p className="soft small">The first {SHOWN}. Search to find others.</p>}
      {shown !== undefined && <AccountDialog table={table} row={shown} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

interface AccountRowsProps {
  readonly table: AccountsTable;
  readonly rows: readonly AccountRow[];
  readonly onOpen: (key: string) => void;
}

function AccountRows({ table, rows, onOpen }: AccountRowsProps) {
  return (
    <table className="lines">
      <thead>
        <tr>
          <th scope="col">{visible(table.key)}</th>
          <th scope="col">{visible(table.identifier)}</th>
          <th scope="col">Roles</th>
          <th scope="col" className="wide">
            Sessions
          </th>
          <th scope="col" className="wide">
            Last used
          </th>
          <th scope="col">
            <span className="unseen">Manage</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, account }) => (
          <tr key={key} data-account={key}>
            <td className="mono">{visible(key)}</td>
            <td className="mono grows">{visible(name)}</td>
            <td>
              {account?.roles.map((role) => (
                <span key={role} className="tag">
                  {visible(role)}
                </span>
              ))}
              <State table={table} account={account} />
            </td>
            <td className="mono wide">{account?.sessions ?? 0}</td>
            <td className="mono soft wide">
              <Moment at={account?.last_used_at} />
            </td>
            <td>
              <button type="button" className="plain" onClick={() => onOpen(key)}>
                Manage<span className="unseen"> {visible(name)}</span> …
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Why somebody cannot sign in, or what else asks for them. */
function State({ table, account }: { readonly table: AccountsTable; readonly account: AccountRow["account"] }) {
  if (account === undefined) return <span className="soft small">has never signed up</span>;
  return (
    <>
      {account.disabled && <span className="tag warns">✕ disabled</span>}
      {table.verify && account.verified_at === null && <span className="tag warns">unverified</span>}
      {account.second_factor && <span className="tag">second factor</span>}
    </>
  );
}
