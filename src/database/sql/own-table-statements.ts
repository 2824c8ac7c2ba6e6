import type { OwnTableWords } from "./dialect.ts";

/** A table that Servery keeps for itself, and the statements that make it. */
export interface OwnTable {
  readonly name: string;
  readonly create: (own: OwnTableWords) => readonly string[];
}
