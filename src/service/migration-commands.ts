import type { PendingMigrations } from "../repository/pending-migrations.ts";
import type { MigrationSituation } from "./migration-reports.ts";

/** What to type, and what that does. */
export type Commands = readonly { readonly command: string; readonly does: string }[];

interface AskedFor extends Pick<MigrationSituation, "development" | "application"> {
  /** The files go on where the declaration ends. */
  readonly isBehind: boolean;
}

/** The commands that lead on, in the order in which they are typed. */
export function commandsFor(
  { hasFolder, files, refused, unwritten }: PendingMigrations,
  { development, application, isBehind }: AskedFor,
): Commands {
  const folder = application === "." ? "" : ` ${quotedName(application)}`;
  const status = { command: `servery migrate status${folder}`, does: "Says of each file whether it is applied." };
  if (refused !== undefined) return [status];
  const drops = (unwritten?.losses ?? []).map(({ name }) => ` --drop ${quotedName(name)}`).join("");
  const named = unwritten === undefined ? undefined : `servery migrate new ${unwritten.name}${folder}${drops}`;
  return [
    ...(files.length === 0
      ? []
      : [
          { command: `servery migrate plan${folder} --sql`, does: "Shows the same in the terminal." },
          { command: `servery migrate up${folder}`, does: "Applies the pending files to this database." },
        ]),
    ...(named === undefined || isBehind
      ? []
      : [{ command: named, does: "Writes the file that every other database needs." }]),
    ...(hasFolder || !development
      ? []
      : [{ command: `servery migrate new initial${folder}`, does: "Writes the first file." }]),
  ];
}

/** A name as a shell takes it for one word. */
export function quotedName(name: string): string {
  return /^[\w./@:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
