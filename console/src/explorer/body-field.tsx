import type { ChangeEvent } from "react";
import type { Schema } from "../api/open-api.ts";
import { callers, chosenAsking } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { choicesOf, fieldKind, isFromToken, typesOf, typeWords } from "./form-body.ts";
import { FormRow } from "./form-row.tsx";

interface BodyFieldProps {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly value: string;
  readonly messages: readonly string[];
  readonly onChange: (value: string) => void;
}

/** One column of the body, with the input that fits it. */
export function BodyField({ name, schema, required, value, messages, onChange }: BodyFieldProps) {
  const kind = fieldKind(schema);
  const asking = chosenAsking(useStore(callers));
  const asked = asking?.as ?? asking?.caller;
  const callerWords = asked === undefined ? "sign in, and it is you" : `${asked.key} · ${asked.name}`;
  const isNumber = !typesOf(schema).includes("string") && kind === "line";
  const change = ({ target }: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>): void =>
    onChange(target.value);
  return (
    <FormRow name={name} words={typeWords(schema, required)} messages={messages}>
      {(field) => {
        const common = {
          ...field,
          className: isFromToken(schema) ? "field from-token" : "field",
          "data-field": name,
          value,
          onChange: change,
        } as const;
        if (kind === "choice")
          return (
            <select {...common}>
              <option value="">not sent</option>
              {choicesOf(schema).map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          );
        if (kind === "lines" || kind === "json")
          return <textarea {...common} spellCheck={kind === "lines"} placeholder={placeholder(schema)} />;
        return (
          <input
            {...common}
            type={name.includes("password") ? "password" : "text"}
            autoComplete="off"
            inputMode={isNumber ? "decimal" : undefined}
            placeholder={isFromToken(schema) ? callerWords : placeholder(schema)}
          />
        );
      }}
    </FormRow>
  );
}

/** What a reference or a list wants is not to be guessed from its name. */
function placeholder({ description, items }: Schema): string {
  if (items !== undefined) return "[{ … }]";
  return description?.startsWith("Refers to") === true ? description.replace(/\.$/, "") : "";
}
