import { type FocusEvent, type KeyboardEvent, useState } from "react";
import { BodyField } from "../explorer/body-field.tsx";
import { announce } from "../state/announcement.ts";
import { Floating } from "./floating.tsx";
import { ReferencePicker } from "./reference-picker.tsx";
import type { Table } from "./tables.ts";

type InsertFieldProps = Parameters<typeof BodyField>[0] & {
  /** The table that the column refers to. */
  readonly target: Table | undefined;
};

/** A field of a new row; beneath a reference stand the rows that it may lead to. */
export function InsertField({ target, ...field }: InsertFieldProps) {
  const [isOpen, setIsOpen] = useState(false);
  if (target === undefined) return <BodyField {...field} />;
  const left = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!currentTarget.contains(relatedTarget)) setIsOpen(false);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !isOpen) return;
    // It closes what is on top; the dialog with all that was typed stays.
    event.preventDefault();
    setIsOpen(false);
  };
  const choose = (key: string): void => {
    field.onChange(key);
    setIsOpen(false);
    announce(`${field.name} is ${key}.`);
  };
  return (
    <div className="insert-field" onFocus={() => setIsOpen(true)} onBlur={left} onKeyDown={pressed}>
      <BodyField
        {...field}
        onChange={(value) => {
          field.onChange(value);
          setIsOpen(true);
        }}
      />
      {isOpen && (
        <Floating className="cell-said">
          <ReferencePicker target={target} words={field.value} onChoose={choose} />
          <p className="soft small">Type a few letters of its name · Tab goes to the rows, Esc closes them</p>
        </Floating>
      )}
    </div>
  );
}
