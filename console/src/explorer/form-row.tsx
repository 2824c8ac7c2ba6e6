import { type ReactNode, useId } from "react";
import { visible } from "../text/visible-text.ts";

interface FieldAttributes {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string;
}

interface FormRowProps {
  readonly name: string;
  readonly words: string;
  /** More than fits beside a name: it stands beneath the field. */
  readonly note?: string;
  /** What is wrong with it, in the server's words. */
  readonly messages: readonly string[];
  readonly children: (field: FieldAttributes) => ReactNode;
}

/** A field with its name exactly as the API has it, what it takes, and what was wrong with it. */
export function FormRow({ name, words, note = "", messages, children }: FormRowProps) {
  const id = useId();
  return (
    <div className="form-row" data-row={name}>
      <label htmlFor={id}>
        <span className="mono">{visible(name)}</span>
        <span className="soft small" id={`${id}words`}>
          {visible(words)}
        </span>
      </label>
      <div>
        {children({
          id,
          "aria-invalid": messages.length > 0,
          "aria-describedby": messages.length > 0 ? `${id}wrong` : `${id}words`,
        })}
        {note !== "" && <p className="soft small note">{visible(note)}</p>}
        {messages.length > 0 && (
          <p className="error small" id={`${id}wrong`} data-finding={name}>
            ✕ {visible(messages.join(" "))}
          </p>
        )}
      </div>
    </div>
  );
}
