import { useState } from "react";
import { Dialog } from "../shell/dialog.tsx";
import { counted } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { AT_ONCE, lostWords, removeRows } from "./removal.ts";
import { keyOf, type Row, type Table } from "./tables.ts";

interface DeleteDialogProps {
  readonly table: Table;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
  readonly onDeleted: (rows: readonly Row[]) => void;
}

const NAMED = 12;

/** Asks before rows go, and says what an undo could not bring back. */
export function DeleteDialog({ table, rows, onClose, onDeleted }: DeleteDialogProps) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const keys = rows.map((row) => keyOf(table, row) ?? "");
  const tooMany = rows.length > AT_ONCE;
  const remove = async (): Promise<void> => {
    setBusy(true);
    const why = await removeRows(table, rows);
    setBusy(false);
    if (why !== undefined) return setError(why);
    onClose();
    onDeleted(rows);
  };
  return (
    <Dialog label="Delete rows" className="form-dialog" onClose={onClose}>
      <h2>
        Delete {counted(rows.length, "row")} of {table.name}?
      </h2>
      <p className="mono keys-named">
        {visible(keys.slice(0, NAMED).join(", "))}
        {keys.length > NAMED ? `, and ${keys.length - NAMED} more` : ""}
      </p>
      <p className="soft">{lostWords(table) ?? "You can undo it for 8 seconds."}</p>
      <p className="error" role="alert">
        {tooMany ? `At most ${AT_ONCE} rows go at once. Choose fewer.` : visible(error)}
      </p>
      <p className="dialog-buttons">
        <button type="button" className="plain" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="primary" disabled={busy || tooMany} onClick={() => void remove()}>
          Delete
        </button>
      </p>
    </Dialog>
  );
}
