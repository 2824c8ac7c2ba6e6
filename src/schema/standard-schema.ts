import type { JsonSchema } from "./stored.ts";

/**
 * A validator of any library that follows Standard Schema (https://standardschema.dev): Zod, Valibot, ArkType and
 * others. Only what is used of it is written here, so no library is needed.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Standard JSON Schema, where the library has it. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown>;
      readonly output: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown>;
    };
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a validator takes and what it makes of it. */
export type StandardInput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["input"];
export type StandardOutput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["output"];

/** ArkType's validators are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || !("~standard" in value))
    return false;
  const standard = value["~standard"];
  return (
    typeof standard === "object" &&
    standard !== null &&
    "validate" in standard &&
    typeof standard.validate === "function"
  );
}

/**
 * What a validator says of itself as JSON Schema 2020-12; `{}`, which takes everything, where its library cannot say
 * it, or says it with references, which would lead nowhere inside another document.
 */
export function jsonSchemaOf(schema: StandardSchema, side: "input" | "output"): JsonSchema {
  let told: Record<string, unknown> | undefined;
  try {
    told = schema["~standard"].jsonSchema?.[side]({ target: "draft-2020-12" });
  } catch {
    // A transformation, a date or a symbol has no JSON Schema: the validator still decides.
    return {};
  }
  if (told === undefined || JSON.stringify(told).includes('"$ref"')) return {};
  const { $schema: _, ...plain } = told;
  return plain;
}

/** The keys that lead to what an issue is about. */
export function issuePath(issue: StandardIssue): readonly string[] {
  return Array.from(issue.path ?? [], (part) => String(typeof part === "object" ? part.key : part));
}
