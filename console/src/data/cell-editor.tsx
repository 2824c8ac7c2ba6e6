import { type KeyboardEvent, useId, useState } from "react";
import { choicesOf, fieldKind } from "../explorer/form-body.ts";
import { visible } from "../text/visible-text.ts";
import { editedText } from "./cell-text.ts";
import { Floating } from "./floating.tsx";
import { ReferencePicker } from "./reference-picker.tsx";
import { type Column, isNumber, type Table } from "./tables.ts";
import "./cell-editor.css";

export interface CellEditorProps {
  readonly column: Column;
  readonly value: unknown;
  /** The table that the column refers to. */
  readonly target: Table | undefined;
  /** Answers what is wrong; nothing where it was saved. */
  readonly onSave: (text: string | null) => Promise<readonly string[]>;
  readonly onCancel: () => void;
}

/** The input that fits the kind of a cell. Enter saves, Escape leaves everything as it was. */
export function CellEditor({ column, value, target, onSave, onCancel }: CellEditorProps) {
  const id = useId();
  const [text, setText] = useState(editedText(value, column));
  const [messages, setMessages] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const save = async (next: string | null): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setMessages(await onSave(next));
    setBusy(false);
  };
  const pressed = (event: KeyboardEvent): void => {
    // The arrows of an input are its own.
    event.stopPropagation();
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && !event.shiftKey && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      void save(text);
    }
  };
  return (
    <div className="cell-editor" onKeyDown={pressed} onDoubleClick={(event) => event.stopPropagation()}>
      <EditorInput
        column={column}
        text={text}
        setText={setText}
        field={{ "aria-invalid": messages.length > 0, "aria-describedby": `${id}said`, readOnly: busy }}
      />
      <Floating className="cell-said">
        {target !== undefined && <ReferencePicker target={target} words={text} onChoose={(key) => void save(key)} />}
        <p id={`${id}said`} role="status" className="small">
          {messages.length > 0 ? (
            <span className="error" data-finding={column.name}>
              ✕ {visible(messages.join(" "))}
            </span>
          ) : (
            <span className="soft">{visible(column.expects)} · Enter saves, Esc leaves it</span>
          )}
        </p>
        {column.optional && (
          <button type="button" className="quiet small" onClick={() => void save(null)}>
            Set null
          </button>
        )}
      </Floating>
    </div>
  );
}

interface EditorInputProps {
  readonly column: Column;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly field: {
    readonly "aria-invalid": boolean;
    readonly "aria-describedby": string;
    readonly readOnly: boolean;
  };
}

function EditorInput({ column, text, setText, field }: EditorInputProps) {
  const schema = column.change ?? {};
  const kind = fieldKind(schema);
  const { readOnly, ...described } = field;
  const common = {
    ...described,
    "aria-label": column.name,
    "data-editing": column.name,
    className: "field",
    autoFocus: true,
    value: text,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => setText(target.value),
  } as const;
  if (kind === "choice")
    return (
      <select {...common} disabled={readOnly}>
        {choicesOf(schema).includes(text) ? null : <option value={text}>{text === "" ? "choose" : text}</option>}
        {choicesOf(schema).map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  if (kind === "json" || kind === "lines")
    return <textarea {...common} readOnly={readOnly} rows={4} spellCheck={kind === "lines"} />;
  return (
    <input
      {...common}
      readOnly={readOnly}
      type={column.kind === "date" ? "date" : "text"}
      autoComplete="off"
      inputMode={isNumber(column) ? "decimal" : undefined}
    />
  );
}
