import { lazy, Suspense, useRef, useState } from "react";
import { NotShown, useOperatorData } from "../settings/operator-data.tsx";
import { counted } from "../text/amounts.ts";
import { SourceText } from "../text/source-text.tsx";
import { TextHead } from "../text/text-head.tsx";
import { useGoTo, usePageSearch } from "../use-go-to.ts";
import { MigrationPanel } from "./migration-panel.tsx";
import type { MigrationReport } from "./migration-report.ts";
import type { SchemaDescription } from "./table-description.ts";
import { TableDetail } from "./table-detail.tsx";
import { TableList } from "./table-list.tsx";
import "./schema.css";

// Whoever only reads the list on a telephone loads no library that draws.
const SchemaDiagram = lazy(() => import("./schema-diagram.tsx"));

type View = "Diagram" | "Declaration" | "Migration";
type Migration = ReturnType<typeof useOperatorData<MigrationReport>>;

/** The declaration as a picture, a list and a text, what is pending, and all that it says of the chosen table. */
export default function SchemaPage() {
  const { data, error } = useOperatorData<SchemaDescription>("/api/server/schema");
  const migration = useOperatorData<MigrationReport>("/api/server/migration");
  const [view, setView] = useState<View>("Diagram");
  return (
    <section className="schema-page" aria-label="Schema">
      <div className="schema-head">
        <h1>Schema</h1>
        <span className="soft">{data === undefined ? "" : counted(data.tables.length, "table")}</span>
        {data !== undefined && error === null && data.tables.length > 0 && (
          <Views chosen={view} onChoose={setView} report={migration.data} />
        )}
      </div>
      {error !== null && <NotShown error={error} />}
      {data !== undefined &&
        error === null &&
        (data.tables.length === 0 ? <NoTables /> : <Panes schema={data} view={view} migration={migration} />)}
    </section>
  );
}

interface ViewsProps {
  readonly chosen: View;
  readonly onChoose: (view: View) => void;
  readonly report: MigrationReport | undefined;
}

function Views({ chosen, onChoose, report }: ViewsProps) {
  return (
    <div className="schema-views" role="group" aria-label="What to see">
      {(["Diagram", "Declaration", "Migration"] as const).map((view) => (
        <button
          key={view}
          type="button"
          className="plain"
          aria-pressed={view === chosen}
          onClick={() => onChoose(view)}
        >
          {view}
          {view === "Migration" && report !== undefined && <Standing report={report} />}
        </button>
      ))}
    </div>
  );
}

/** Whether something is pending, in two words. */
function Standing({ report: { state, parts, parts_left_out } }: { readonly report: MigrationReport }) {
  if (state === "refused") return <span className="schema-pending"> refused</span>;
  if (state !== "pending") return <span className="soft"> {state === "nothing" ? "nothing pending" : "adopted"}</span>;
  return <span className="schema-pending"> {parts.length + parts_left_out} pending</span>;
}

interface PanesProps {
  readonly schema: SchemaDescription;
  readonly view: View;
  readonly migration: Migration;
}

function Panes({ schema: { tables, matrix, declaration }, view, migration }: PanesProps) {
  const { id } = usePageSearch();
  const goTo = useGoTo();
  const chosen = tables.find(({ name }) => name === id);
  const choose = (name: string): void => goTo("/schema", { id: name });
  return (
    <div className={`schema-panes ${chosen === undefined ? "" : "schema-opened"}`}>
      <TableList tables={tables} chosen={id} onChoose={choose} />
      <div className="schema-picture">
        {view === "Diagram" && <Picture tables={tables} chosen={id} onChoose={choose} />}
        {view === "Declaration" && <Whole text={declaration} />}
        {view === "Migration" && (
          <MigrationPanel report={migration.data} error={migration.error} onAsk={() => void migration.refetch()} />
        )}
      </div>
      {chosen !== undefined && <TableDetail key={chosen.name} table={chosen} matrix={matrix} />}
    </div>
  );
}

interface PictureProps {
  readonly tables: SchemaDescription["tables"];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

function Picture(props: PictureProps) {
  const isNarrow = useRef(matchMedia("(max-width: 1000px)").matches);
  const [drawn, setDrawn] = useState(!isNarrow.current);
  return (
    <>
      <button type="button" className="plain" aria-expanded={drawn} onClick={() => setDrawn(!drawn)}>
        {drawn ? "Hide the diagram" : "Show the diagram"}
      </button>
      {drawn && (
        <Suspense fallback={<p className="soft schema-wait">The diagram comes.</p>}>
          <SchemaDiagram {...props} />
        </Suspense>
      )}
    </>
  );
}

function Whole({ text }: { readonly text: string }) {
  return (
    <div className="schema-whole">
      <TextHead title="The whole declaration" text={text} />
      <SourceText text={text} label="The whole declaration" />
    </div>
  );
}

function NoTables() {
  return (
    <div className="not-shown">
      <h2>There is no table yet.</h2>
      <p className="soft">Each table that you declare stands here, with what leads from it to others. The first:</p>
      <pre className="paper-text">{`servery({ tables: { notes: table({ title: text(100) }) } })`}</pre>
    </div>
  );
}
