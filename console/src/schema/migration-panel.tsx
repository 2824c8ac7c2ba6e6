import { NotShown } from "../settings/operator-data.tsx";
import { counted } from "../text/amounts.ts";
import { SqlText } from "../text/sql-text.tsx";
import { TextHead } from "../text/text-head.tsx";
import { visible } from "../text/visible-text.ts";
import type { MigrationReport, PendingPart } from "./migration-report.ts";
import "./migration.css";

interface MigrationPanelProps {
  readonly report: MigrationReport | undefined;
  readonly error: Error | null;
  readonly onAsk: () => void;
}

/** What stands between the declaration, the files and the database, and how one gets on. */
export function MigrationPanel({ report, error, onAsk }: MigrationPanelProps) {
  if (error !== null) return <NotShown error={error} />;
  if (report === undefined) return null;
  return (
    <section className="migration" aria-label="Migration" data-migration={report.state}>
      <div className="migration-says">
        <h2>{visible(report.says)}</h2>
        <button type="button" className="plain" onClick={onAsk}>
          Look again
        </button>
      </div>
      {report.refused !== null && (
        <p className="migration-stop" data-refused>
          {visible(report.refused)}
        </p>
      )}
      {report.parts.map((part, at) => (
        <Part key={`${part.is} ${part.name ?? at}`} part={part} />
      ))}
      {report.parts_left_out > 0 && <p className="soft">And {counted(report.parts_left_out, "more file")}.</p>}
      {report.commands.length > 0 && <Commands commands={report.commands} />}
    </section>
  );
}

const TITLES: Readonly<Record<PendingPart["is"], string>> = {
  waiting: "The edited declaration waits",
  file: "A file that is not applied",
  recorded: "A file that the database has already",
  unwritten: "Declared, and in no file yet",
};

function Part({ part }: { readonly part: PendingPart }) {
  const { is, name, says, losses, consent, in_the_way, copies, counted_after } = part;
  return (
    <article className="migration-part" data-part={name ?? is}>
      <h3 className={name === null ? "" : "mono"}>{visible(name ?? TITLES[is])}</h3>
      <p className="soft">{visible(says)}</p>
      <Changes changes={part.changes} />
      {losses.length > 0 && (
        <div className="migration-loss" data-losses>
          <ul>
            {losses.map((loss) => (
              <li key={loss.name}>
                Loses <code>{visible(loss.name)}</code>: {visible(loss.what)}
              </li>
            ))}
          </ul>
          {consent !== null && <p>{visible(consent)}</p>}
        </div>
      )}
      {in_the_way.map(({ table, rows, finding }) => (
        <p key={`${table} ${finding}`} className="migration-stop">
          {rows === null
            ? `Not counted in time: rows of ${visible(table)} that ${visible(finding)} would be in the way.`
            : `In the way: ${rowsOf(rows)} of ${visible(table)} ${visible(finding)}.`}
        </p>
      ))}
      {copies.map(({ table, rows }) => (
        <p key={table}>
          Copies <code>{visible(table)}</code> row by row{rows === null ? "" : `: ${rowsOf(rows)}`}.
        </p>
      ))}
      {counted_after.length > 0 && (
        <p className="soft">Whether rows stand in its way is seen after {visible(counted_after.join(", "))}.</p>
      )}
      <Statements part={part} />
    </article>
  );
}

const SIGNS: Readonly<Record<string, string>> = { "+": "comes", "-": "goes", "~": "changes" };

function Changes({ changes }: { readonly changes: readonly string[] }) {
  return (
    <ul className="migration-changes">
      {changes.map((line, at) => {
        const sign = line.slice(0, 1);
        return (
          <li key={at} className={`change-${SIGNS[sign] ?? "changes"}`}>
            <span className="mono" aria-hidden="true">
              {sign}
            </span>
            <span className="unseen">{SIGNS[sign] ?? "changes"}: </span>
            {visible(line.slice(2))}
          </li>
        );
      })}
    </ul>
  );
}

function Statements({ part: { is, name, statements, statements_left_out } }: { readonly part: PendingPart }) {
  // What is not run by itself is of less interest.
  if (statements.length === 0 && statements_left_out === 0) return null;
  const whole = statements.map((sql) => `${sql};`).join("\n\n");
  const title = `SQL of ${visible(name ?? TITLES[is].toLowerCase())}`;
  return (
    <details open={is !== "recorded"}>
      <summary>{counted(statements.length + statements_left_out, "statement")}</summary>
      <TextHead title="SQL" text={whole} />
      <SqlText sql={whole} label={title} />
      {statements_left_out > 0 && (
        <p className="soft small">{counted(statements_left_out, "statement")} more: the list is too long for a page.</p>
      )}
    </details>
  );
}

function Commands({ commands }: { readonly commands: MigrationReport["commands"] }) {
  return (
    <div className="migration-commands">
      <h3>What to type</h3>
      <ul>
        {commands.map(({ command, does }) => (
          <li key={command}>
            <TextHead title={visible(command)} text={command} />
            <p className="soft">{visible(does)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function rowsOf(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
}
