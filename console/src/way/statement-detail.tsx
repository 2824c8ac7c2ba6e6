import type { Statement } from "../api/x-ray.ts";
import { milliseconds } from "../text/amounts.ts";
import { SqlText } from "../text/sql-text.tsx";
import { visible } from "../text/visible-text.ts";

/** A statement as it ran: its text, what it answered, and how the database went about it. */
export function StatementDetail({ statement }: { readonly statement: Statement }) {
  const { sql, rows, took_ms: took, plan = [], advice } = statement;
  return (
    <div className="statement" data-statement data-rows={rows} data-bound={statement.bound}>
      <SqlText sql={sql} />
      <dl className="facts mono">
        <div>
          <dt>Rows</dt>
          <dd>{rowWords(statement)}</dd>
        </div>
        <div>
          <dt>Bound</dt>
          <dd>{visible(boundWords(statement))}</dd>
        </div>
        <div>
          <dt>Took</dt>
          <dd>{took === undefined ? "with the step before" : milliseconds(took)}</dd>
        </div>
        {plan.length > 0 && (
          <div>
            <dt>Plan</dt>
            <dd className="plan">{visible(plan.join("\n"))}</dd>
          </div>
        )}
        {advice.map((line) => (
          <div key={line} className="advice">
            <dt>Advice</dt>
            <dd>{visible(line)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The values in the order of the question marks; how many there are where some of them may be private. */
function boundWords({ bound, values }: Statement): string {
  if (bound === 0) return "nothing";
  if (values === undefined) return `${bound === 1 ? "1 value" : `${bound} values`}, private`;
  const more = bound > values.length ? `, and ${bound - values.length} more` : "";
  return `${values.map((value) => JSON.stringify(value)).join(", ")}${more}`;
}

function rowWords({ rows, sql }: Statement): string {
  if (rows === undefined) return "none answered";
  // A list comes as one JSON text, written by the database itself.
  return sql.includes("group_concat(j") ? `${rows} answered: the whole list as one JSON text` : `${rows} answered`;
}
