import { useState } from "react";
import { counted } from "../text/amounts.ts";
import { matches } from "../text/matches.ts";
import { textOf } from "../text/text-of.ts";
import { visible } from "../text/visible-text.ts";
import { NotShown, useOperatorData } from "./operator-data.tsx";
import "./settings.css";

/** One of `GET /api/server/settings`. */
interface Setting {
  readonly name: string;
  readonly variable: string;
  /** Of a secret `set` or `not set`, and never what it is. */
  readonly value: string | number | boolean | readonly string[] | null;
  readonly source: "environment" | "file" | "default";
  readonly secret: boolean;
  readonly help: string;
}

const FROM: Readonly<Record<Setting["source"], string>> = {
  environment: "the environment",
  file: "the file",
  default: "the default",
};

/** What the application runs with: to be read here, and changed where it stands. */
export default function SettingsPage() {
  const { data, error } = useOperatorData<readonly Setting[]>("/api/server/settings");
  const [words, setWords] = useState("");
  const shown = (data ?? []).filter((one) => matches(words, `${one.name} ${one.variable} ${one.source} ${one.help}`));
  return (
    <section className="settings" aria-label="Settings">
      <div className="settings-head">
        <h1>Settings</h1>
        <span className="soft" data-count>
          {data === undefined ? "" : counted(shown.length, "setting")}
        </span>
      </div>
      {error !== null ? (
        <NotShown error={error} />
      ) : (
        <>
          <p className="soft settings-said">
            What the server started with. To change one, set its variable or write it into the file, and start again.
          </p>
          <input
            className="field settings-search"
            type="search"
            data-search
            aria-label="Find a setting"
            placeholder="Find by name, variable or meaning"
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
          {shown.length > 0 && <SettingsTable settings={shown} />}
          {data !== undefined && shown.length === 0 && (
            <p className="soft">{data.length === 0 ? "The server was started without any." : "No setting fits."}</p>
          )}
        </>
      )}
    </section>
  );
}

function SettingsTable({ settings }: { readonly settings: readonly Setting[] }) {
  return (
    <table className="settings-table">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
          <th scope="col">What it is for</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((one) => (
          <tr key={one.name} data-setting={one.name}>
            <th scope="row" className="mono">
              {visible(one.name)}
              <span className="soft settings-variable">{visible(one.variable)}</span>
            </th>
            <td className="mono">
              <Value setting={one} />
            </td>
            <td className={one.source === "default" ? "soft" : "settings-given"}>{FROM[one.source]}</td>
            <td>{visible(one.help)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ setting: { value, secret } }: { readonly setting: Setting }) {
  if (secret)
    return (
      <span className="soft">
        {textOf(value)} <span className="small">(secret)</span>
      </span>
    );
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0))
    return <span className="soft">none</span>;
  return <>{visible(Array.isArray(value) ? value.join(", ") : textOf(value))}</>;
}
