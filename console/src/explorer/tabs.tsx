import { type KeyboardEvent, type ReactNode, useId } from "react";
import "./tabs.css";

interface TabsProps {
  readonly label: string;
  readonly names: readonly string[];
  /** Shown behind a name, where it is not 0. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
  readonly end?: ReactNode;
  readonly children: ReactNode;
}

/** Tabs as the keyboard expects them: arrows choose, Tab goes on into the panel. */
export function Tabs({ label, names, counts = {}, chosen, onChoose, end, children }: TabsProps) {
  const id = useId();
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (names.indexOf(chosen) + step + names.length) % names.length;
    onChoose(names[next] ?? chosen);
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  return (
    <>
      <div className="tab-line">
        <div className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
          {names.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}${name}`}
              aria-selected={name === chosen}
              aria-controls={`${id}panel`}
              tabIndex={name === chosen ? 0 : -1}
              onClick={() => onChoose(name)}
            >
              {name}
              {(counts[name] ?? 0) > 0 && <span className="soft"> {counts[name]}</span>}
            </button>
          ))}
        </div>
        {end}
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${chosen}`} className="tab-panel">
        {children}
      </div>
    </>
  );
}
