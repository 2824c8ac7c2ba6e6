import { type FormEvent, useState } from "react";
import { visible } from "../text/visible-text.ts";
import { type Condition, operatorsOf, operatorWords, type RowsQuery } from "./rows-query.ts";
import type { Table } from "./tables.ts";

interface FilterBarProps {
  readonly table: Table;
  readonly query: RowsQuery;
  readonly setQuery: (query: RowsQuery) => void;
}

/** A condition is a column, what is asked of it, and a value; all must hold. */
export function FilterBar({ table, query, setQuery }: FilterBarProps) {
  const columns = table.columns.filter(({ filter }) => filter !== undefined);
  const [name, setName] = useState("");
  const column = columns.find((one) => one.name === name) ?? columns[0];
  const operators = column === undefined ? [] : operatorsOf(column);
  const [asked, setAsked] = useState("");
  const operator = operators.includes(asked) ? asked : (operators[0] ?? "eq");
  const [value, setValue] = useState("");
  if (column === undefined) return null;
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const condition = { column: column.name, operator, value: operator === "null" ? "true" : value };
    setQuery({ ...query, conditions: [...query.conditions, condition] });
    setValue("");
  };
  return (
    <form className="filter-bar" onSubmit={add} aria-label="Filter">
      <select
        className="plain"
        aria-label="Column"
        value={column.name}
        onChange={({ target }) => setName(target.value)}
      >
        {columns.map((one) => (
          <option key={one.name} value={one.name}>
            {visible(one.name)}
          </option>
        ))}
      </select>
      <select
        className="plain"
        aria-label="Condition"
        value={operator}
        onChange={({ target }) => setAsked(target.value)}
      >
        {operators.map((one) => (
          <option key={one} value={one}>
            {operatorWords(one)}
          </option>
        ))}
      </select>
      {operator !== "null" && (
        <input
          className="field"
          aria-label="Value"
          data-search
          placeholder={operator === "in" || operator === "nin" ? "one, two, three" : "value"}
          value={value}
          onChange={({ target }) => setValue(target.value)}
        />
      )}
      <button type="submit" className="plain">
        Filter
      </button>
      <Conditions query={query} setQuery={setQuery} />
    </form>
  );
}

function Conditions({ query, setQuery }: Pick<FilterBarProps, "query" | "setQuery">) {
  const without = (gone: Condition): void =>
    setQuery({ ...query, conditions: query.conditions.filter((one) => one !== gone) });
  return query.conditions.map((condition, at) => {
    const { column, operator, value } = condition;
    const words = `${column} ${operatorWords(operator)}${operator === "null" ? "" : ` ${value}`}`;
    return (
      <button
        key={`${at}${words}`}
        type="button"
        className="plain condition"
        aria-label={`Take away the filter ${words}`}
        onClick={() => without(condition)}
      >
        <span className="mono">{visible(words)}</span> ✕
      </button>
    );
  });
}
