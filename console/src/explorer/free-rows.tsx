import type { FreeRow } from "./draft.ts";

interface FreeRowsProps {
  readonly rows: readonly FreeRow[];
  /** `header`, `parameter`. */
  readonly what: string;
  readonly onChange: (rows: readonly FreeRow[]) => void;
}

/** Names and values that no document knows. */
export function FreeRows({ rows, what, onChange }: FreeRowsProps) {
  const put = (at: number, part: Partial<FreeRow>): void =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <>
      {rows.length > 0 && (
        <ul className="free-rows">
          {rows.map(({ name, value }, at) => (
            <li key={at}>
              <input
                className="field"
                aria-label={`Name of the ${what}`}
                placeholder="name"
                value={name}
                onChange={({ target }) => put(at, { name: target.value })}
              />
              <input
                className="field"
                aria-label={`Value of ${name === "" ? `the ${what}` : name}`}
                placeholder="value"
                value={value}
                onChange={({ target }) => put(at, { value: target.value })}
              />
              <button
                type="button"
                className="quiet"
                aria-label={`Remove ${name === "" ? `the ${what}` : name}`}
                onClick={() => onChange(rows.filter((_row, index) => index !== at))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="quiet add" onClick={() => onChange([...rows, { name: "", value: "" }])}>
        + Add a {what}
      </button>
    </>
  );
}
