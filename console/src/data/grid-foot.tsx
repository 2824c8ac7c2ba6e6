import { type FormEvent, useState } from "react";
import { wholeNumber } from "../text/amounts.ts";

interface GridFootProps {
  readonly first: number;
  readonly last: number;
  readonly total: number;
  readonly isExact: boolean;
  readonly onGo: (row: number) => void;
}

/** Which of the rows are in sight, and a way to any other. */
export function GridFoot({ first, last, total, isExact, onGo }: GridFootProps) {
  const [wanted, setWanted] = useState("");
  const number = Number(wanted.replaceAll(/[\s,.’']/g, ""));
  const isRow = /\d/.test(wanted) && Number.isSafeInteger(number) && number > 0;
  const go = (event: FormEvent): void => {
    event.preventDefault();
    if (isRow) onGo(Math.min(number, total) - 1);
  };
  return (
    <form className="grid-foot small" onSubmit={go} aria-label="Place in the table">
      <span className="soft" data-sight>
        Rows {wholeNumber(first + 1)} to {wholeNumber(Math.max(first, last) + 1)} of {isExact ? "" : "about "}
        {wholeNumber(total)}
      </span>
      <label className="soft">
        Go to row{" "}
        <input
          className="field"
          inputMode="numeric"
          autoComplete="off"
          value={wanted}
          aria-invalid={wanted !== "" && !isRow}
          onChange={({ target }) => setWanted(target.value)}
        />
      </label>
      <button type="submit" className="quiet small" disabled={!isRow}>
        Go
      </button>
    </form>
  );
}
