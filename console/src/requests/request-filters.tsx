export interface Filters {
  readonly words: string;
  readonly method: string;
  /** The first digit of the status. */
  readonly statusClass: string;
  readonly failed: boolean;
  readonly slowFirst: boolean;
  /** Whether the files of the console itself are listed. */
  readonly ownFiles: boolean;
}

interface RequestFiltersProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

const CLASSES = [
  ["", "every status"],
  ["2", "2xx went well"],
  ["3", "3xx elsewhere"],
  ["4", "4xx refused"],
  ["5", "5xx our fault"],
] as const;

export function RequestFilters({ filters, onChange }: RequestFiltersProps) {
  const put = (part: Partial<Filters>): void => onChange({ ...filters, ...part });
  return (
    <div className="filters">
      <input
        className="field search"
        type="search"
        data-search
        aria-label="Find a request"
        placeholder="Find by path, id or problem"
        value={filters.words}
        onChange={({ target }) => put({ words: target.value })}
      />
      <select
        className="plain"
        aria-label="Method"
        value={filters.method}
        onChange={({ target }) => put({ method: target.value })}
      >
        <option value="">every method</option>
        {["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => (
          <option key={method}>{method}</option>
        ))}
      </select>
      <select
        className="plain"
        aria-label="Status"
        value={filters.statusClass}
        onChange={({ target }) => put({ statusClass: target.value })}
      >
        {CLASSES.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <Toggle label="Failed only" on={filters.failed} onToggle={(failed) => put({ failed })} />
      <Toggle label="Slow first" on={filters.slowFirst} onToggle={(slowFirst) => put({ slowFirst })} />
      <Toggle label="With this console’s files" on={filters.ownFiles} onToggle={(ownFiles) => put({ ownFiles })} />
    </div>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly on: boolean;
  readonly onToggle: (on: boolean) => void;
}

function Toggle({ label, on, onToggle }: ToggleProps) {
  return (
    <button type="button" className="plain" aria-pressed={on} onClick={() => onToggle(!on)}>
      {label}
    </button>
  );
}
