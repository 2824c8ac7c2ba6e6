import { JsonText } from "../text/json-text.tsx";
import { SourceText } from "../text/source-text.tsx";
import { SqlText } from "../text/sql-text.tsx";
import { TextHead } from "../text/text-head.tsx";
import { visible } from "../text/visible-text.ts";
import type { TableDescription } from "./table-description.ts";

/** A table in three languages, one beside the other: as it is declared, as the database has it, as clients see it. */
export function TableTexts({ table }: { readonly table: TableDescription }) {
  const sql = table.sql.map((statement) => `${statement};`).join("\n\n");
  return (
    <div className="schema-sides">
      <div className="schema-texts">
        <TextHead title="Declaration" text={table.declaration} />
        <SourceText text={table.declaration} label={`Declaration of ${visible(table.name)}`} />
        {table.declaration.includes("notPrinted") && (
          <p className="soft small">notPrinted() stands for the code of a function, which nobody can print.</p>
        )}
      </div>
      <div className="schema-texts">
        <TextHead title="SQL" text={sql} />
        <SqlText sql={sql} label={`SQL of ${visible(table.name)}, as the database has it`} />
      </div>
      <JsonSchemas table={table} />
    </div>
  );
}

function JsonSchemas({ table: { row, create } }: { readonly table: TableDescription }) {
  const rowText = JSON.stringify(row, null, 2);
  const createText = JSON.stringify(create, null, 2);
  return (
    <div className="schema-texts">
      <TextHead title="JSON Schema of a row" text={rowText} />
      <JsonText text={rowText} isJson label="JSON Schema of a row" />
      {create === null ? (
        <p className="soft">Nobody makes rows here, so there is no schema of a body.</p>
      ) : (
        <>
          <TextHead title="JSON Schema of a new row" text={createText} />
          <JsonText text={createText} isJson label="JSON Schema of the body that makes one" />
        </>
      )}
    </div>
  );
}
