import { useEffect, useState } from "react";
import { announce } from "../state/announcement.ts";
import { counted } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { bringBack } from "./removal.ts";
import type { Row, Table } from "./tables.ts";

const UNDO_MS = 8_000;

interface UndoBarProps {
  readonly table: Table;
  readonly rows: readonly Row[];
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** For a while, deleted rows can be made again. */
export function UndoBar({ table, rows, onBack, onClose }: UndoBarProps) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (said !== "" || busy) return undefined;
    const timer = setTimeout(onClose, UNDO_MS);
    return () => clearTimeout(timer);
  }, [said, busy, onClose]);
  const undo = async (): Promise<void> => {
    setBusy(true);
    const words = await bringBack(table, rows);
    setBusy(false);
    setSaid(words);
    announce(words);
    onBack();
  };
  return (
    <div className="undo-bar" data-undo={said === "" ? "open" : "done"}>
      <span>{said === "" ? `${counted(rows.length, "row")} deleted.` : visible(said)}</span>
      {said === "" && table.create !== undefined && (
        <button type="button" className="plain" disabled={busy} onClick={() => void undo()}>
          Undo
        </button>
      )}
      <button type="button" className="quiet" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
