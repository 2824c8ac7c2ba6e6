import { useEffect, useRef, useState } from "react";
import { announce } from "../../state/announcement.ts";
import { byteSize, wholeNumber } from "../../text/amounts.ts";
import { visible } from "../../text/visible-text.ts";
import { thrownWords } from "../ask-as-caller.ts";
import type { RowsQuery } from "../rows-query.ts";
import type { Table } from "../tables.ts";
import { type Exported, type ExportFormat, exportFile, exportRows, FORMATS } from "./export-rows.ts";
import { exportTarget } from "./export-target.ts";

interface ExportMenuProps {
  readonly table: Table;
  readonly query: RowsQuery;
  /** How many rows there are, as far as it is known. */
  readonly count: number | undefined;
}

/** Takes the rows along as a file. */
export function ExportMenu(props: ExportMenuProps) {
  const { progress, said, start, cancel } = useExport(props);
  return (
    <>
      {said !== "" && (
        <span className={said.startsWith("✕") ? "error small" : "went small"} role="status" data-exported>
          {visible(said)}
        </span>
      )}
      {progress === undefined ? (
        <select
          className="plain"
          aria-label="Export"
          value=""
          onChange={({ target }) => {
            const format = FORMATS.find((one) => one === target.value);
            if (format !== undefined) void start(format);
          }}
        >
          <option value="">Export</option>
          {FORMATS.map((format) => (
            <option key={format}>{format}</option>
          ))}
        </select>
      ) : (
        <ExportProgress progress={progress} count={props.count} onCancel={cancel} />
      )}
    </>
  );
}

function useExport({ table, query, count }: ExportMenuProps) {
  const [progress, setProgress] = useState<Exported | undefined>(undefined);
  const [said, setSaid] = useState("");
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const end = (words: string): void => {
    setProgress(undefined);
    setSaid(words);
    announce(words);
  };
  const start = async (format: ExportFormat): Promise<void> => {
    const wanted = { table, query, format };
    const { signal } = (running.current = new AbortController());
    setSaid("");
    try {
      const target = await exportTarget(exportFile(wanted), count);
      if (target === undefined) return;
      setProgress({ rows: 0, bytes: 0 });
      const done = await exportRows(wanted, { target, signal, onWritten: setProgress }).catch(
        async (error: unknown) => {
          await target.abandon();
          throw error;
        },
      );
      end(`✓ ${wholeNumber(done.rows)} ${done.rows === 1 ? "row" : "rows"} saved, ${byteSize(done.bytes)}.`);
    } catch (error) {
      end(signal.aborted ? "Export cancelled: there is no file." : `✕ There is no file. ${thrownWords(error)}`);
    }
  };
  return { progress, said, start, cancel: () => running.current?.abort() };
}

interface ExportProgressProps {
  readonly progress: Exported;
  readonly count: number | undefined;
  readonly onCancel: () => void;
}

function ExportProgress({ progress: { rows, bytes }, count, onCancel }: ExportProgressProps) {
  const part = count === undefined || count === 0 ? undefined : Math.min(1, rows / count);
  const words = `${part === undefined ? "" : `${Math.floor(part * 100)} %, `}${wholeNumber(rows)} rows, ${byteSize(bytes)}`;
  return (
    <span className="export-progress">
      <progress aria-label="Export" max={1} value={part} />
      <span className="soft small">{words}</span>
      <button type="button" className="plain" onClick={onCancel}>
        Cancel the export
      </button>
    </span>
  );
}
