const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** A `{{name}}` that nobody gave a value. */
class MissingVariable extends Error {
  readonly variable: string;

  constructor(variable: string, environment: string) {
    super(`{{${variable}}} has no value in ${environment}. Give it one there, or write the value itself.`);
    this.variable = variable;
  }
}

export interface Substitution {
  readonly environment: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The text with every `{{name}}` replaced. Throws a `MissingVariable` for the first that has no value. */
export function substitute(text: string, { environment, values }: Substitution): string {
  return text.replace(PLACE, (_place, name: string) => {
    const value = values.get(name);
    if (value === undefined || value === "") throw new MissingVariable(name, environment);
    return value;
  });
}
