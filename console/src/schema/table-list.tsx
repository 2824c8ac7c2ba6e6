import { type KeyboardEvent, useState } from "react";
import { matches } from "../text/matches.ts";
import { visible } from "../text/visible-text.ts";
import type { TableDescription } from "./table-description.ts";

interface TableListProps {
  readonly tables: readonly TableDescription[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

/** The tables in their order; arrows go from one to the next. */
export function TableList({ tables, chosen, onChoose }: TableListProps) {
  const [words, setWords] = useState("");
  const move = (event: KeyboardEvent<HTMLUListElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    links[links.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  };
  const shown = tables.filter(({ name, columns }) =>
    matches(words, `${name} ${columns.map((column) => column.name).join(" ")}`),
  );
  return (
    <nav className="table-list" aria-label="Tables">
      <input
        className="field"
        type="search"
        data-search
        aria-label="Find a table"
        placeholder="Find a table or a column"
        value={words}
        onChange={({ target }) => setWords(target.value)}
      />
      <ul onKeyDown={move}>
        {shown.map(({ name, columns }) => (
          <li key={name}>
            <button
              type="button"
              data-table={name}
              aria-current={name === chosen ? "true" : undefined}
              onClick={() => onChoose(name)}
            >
              <span className="mono">{visible(name)}</span>
              <span className="soft small">{columns.length}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="soft">No table fits.</p>}
    </nav>
  );
}
