import { type KeyboardEvent, useId, useRef, useState } from "react";
import { NotShown, useOperatorData } from "../settings/operator-data.tsx";
import type { SchemaDescription } from "../schema/table-description.ts";
import { visible } from "../text/visible-text.ts";
import { ConsentDialog } from "./consent-dialog.tsx";
import { SqlResult } from "./sql-result.tsx";
import { StatementList } from "./statement-list.tsx";
import { useStatement } from "./use-statement.ts";
import "./sql.css";

/** One statement at a time, against the application's own database. */
export default function SqlPage() {
  const { data, error } = useOperatorData<SchemaDescription>("/api/server/schema");
  return (
    <section className="sql-page" aria-label="SQL">
      <h1>SQL</h1>
      {error !== null ? <NotShown error={error} /> : <Statements tables={data?.tables ?? []} />}
    </section>
  );
}

function Statements({ tables }: { readonly tables: SchemaDescription["tables"] }) {
  const [sql, setSql] = useState("");
  const [params, setParams] = useState("");
  const statement = useStatement();
  const editor = useRef<HTMLTextAreaElement>(null);
  const run = (): void => {
    if (!statement.busy) void statement.run(sql, params);
  };
  return (
    <div className="sql-panes">
      <div className="sql-main">
        <Editor typed={{ sql, params }} editor={editor} onChange={{ setSql, setParams, run }} />
        <p className="error sql-problem" role="alert">
          {visible(statement.problem)}
        </p>
        {statement.answer !== undefined && <SqlResult answer={statement.answer} />}
        {statement.answer === undefined && statement.problem === "" && (
          <p className="soft sql-none">{statement.busy ? "The statement runs." : EMPTY}</p>
        )}
      </div>
      <StatementList
        tables={tables}
        onChoose={(example) => {
          setSql(example.sql);
          setParams(example.params);
          editor.current?.focus();
        }}
      />
      {statement.waiting !== undefined && (
        <ConsentDialog
          waiting={statement.waiting}
          busy={statement.busy}
          onAgree={(rows) => void statement.agree(rows)}
          onClose={statement.leave}
        />
      )}
    </div>
  );
}

const EMPTY =
  "Rows, plan and time stand here. A statement that changes something is not run before you say how many rows it may change.";

interface EditorProps {
  readonly typed: { readonly sql: string; readonly params: string };
  readonly editor: React.Ref<HTMLTextAreaElement>;
  readonly onChange: {
    readonly setSql: (sql: string) => void;
    readonly setParams: (params: string) => void;
    readonly run: () => void;
  };
}

/** Tab leads on as everywhere: a page that keeps it keeps whoever has no mouse. */
function Editor({ typed, editor, onChange }: EditorProps) {
  const id = useId();
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onChange.run();
  };
  return (
    <form
      className="sql-editor"
      onKeyDown={keys}
      onSubmit={(event) => {
        event.preventDefault();
        onChange.run();
      }}
    >
      <label htmlFor={`${id}sql`} className="unseen">
        Statement
      </label>
      <textarea
        id={`${id}sql`}
        ref={editor}
        className="field"
        data-search
        spellCheck={false}
        rows={7}
        placeholder="SELECT …"
        value={typed.sql}
        onChange={({ target }) => onChange.setSql(target.value)}
      />
      <div className="sql-line">
        <label htmlFor={`${id}params`} className="soft">
          Values of ?
        </label>
        <input
          id={`${id}params`}
          className="field"
          spellCheck={false}
          autoComplete="off"
          placeholder='[10, "draft"]'
          value={typed.params}
          onChange={({ target }) => onChange.setParams(target.value)}
        />
        <button type="submit" className="primary" title="Ctrl Enter">
          Run
        </button>
      </div>
    </form>
  );
}
