import { type FormEvent, useState } from "react";
import { Dialog } from "../shell/dialog.tsx";
import { counted } from "../text/amounts.ts";
import { SqlText } from "../text/sql-text.tsx";
import { visible } from "../text/visible-text.ts";
import type { Waiting } from "./use-statement.ts";

interface ConsentDialogProps {
  readonly waiting: Waiting;
  readonly busy: boolean;
  readonly onAgree: (rows: number) => void;
  readonly onClose: () => void;
}

/** Asks how many rows may change. The number is never filled in: whoever agrees has thought of it. */
export function ConsentDialog({ waiting, busy, onAgree, onClose }: ConsentDialogProps) {
  const [typed, setTyped] = useState("");
  const rows = /^\d{1,15}$/.test(typed) ? Number(typed) : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (rows !== undefined && !busy) onAgree(rows);
  };
  return (
    <Dialog label="This statement changes rows" className="form-dialog consent" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2>This statement changes rows</h2>
        <p>{visible(waiting.said)}</p>
        <SqlText sql={waiting.statement.sql} />
        <p className="soft">
          It meets no rule and no hook. It is done if it changes just as many rows as you say; else nothing is changed.
        </p>
        <label className="dialog-field">
          <span>How many rows</span>
          <input
            className="field"
            name="rows"
            inputMode="numeric"
            autoComplete="off"
            aria-describedby="rows-differ"
            value={typed}
            onChange={({ target }) => setTyped(target.value.trim())}
          />
        </label>
        <p className="error" role="alert" id="rows-differ">
          {visible(waiting.differs)}
        </p>
        <p className="dialog-buttons">
          <button type="button" className="plain" onClick={onClose}>
            Change nothing
          </button>
          <button type="submit" className="primary" disabled={rows === undefined}>
            {rows === undefined ? "Run it" : `Run it and change exactly ${counted(rows, "row")}`}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
