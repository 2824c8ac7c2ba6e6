import { useState } from "react";
import { Tabs } from "../explorer/tabs.tsx";
import { visible } from "../text/visible-text.ts";
import { ColumnTable } from "./column-table.tsx";
import { PolicyTables, RuleList } from "./table-rules.tsx";
import { TableTexts } from "./table-texts.tsx";
import type { PolicyMatrix, TableDescription } from "./table-description.ts";

interface TableDetailProps {
  readonly table: TableDescription;
  readonly matrix: readonly PolicyMatrix[];
}

const TABS = ["Columns", "Rules", "Side by side"] as const;

/** All that the declaration says of one table. */
export function TableDetail({ table, matrix }: TableDetailProps) {
  const [tab, setTab] = useState<string>("Columns");
  const own = matrix.filter(({ name }) => name === table.name || name.startsWith(`${table.name}.`));
  return (
    <section className="table-detail" aria-label={`Table ${visible(table.name)}`} data-detail={table.name}>
      <h2 className="mono">{visible(table.name)}</h2>
      <span className="soft"> {natureWords(table)}</span>
      <Tabs label="What to see of it" names={TABS} chosen={tab} onChoose={setTab}>
        {tab === "Columns" && <ColumnTable table={table} />}
        {tab === "Rules" && (
          <div className="rules-and-matrix">
            <RuleList table={table} />
            <PolicyTables table={table.name} matrix={own} />
          </div>
        )}
        {tab === "Side by side" && <TableTexts table={table} />}
      </Tabs>
    </section>
  );
}

function natureWords({ view, read_only, audited, if_match, accounts, key }: TableDescription): string {
  const said = [
    view ? "a view" : `key ${key.join(", ")}`,
    ...(accounts === null ? [] : [`has accounts, found by ${accounts.identifier}`]),
    ...(read_only && !view ? ["read only"] : []),
    ...(audited ? ["audited"] : []),
    ...(if_match ? ["asks for If-Match"] : []),
  ];
  return visible(said.join(" · "));
}
