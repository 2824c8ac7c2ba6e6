import { memo } from "react";
import { milliseconds } from "../text/amounts.ts";
import { textOf } from "../text/text-of.ts";
import { visible } from "../text/visible-text.ts";
import type { SqlAnswer } from "./run-sql.ts";
import { answerWords } from "./use-statement.ts";

/** Letters of a value that a cell shows. */
const SHOWN = 400;

/** What a statement answered or changed, and how the database went about it. */
export const SqlResult = memo(function SqlResult({ answer }: { readonly answer: SqlAnswer }) {
  const { columns, rows, cut, changed, plan, advice, took_ms: took } = answer;
  return (
    <div className="sql-result" data-result={changed === null ? "rows" : "changed"}>
      <p className="sql-summary">
        <strong className="sql-went">✓ {answerWords(answer)}</strong>
        <span className="soft"> in {milliseconds(took)}</span>
        {cut && <span className="sql-cut"> There are more: narrow it with WHERE, or page with LIMIT and OFFSET.</span>}
      </p>
      {columns.length > 0 && (
        // It scrolls by itself, so the keyboard has to get there.
        <div className="sql-frame" tabIndex={0} role="region" aria-label="Rows">
          <table className="sql-table">
            <thead>
              <tr>
                {columns.map((name, at) => (
                  <th key={at} scope="col">
                    {visible(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  {row.map((value, column) => (
                    <Cell key={column} value={value} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {plan.length + advice.length > 0 && (
        <dl className="sql-plan">
          <dt>Plan</dt>
          <dd className="mono">{visible(plan.join("\n"))}</dd>
          {advice.length > 0 && <dt>Advice</dt>}
          {advice.map((line) => (
            <dd key={line} className="sql-advice">
              {visible(line)}
            </dd>
          ))}
        </dl>
      )}
    </div>
  );
});

function Cell({ value }: { readonly value: unknown }) {
  if (value === null) return <td className="soft sql-null">null</td>;
  if (typeof value === "number") return <td className="sql-number">{value}</td>;
  if (typeof value === "object") {
    const { bytes, hex } = value as { readonly bytes: number; readonly hex: string };
    return (
      <td>
        <span className="soft">{bytes} bytes</span> {visible(textOf(hex))}
        {hex.length / 2 < bytes ? "…" : ""}
      </td>
    );
  }
  const text = textOf(value);
  return (
    <td>
      {visible(text.slice(0, SHOWN))}
      {text.length > SHOWN && <span className="soft"> … {text.length.toLocaleString("en")} letters</span>}
    </td>
  );
}
