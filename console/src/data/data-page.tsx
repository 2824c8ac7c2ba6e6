import { Link, useParams } from "@tanstack/react-router";
import { visible } from "../text/visible-text.ts";
import { useGoTo, usePageSearch } from "../use-go-to.ts";
import { cellText } from "./cell-text.ts";
import { addressOf, rowsOfAddress } from "./rows-address.ts";
import type { RowsQuery } from "./rows-query.ts";
import { TableView } from "./table-view.tsx";
import type { Table } from "./tables.ts";
import { useTables } from "./use-tables.ts";
import "./data.css";

/** An address can be as long as somebody likes. */
const TOLD = 10;

/** The tables, and the rows of the chosen one. */
export default function DataPage() {
  const { table: path } = useParams({ strict: false }) as { readonly table?: string };
  const { tables, error } = useTables();
  const table = tables?.find((one) => one.path === path);
  return (
    <div className="data-page">
      <TableList tables={tables ?? []} />
      {error !== null ? (
        <p className="data-note error" role="alert">
          ✕ {error.message}
        </p>
      ) : tables === undefined ? (
        <p className="data-note soft">Reading the tables …</p>
      ) : table === undefined ? (
        <NoTable path={path} tables={tables} />
      ) : (
        <AddressedTable key={table.path} table={table} tables={tables} />
      )}
    </div>
  );
}

function TableList({ tables }: { readonly tables: readonly Table[] }) {
  return (
    <nav className="table-list" aria-label="Tables">
      <h2>Tables</h2>
      <ul>
        {tables.map(({ path, name, view }) => (
          <li key={path}>
            <Link {...toTable(path)} className="mono" data-table={path}>
              {visible(name)}
              {view && <span className="soft small"> view</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The router knows the routes of the pages while it runs only. */
function toTable(path: string) {
  return {
    to: "/data/{-$table}",
    params: { table: path },
    search: {},
    activeOptions: { includeSearch: false },
  } as unknown as { readonly to: string };
}

function NoTable({ path, tables }: { readonly path: string | undefined; readonly tables: readonly Table[] }) {
  const [first] = tables;
  return (
    <div className="data-note">
      <h1>{path === undefined ? "Choose a table." : `There is no table ${visible(path)}.`}</h1>
      <p className="soft">
        Its rows stand here: filter and sort them, change a cell with Enter, bring and take them as files.
      </p>
      {first !== undefined && (
        <p>
          <Link {...toTable(first.path)} className="link">
            Open {visible(first.name)}
          </Link>
        </p>
      )}
    </div>
  );
}

interface AddressedTableProps {
  readonly table: Table;
  readonly tables: readonly Table[];
}

/** The rows that the address asks for: it can be sent to somebody, and the way back leads to what was seen before. */
function AddressedTable({ table, tables }: AddressedTableProps) {
  const search = usePageSearch();
  const goTo = useGoTo();
  const { query, unknown } = rowsOfAddress(table, search);
  const setQuery = (next: RowsQuery): void => goTo(`/data/${encodeURIComponent(table.path)}`, addressOf(next));
  if (unknown.length === 0) return <TableView table={table} tables={tables} query={query} setQuery={setQuery} />;
  return (
    <div className="data-note" role="alert">
      <h1>The address asks for what {visible(table.name)} does not have.</h1>
      <ul className="unknown-parts">
        {unknown.slice(0, TOLD).map((part, at) => (
          <li key={at} className="mono error">
            ✕ {cellText(part)}
          </li>
        ))}
      </ul>
      <p>
        <button type="button" className="primary" onClick={() => setQuery(query)}>
          Go on without it
        </button>
      </p>
    </div>
  );
}
