import { useState } from "react";
import { chosenEnvironment, type Environment, environments, type Variable } from "../state/environments.ts";
import { useStore } from "../state/store.ts";
import { Dialog } from "./dialog.tsx";

/** The environments, and the variables of the chosen one. */
export function EnvironmentDialog({ onClose }: { readonly onClose: () => void }) {
  const state = useStore(environments);
  const chosen = chosenEnvironment(state);
  const [name, setName] = useState("");
  const change = (next: Environment): void =>
    environments.set({ ...state, all: state.all.map((one) => (one.name === chosen.name ? next : one)) });
  const add = (): void => {
    const fresh = name.trim();
    if (fresh === "" || state.all.some((one) => one.name === fresh)) return;
    environments.set({ chosen: fresh, all: [...state.all, { name: fresh, variables: chosen.variables }] });
    setName("");
  };
  const remove = (): void => {
    const all = state.all.filter((one) => one.name !== chosen.name);
    environments.set({ chosen: all[0]?.name ?? "", all });
  };
  return (
    <Dialog label="Environments and variables" className="form-dialog" onClose={onClose}>
      <h2>Variables of {chosen.name}</h2>
      <p className="soft">
        Write <code>{"{{name}}"}</code> in a path, a header, a query or a body. They stay in this browser.
      </p>
      <Variables variables={chosen.variables} onChange={(variables) => change({ ...chosen, variables })} />
      <p className="dialog-buttons">
        <input
          className="field"
          aria-label="Name of a new environment"
          placeholder="Name of a new environment"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <button type="button" className="plain" onClick={add}>
          Add environment
        </button>
        {state.all.length > 1 && (
          <button type="button" className="plain" onClick={remove}>
            Remove {chosen.name}
          </button>
        )}
        <button type="button" className="primary" onClick={onClose}>
          Done
        </button>
      </p>
    </Dialog>
  );
}

interface VariablesProps {
  readonly variables: readonly Variable[];
  readonly onChange: (variables: readonly Variable[]) => void;
}

function Variables({ variables, onChange }: VariablesProps) {
  const put = (at: number, part: Partial<Variable>): void =>
    onChange(variables.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <>
      <ul className="free-rows">
        {variables.map(({ name, value }, at) => (
          <li key={at}>
            <input
              className="field"
              aria-label="Name"
              value={name}
              onChange={({ target }) => put(at, { name: target.value })}
            />
            <input
              className="field"
              aria-label={`Value of ${name}`}
              value={value}
              onChange={({ target }) => put(at, { value: target.value })}
            />
            <button
              type="button"
              className="quiet"
              aria-label={`Remove ${name}`}
              onClick={() => onChange(variables.filter((_one, index) => index !== at))}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="quiet" onClick={() => onChange([...variables, { name: "", value: "" }])}>
        + Add a variable
      </button>
    </>
  );
}
