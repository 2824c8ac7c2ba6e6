import type { TableDescription } from "../schema/table-description.ts";
import { useStore } from "../state/store.ts";
import { visible } from "../text/visible-text.ts";
import { sqlHistory } from "./sql-history.ts";

export interface Example {
  readonly sql: string;
  readonly params: string;
}

interface StatementListProps {
  readonly tables: readonly TableDescription[];
  readonly onChoose: (example: Example) => void;
}

/** What ran last, and what there is to begin with. */
export function StatementList({ tables, onChoose }: StatementListProps) {
  const past = useStore(sqlHistory);
  return (
    <aside className="sql-aside" aria-label="Statements">
      {past.length > 0 && (
        <>
          <div className="sql-aside-head">
            <h2>History</h2>
            <button type="button" className="quiet" onClick={() => sqlHistory.set([])}>
              Forget
            </button>
          </div>
          <ul data-history>
            {past.map((sql) => (
              <li key={sql}>
                <Choice example={{ sql, params: "" }} onChoose={onChoose} />
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="sql-aside-head">
        <h2>Examples</h2>
      </div>
      <ul data-examples>
        {examplesOf(tables).map((example) => (
          <li key={example.sql}>
            <Choice example={example} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </aside>
  );
}

function Choice({ example, onChoose }: { readonly example: Example; readonly onChoose: (example: Example) => void }) {
  return (
    <button type="button" className="sql-choice mono" onClick={() => onChoose(example)}>
      {visible(example.sql)}
    </button>
  );
}

/** Statements over tables that really are there. */
function examplesOf(tables: readonly TableDescription[]): readonly Example[] {
  const listed = tables.filter(({ view }) => !view);
  const first = listed[0];
  const referring = listed.find(({ columns }) => columns.some(({ references }) => references !== null));
  const column = referring?.columns.find(({ references }) => references !== null);
  const schema = { sql: "SELECT name, type FROM sqlite_schema ORDER BY type, name", params: "" };
  if (first === undefined) return [schema];
  const key = quoted(first.key[0] ?? "rowid");
  return [
    { sql: `SELECT * FROM ${quoted(first.name)} ORDER BY ${key} DESC LIMIT 20`, params: "" },
    { sql: `SELECT * FROM ${quoted(first.name)} WHERE ${key} = ?`, params: "[1]" },
    ...(referring === undefined || column === undefined
      ? []
      : [
          {
            sql: `SELECT ${quoted(column.name)}, count(*) AS rows FROM ${quoted(referring.name)} GROUP BY 1 ORDER BY 2 DESC`,
            params: "",
          },
        ]),
    schema,
  ];
}

/** A name as SQL takes it, quoted where it has to be. */
function quoted(name: string): string {
  // Words of SQL among the names of tables are rare, and these are the ones that people choose.
  const plain =
    /^[a-z_][a-z0-9_]*$/.test(name) && !/^(?:order|group|index|values|table|check|default|to|from)$/.test(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}
