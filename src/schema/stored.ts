/** A value as a database stores it. */
export type Stored = string | number | bigint | Uint8Array | null;

/** Any value that `JSON.parse` can answer. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema 2020-12 object: the subset that kinds, Ajv and OpenAPI share. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}
