import type { StandardSchema } from "./standard-schema.ts";
import type { Json, JsonSchema, Stored } from "./stored.ts";

/**
 * How values of a kind lie in a database. It is a property of its own, apart from the JSON side: a
 * dialect has one entry for each member, which gives the DDL, the CHECK and the expression that
 * writes the JSON. Values are bound and compared in one form; where an adopted file holds another, `form` names it, and
 * the dialect turns one into the other.
 */
export type Storage =
  | {
      readonly as: "text";
      readonly min: number;
      readonly max: number;
      readonly foldCase?: boolean;
      readonly values?: readonly string[];
    }
  | { readonly as: "integer"; readonly min: number; readonly max: number }
  | { readonly as: "bigint"; readonly min: bigint; readonly max: bigint }
  | {
      readonly as: "decimal";
      readonly precision: number;
      readonly scale: number;
      readonly min?: bigint;
      readonly max?: bigint;
      readonly form?: "real" | "text";
    }
  | { readonly as: "real" }
  | { readonly as: "boolean" }
  | { readonly as: "date"; readonly form?: "timestamp" }
  | { readonly as: "timestamp"; readonly form?: "text" | "unix" | "unix_ms" }
  | { readonly as: "uuid" }
  /** `object`: every value is an object, of at most so many bytes. */
  | { readonly as: "json"; readonly object?: { readonly bytes: number } };

/** A kind of column: everything that is said about its values outside the database. One file a kind. */
export interface Kind {
  /** The name in the declaration, the documentation and error messages. */
  readonly name: string;
  readonly storage: Storage;
  /** What a body may hold. Its `format` is checked by `validation/formats.ts`. */
  readonly input: JsonSchema;
  /** What an answer holds. */
  readonly output: JsonSchema;
  /** The TypeScript type of a value in an answer, for the generated `.d.ts`. */
  readonly typescript: string;
  /** Takes like, contains, starts, ends and their case-folding forms. */
  readonly textual: boolean;
  /** Takes comparison, sorting and lists; a json column takes `null` alone. */
  readonly ordered: boolean;
  /** "what to send instead", put into the message of a refused value: `a whole number from 0 to 9`. */
  readonly expects: string;
  /** A body value that `input` accepted → what is stored. */
  readonly store: (value: Json) => Stored;
  /** The text of a URL → what is stored, or undefined when the text is not of this kind. */
  readonly parse: (text: string) => Stored | undefined;
  /** A validator that is asked after `input`; what it makes of the value is what is stored. */
  readonly standard?: StandardSchema;
}
