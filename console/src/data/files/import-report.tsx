import { announce } from "../../state/announcement.ts";
import { counted } from "../../text/amounts.ts";
import { visible } from "../../text/visible-text.ts";
import type { Table } from "../tables.ts";
import { saveBlob } from "./save-blob.ts";
import { findingsCsv, type Imported, type RowFinding } from "./send-import.ts";

/** As many findings as an answer names (docs/limits.md). */
const NAMED = 100;

interface ImportReportProps {
  readonly table: Table;
  readonly imported: Imported;
}

/** What became of an import: the number of rows, or what is wrong with each. */
export function ImportReport({ table, imported }: ImportReportProps) {
  if ("created" in imported)
    return (
      <p className="went" role="status" data-imported={imported.created}>
        ✓ {counted(imported.created, "row")} written.
      </p>
    );
  const { refused, findings } = imported;
  return (
    <div className="import-report" data-imported="0">
      <p className="error" role="alert">
        ✕ {refused.startsWith("You left") ? "" : "Nothing was written. "}
        {visible(refused)}
      </p>
      {findings.length >= NAMED && (
        <p className="soft small">The first {NAMED} findings are named; there may be more.</p>
      )}
      {findings.length > 0 && (
        <>
          <FindingTable findings={findings} />
          <p className="report-buttons">
            <button type="button" className="plain" onClick={() => save(table, findings)}>
              Save the report
            </button>
            <button type="button" className="plain" onClick={() => void copy(findings)}>
              Copy it
            </button>
          </p>
        </>
      )}
    </div>
  );
}

function save({ name }: Table, findings: readonly RowFinding[]): void {
  saveBlob(new Blob([findingsCsv(findings)], { type: "text/csv" }), `${name}-findings.csv`);
}

async function copy(findings: readonly RowFinding[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(findingsCsv(findings));
    announce("Copied the report.");
  } catch {
    announce("The browser let nothing be copied.");
  }
}

function FindingTable({ findings }: { readonly findings: readonly RowFinding[] }) {
  return (
    <div className="finding-frame" tabIndex={0} role="region" aria-label="What is wrong">
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              Row
            </th>
            <th scope="col">Column</th>
            <th scope="col">What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {findings.map(({ row, column, message }, at) => (
            <tr key={at} data-row-finding={row}>
              <td className="mono number">{row === 0 ? "header" : row}</td>
              <td className="mono">{visible(column)}</td>
              <td>{visible(message)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
