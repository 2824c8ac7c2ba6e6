import { type FormEvent, useRef, useState } from "react";
import type { ReceivedAnswer } from "../api/send-request.ts";
import { findingsByField } from "../explorer/findings.ts";
import { formJson, isFromToken, typesOf } from "../explorer/form-body.ts";
import { Dialog } from "../shell/dialog.tsx";
import { visible } from "../text/visible-text.ts";
import { askAsCaller, isGood, JSON_BODY, refusalWords, thrownWords } from "./ask-as-caller.ts";
import { InsertField } from "./insert-field.tsx";
import { keyOf, type Row, type Table } from "./tables.ts";

interface InsertDialogProps {
  readonly table: Table;
  readonly tables: readonly Table[];
  readonly onClose: () => void;
  readonly onMade: (key: string) => void;
}

/** A new row, with the form that the Explorer has for it. */
export function InsertDialog({ table, tables, onClose, onMade }: InsertDialogProps) {
  const body = table.create?.body;
  const schema = { ...body, properties: Object.fromEntries(ownColumns(table)) };
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const [answer, setAnswer] = useState<ReceivedAnswer | undefined>(undefined);
  const [thrown, setThrown] = useState("");
  const busy = useRef(false);
  const findings = findingsByField(answer);
  const make = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    // Whoever presses again before the answer wants one row all the same.
    if (busy.current) return;
    busy.current = true;
    try {
      const url = `/api/${encodeURIComponent(table.path)}`;
      const got = await askAsCaller({ method: "POST", url, headers: JSON_BODY, body: formJson(schema, fields) });
      if (!isGood(got)) return setAnswer(got);
      onClose();
      onMade(keyOf(table, JSON.parse(got.text) as Row) ?? "");
    } catch (error) {
      setThrown(thrownWords(error));
    } finally {
      busy.current = false;
    }
  };
  return (
    <Dialog label={`New row of ${table.name}`} className="form-dialog insert-dialog" onClose={onClose}>
      <form onSubmit={(event) => void make(event)} noValidate>
        <h2>New row of {table.name}</h2>
        <p className="soft">What you leave empty is not sent.</p>
        {Object.entries(schema.properties).map(([name, part]) => (
          <InsertField
            key={name}
            target={targetOf(name, { table, tables })}
            name={name}
            schema={part}
            required={body?.required?.includes(name) === true}
            value={fields[name] ?? ""}
            messages={findings.get(name) ?? []}
            onChange={(value) => setFields({ ...fields, [name]: value })}
          />
        ))}
        <p className="error" role="alert">
          {visible(thrown !== "" ? thrown : answer === undefined ? "" : refusalWords(answer))}
        </p>
        <p className="dialog-buttons">
          <button type="button" className="plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary">
            Create
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function targetOf(name: string, { table, tables }: Pick<InsertDialogProps, "table" | "tables">): Table | undefined {
  const column = table.columns.find((one) => one.name === name);
  const isOwn = isFromToken(table.create?.body?.properties?.[name] ?? {});
  return isOwn ? undefined : tables.find((one) => one.name === column?.references?.table);
}

/** Rows of other tables could come along; here it is one row alone. */
function ownColumns({ create, columns }: Table) {
  return Object.entries(create?.body?.properties ?? {}).filter(
    ([name, part]) => columns.some((column) => column.name === name) || !typesOf(part).includes("array"),
  );
}
