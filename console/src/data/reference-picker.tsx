import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef } from "react";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { askAsCaller, isGood, refusalWords } from "./ask-as-caller.ts";
import { cellText } from "./cell-text.ts";
import { listUrl } from "./rows-query.ts";
import { namingColumn, type Row, type Table } from "./tables.ts";

const SHOWN = 8;

interface ReferencePickerProps {
  readonly target: Table;
  /** Text searches the column that names a row; a number stands for itself. */
  readonly words: string;
  readonly onChoose: (key: string) => void;
}

/** Rows that a reference may lead to; Tab goes to them, arrows from one to the next. */
export function ReferencePicker({ target, words, onChoose }: ReferencePickerProps) {
  const { chosen } = useStore(callers);
  const list = useRef<HTMLUListElement>(null);
  const naming = namingColumn(target);
  const [key = "id"] = target.key;
  const { data, error } = useQuery({
    queryKey: ["rows", target.name, chosen, "picker", words],
    queryFn: ({ signal }) => foundRows({ target, naming, words }, signal),
    placeholderData: (before) => before,
    gcTime: 0,
  });
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const rows = [...(list.current?.querySelectorAll("button") ?? [])];
    rows[rows.indexOf(document.activeElement as HTMLButtonElement) + step]?.focus();
  };
  if (error !== null) return <p className="error small">✕ {error.message}</p>;
  return (
    <ul ref={list} className="picker-rows" aria-label={`Rows of ${target.name}`} onKeyDown={pressed}>
      {data?.map((row) => (
        <li key={cellText(row[key])}>
          <button type="button" data-picked={cellText(row[key])} onClick={() => onChoose(String(row[key]))}>
            <span className="mono">{cellText(row[key])}</span>
            <span>{naming === undefined ? "" : cellText(row[naming])}</span>
          </button>
        </li>
      ))}
      {data?.length === 0 && <li className="soft small">No row of {target.name} is called so.</li>}
    </ul>
  );
}

interface Search {
  readonly target: Table;
  readonly naming: string | undefined;
  readonly words: string;
}

async function foundRows({ target, naming, words }: Search, signal: AbortSignal): Promise<readonly Row[]> {
  const [key = "id"] = target.key;
  const parameters = new URLSearchParams({ limit: String(SHOWN) });
  if (/^\d+$/.test(words)) parameters.set(`${key}[eq]`, words);
  else if (naming !== undefined && words !== "") parameters.set(`${naming}[icontains]`, words);
  const answer = await askAsCaller({ method: "GET", url: listUrl(target, parameters) }, signal);
  if (!isGood(answer)) throw new Error(refusalWords(answer));
  return JSON.parse(answer.text) as readonly Row[];
}
