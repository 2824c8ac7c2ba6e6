import { type KeyboardEvent, useState } from "react";
import type { ApiDescription } from "../api/open-api.ts";
import { useApi } from "../api/use-api.ts";
import { elsewhere, pages } from "../pages.ts";
import { matches } from "../text/matches.ts";
import { visible } from "../text/visible-text.ts";
import { useGoTo } from "../use-go-to.ts";
import { Dialog } from "./dialog.tsx";

interface Choice {
  readonly id: string;
  readonly text: string;
  readonly method: string;
  readonly hint: string;
  readonly open: () => void;
}

/** Rows that are drawn; typing finds the others. */
const SHOWN = 60;

/** Finds a page or an endpoint by a few letters. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const { data } = useApi();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const goTo = useGoTo();
  const found = choicesOf(data, goTo)
    .filter(({ text, method, hint }) => matches(words, `${method} ${text} ${hint}`))
    .slice(0, SHOWN);
  const chosen = found[Math.min(at, found.length - 1)];
  const open = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    onClose();
    choice.open();
  };
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = (at + step + found.length) % Math.max(1, found.length);
      setAt(next);
      document.getElementById(`choice-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(chosen);
    }
  };
  return (
    <Dialog label="Find a page or an endpoint" className="palette" onClose={onClose}>
      <input
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={chosen === undefined ? undefined : `choice-${found.indexOf(chosen)}`}
        aria-label="Find a page or an endpoint"
        placeholder="Find a page or an endpoint"
        autoFocus
        value={words}
        onKeyDown={pressed}
        onChange={({ target }) => {
          setWords(target.value);
          setAt(0);
        }}
      />
      <div id="choices" role="listbox" aria-label="Found" className="choices">
        {found.map((choice, index) => (
          <ChoiceRow key={choice.id} choice={choice} id={`choice-${index}`} chosen={choice === chosen} onOpen={open} />
        ))}
      </div>
      {found.length === 0 && <p className="palette-none soft">Nothing is called so.</p>}
    </Dialog>
  );
}

interface ChoiceRowProps {
  readonly choice: Choice;
  readonly id: string;
  readonly chosen: boolean;
  readonly onOpen: (choice: Choice) => void;
}

function ChoiceRow({ choice, id, chosen, onOpen }: ChoiceRowProps) {
  return (
    // The keyboard moves in the input above, which names the chosen row.
    <div role="option" id={id} aria-selected={chosen} className="choice" onClick={() => onOpen(choice)}>
      <span className={`mono method ${choice.method.toLowerCase()}`}>{choice.method}</span>
      <span className={choice.method === "" ? "" : "mono"}>{visible(choice.text)}</span>
      <span className="soft small">{visible(choice.hint)}</span>
    </div>
  );
}

function choicesOf(data: ApiDescription | undefined, goTo: ReturnType<typeof useGoTo>): Choice[] {
  return [
    ...pages.map(({ path, label }) => ({ id: path, text: label, method: "", hint: "page", open: () => goTo(path) })),
    ...elsewhere.map(({ href, label }) => ({
      id: href,
      text: label,
      method: "",
      hint: "page",
      open: () => location.assign(href),
    })),
    ...[...(data?.endpoints.values() ?? [])].map(({ id, method, path, summary }) => ({
      id,
      text: path,
      method,
      hint: summary,
      open: () => goTo("/", { op: id }),
    })),
  ];
}
