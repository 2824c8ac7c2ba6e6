import { keptStore } from "./store.ts";

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** A named set of variables: `{{base_url}}` means another address in each. */
export interface Environment {
  readonly name: string;
  readonly variables: readonly Variable[];
}

export interface Environments {
  readonly chosen: string;
  readonly all: readonly Environment[];
}

const LOCAL: Environment = {
  name: "Local Dev",
  variables: [
    { name: "base_url", value: location.origin },
    { name: "token", value: "" },
  ],
};

export const environments = keptStore<Environments>(localStorage, "servery.console.environments", (kept) => {
  const { chosen, all } = (kept ?? {}) as Partial<Environments>;
  if (!Array.isArray(all) || !all.every(isEnvironment) || all.length === 0) return { chosen: LOCAL.name, all: [LOCAL] };
  return { chosen: typeof chosen === "string" ? chosen : LOCAL.name, all };
});

export function chosenEnvironment({ chosen, all }: Environments): Environment {
  return all.find(({ name }) => name === chosen) ?? all[0] ?? LOCAL;
}

function isEnvironment(value: unknown): value is Environment {
  const { name, variables } = (value ?? {}) as Partial<Environment>;
  return (
    typeof name === "string" &&
    Array.isArray(variables) &&
    variables.every((one: Partial<Variable>) => typeof one?.name === "string" && typeof one.value === "string")
  );
}
