import { Dialog } from "../../shell/dialog.tsx";
import { byteSize, wholeNumber } from "../../text/amounts.ts";
import { visible } from "../../text/visible-text.ts";
import type { Table } from "../tables.ts";
import { ImportReport } from "./import-report.tsx";
import { IMPORT_BYTES, IMPORT_ROWS } from "./import-source.ts";
import { type Progress, useImport } from "./use-import.ts";

interface ImportDialogProps {
  readonly table: Table;
  readonly onClose: () => void;
  readonly onImported: () => void;
}

/** Brings the rows of a file: all of them, or none. */
export function ImportDialog({ table, onClose, onImported }: ImportDialogProps) {
  const { progress, imported, bring, cancel } = useImport(table, onImported);
  const isDone = imported !== undefined && "created" in imported;
  return (
    <Dialog label={`Import into ${table.name}`} className="form-dialog import-dialog" onClose={onClose}>
      <h2>Import into {table.name}</h2>
      <p className="soft">
        A CSV file whose first line names the columns, or JSON with a list of rows, or NDJSON. All rows are written, or
        none. At most {wholeNumber(IMPORT_ROWS)} rows and {byteSize(IMPORT_BYTES)} at once.
      </p>
      <p>
        <input
          type="file"
          aria-label="File"
          className="field"
          accept=".csv,.json,.ndjson,.jsonl"
          disabled={progress !== undefined}
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file !== undefined) void bring(file);
            // The same file may be mended and chosen again.
            target.value = "";
          }}
        />
      </p>
      {progress !== undefined && <ProgressLine {...progress} />}
      {imported !== undefined && <ImportReport table={table} imported={imported} />}
      <p className="dialog-buttons">
        {progress !== undefined && (
          <button type="button" className="plain" onClick={cancel}>
            Cancel
          </button>
        )}
        <button type="button" className={isDone ? "primary" : "plain"} onClick={onClose}>
          Close
        </button>
      </p>
    </Dialog>
  );
}

function ProgressLine({ words, part }: Progress) {
  return (
    <p className="progress">
      <progress aria-label={words} max={1} value={part} />
      <span className="soft small">{visible(words)}</span>
    </p>
  );
}
