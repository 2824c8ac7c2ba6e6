/** Something that is pending. */
export interface PendingPart {
  readonly is: "waiting" | "file" | "recorded" | "unwritten";
  readonly name: string | null;
  readonly says: string;
  /** One line for each thing that comes (`+`), goes (`-`) or changes (`~`). */
  readonly changes: readonly string[];
  readonly losses: readonly { readonly name: string; readonly what: string }[];
  readonly consent: string | null;
  readonly copies: readonly { readonly table: string; readonly rows: number | null }[];
  readonly in_the_way: readonly { readonly table: string; readonly rows: number | null; readonly finding: string }[];
  readonly counted_after: readonly string[];
  readonly statements: readonly string[];
  readonly statements_left_out: number;
}

/** What `GET /api/server/migration` answers, as far as it is shown. */
export interface MigrationReport {
  readonly state: "adopted" | "nothing" | "pending" | "refused";
  readonly says: string;
  readonly refused: string | null;
  readonly parts: readonly PendingPart[];
  readonly parts_left_out: number;
  readonly commands: readonly { readonly command: string; readonly does: string }[];
}
