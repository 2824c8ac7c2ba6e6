import { textOf } from "../text/text-of.ts";
import type { Parameter } from "../api/open-api.ts";
import { choicesOf, typeWords } from "./form-body.ts";
import { FormRow } from "./form-row.tsx";
import { FreeRows } from "./free-rows.tsx";
import type { QueryValue } from "./draft.ts";
import type { RequestPaneProps } from "./request-pane.tsx";

/** The parameters of the operation, those of its columns below each other, and free ones. */
export function QueryTab({ endpoint, draft, setDraft }: RequestPaneProps) {
  const known = endpoint.parameters.filter((parameter) => parameter.in === "query");
  const columns = known.filter(({ operators }) => operators.length > 0);
  const others = known.filter(({ operators }) => operators.length === 0);
  const row = (parameter: Parameter) => (
    <QueryRow
      key={parameter.name}
      parameter={parameter}
      given={draft.query[parameter.name] ?? { operator: "", value: "" }}
      onChange={(given) => setDraft({ ...draft, query: { ...draft.query, [parameter.name]: given } })}
    />
  );
  return (
    <>
      {known.length === 0 && <p className="soft">This operation names no parameters.</p>}
      {columns.length > 0 && <h3>Columns</h3>}
      <div className="form-rows">{columns.map(row)}</div>
      {columns.length > 0 && others.length > 0 && <h3>The list</h3>}
      <div className="form-rows">{others.map(row)}</div>
      <FreeRows rows={draft.freeQuery} what="parameter" onChange={(freeQuery) => setDraft({ ...draft, freeQuery })} />
    </>
  );
}

interface QueryRowProps {
  readonly parameter: Parameter;
  readonly given: QueryValue;
  readonly onChange: (given: QueryValue) => void;
}

function QueryRow({ parameter, given, onChange }: QueryRowProps) {
  const { name, schema, description, operators } = parameter;
  // What every column can be asked for is in the list of operators beside it.
  const isChoice =
    (schema.enum !== undefined || schema.type === "boolean") && (given.operator === "" || given.operator === "ne");
  return (
    <FormRow name={name} words={typeWords(schema, true)} note={operators.length > 0 ? "" : description} messages={[]}>
      {(field) => (
        <div className={operators.length > 0 ? "with-operator" : ""}>
          {operators.length > 0 && (
            <select
              className="field"
              aria-label={`Operator for ${name}`}
              value={given.operator}
              onChange={({ target }) => onChange({ ...given, operator: target.value })}
            >
              <option value="">equals</option>
              {operators.map((operator) => (
                <option key={operator}>{operator}</option>
              ))}
            </select>
          )}
          {isChoice ? (
            <select
              {...field}
              className="field"
              data-query={name}
              value={given.value}
              onChange={({ target }) => onChange({ ...given, value: target.value })}
            >
              <option value="">not sent</option>
              {choicesOf(schema).map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          ) : (
            <input
              {...field}
              className="field"
              data-query={name}
              data-field={operators.length === 0 ? undefined : `query.${name}`}
              value={given.value}
              placeholder={textOf(schema.default)}
              onChange={({ target }) => onChange({ ...given, value: target.value })}
            />
          )}
        </div>
      )}
    </FormRow>
  );
}
