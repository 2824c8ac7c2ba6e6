import { useEffect, useRef, useState } from "react";
import { announce } from "../../state/announcement.ts";
import { byteSize, counted, wholeNumber } from "../../text/amounts.ts";
import { thrownWords } from "../ask-as-caller.ts";
import type { Table } from "../tables.ts";
import { readSource } from "./import-source.ts";
import { type Imported, sendImport } from "./send-import.ts";

export interface Progress {
  readonly words: string;
  /** From 0 to 1; undefined where nobody can tell. */
  readonly part: number | undefined;
}

/** An import on its way, which can be left. */
export function useImport(table: Table, onImported: () => void) {
  const [progress, setProgress] = useState<Progress | undefined>(undefined);
  const [imported, setImported] = useState<Imported | undefined>(undefined);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const bring = async (file: File): Promise<void> => {
    setImported(undefined);
    running.current?.abort();
    const { signal } = (running.current = new AbortController());
    let isSent = false;
    try {
      const source = await readSource(file, {
        signal,
        onPart: (part) => setProgress({ words: `Reading ${file.name}: ${percent(part)}`, part }),
      });
      const { size } = source.body;
      setProgress({ words: `Sending ${counted(source.rows, "row")}, ${byteSize(size)}`, part: undefined });
      const onSent = (bytes: number): void => {
        isSent = bytes >= size;
        setProgress(isSent ? writing(source.rows) : sending(bytes, size));
      };
      const result = await sendImport(table, source, { signal, onSent });
      setImported(result);
      if ("created" in result) onImported();
      announce("created" in result ? `${counted(result.created, "row")} written.` : "Nothing was written.");
    } catch (error) {
      setImported({ refused: signal.aborted ? leftWords(isSent) : thrownWords(error), findings: [] });
      if (isSent) onImported();
    }
    setProgress(undefined);
  };
  return { progress, imported, bring, cancel: () => running.current?.abort() };
}

function sending(bytes: number, size: number): Progress {
  const part = bytes / Math.max(1, size);
  return { words: `Sending: ${percent(part)}, ${byteSize(bytes)} of ${byteSize(size)}`, part };
}

function writing(rows: number): Progress {
  return { words: `The server checks and writes ${wholeNumber(rows)} rows`, part: undefined };
}

function percent(part: number): string {
  return `${Math.floor(part * 100)} %`;
}

/** Behind the last byte nobody can tell whether the server was done already. */
function leftWords(isSent: boolean): string {
  return isSent
    ? "You left while the server was writing: it may have written all rows. Look before you bring them again."
    : "You left before all of it was sent.";
}
