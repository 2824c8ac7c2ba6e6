import { type CommandDef, defineCommand } from "citty";
import pc from "picocolors";
import { lastSchema } from "../../../database/migration/migrations-folder.ts";
import { appliedFindings } from "../../../database/migration/next-steps.ts";
import { schemaHash } from "../../../database/migration/schema-hash.ts";
import { readDatabaseState } from "../../../database/sqlite/migrate-database.ts";
import { isSameSchema } from "../../../schema/stored-schema.ts";
import { loadMigrationWork, type MigrationWork } from "../../migration-work.ts";
import { refuseUntaken } from "../../typed-options.ts";

const parameters = {
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
  check: { type: "boolean", description: "End with 1 when anything is pending or does not agree." },
  json: { type: "boolean", description: "Answer in JSON." },
} as const;

type FileState = "applied" | "pending" | "edited" | "missing" | "late";

interface MigrationStatus {
  readonly files: readonly { readonly name: string; readonly is: FileState; readonly applied_at: string | null }[];
  /** Whether the files lead to what is declared. */
  readonly declaration_agrees: boolean;
  /** Whether the database has what the files that it has applied lead to. */
  readonly database_agrees: boolean;
}

export const migrateStatus: CommandDef<typeof parameters> = defineCommand({
  meta: { name: "servery migrate status", description: "Show which migrations this database has." },
  args: parameters,
  async run({ args }) {
    refuseUntaken(args, { command: "migrate status", options: Object.keys(parameters), words: 1 });
    const work = await loadMigrationWork(args.app);
    const status = await statusOf(work);
    console.log(args.json === true ? JSON.stringify(status) : asText(status, work));
    const isWell =
      status.declaration_agrees && status.database_agrees && status.files.every(({ is }) => is === "applied");
    if (args.check === true && !isWell) process.exitCode = 1;
  },
});

async function statusOf({ file, migrations, wanted }: MigrationWork): Promise<MigrationStatus> {
  const state = await readDatabaseState(file);
  if (migrations === undefined) {
    const agrees = state.is === "new" || isSameSchema(state.schema, wanted);
    return { files: [], declaration_agrees: agrees, database_agrees: agrees };
  }
  const findings = new Map(appliedFindings(migrations, state).map(({ name, is }) => [name, is]));
  const applied = new Map(state.applied.map(({ name, appliedAt }) => [name, appliedAt]));
  const names = [...new Set([...migrations.files.map(({ name }) => name), ...applied.keys()])].toSorted((one, other) =>
    one < other ? -1 : 1,
  );
  const done = migrations.files.filter(({ name, leads }) => leads !== undefined && applied.has(name));
  const at = done.at(-1)?.leads?.to;
  return {
    files: names.map((name) => ({
      name,
      is: findings.get(name) ?? (applied.has(name) ? "applied" : "pending"),
      applied_at: applied.get(name) ?? null,
    })),
    declaration_agrees: isSameSchema(lastSchema(migrations), wanted),
    database_agrees: at === undefined ? state.is === "new" : at === schemaHash(state.schema),
  };
}

const words: Record<FileState, string> = {
  applied: "applied",
  pending: "pending",
  edited: "edited after it was applied",
  missing: "applied, but not in the folder",
  late: "pending, but before one that is applied",
};

function asText({ files, declaration_agrees, database_agrees }: MigrationStatus, work: MigrationWork): string {
  const widest = Math.max(0, ...files.map(({ name }) => name.length));
  const lines = files.map(({ name, is, applied_at }) => {
    const colour = is === "applied" ? pc.green : is === "pending" ? pc.yellow : pc.red;
    return `${name.padEnd(widest)}  ${colour(words[is])}${applied_at === null || is !== "applied" ? "" : ` ${applied_at}`}`;
  });
  if (work.migrations === undefined) lines.push("There is no migrations folder: servery migrate new begins one.");
  else if (files.length === 0) lines.push("There are no migrations: servery migrate new writes the first.");
  if (work.migrations !== undefined)
    lines.push(
      declaration_agrees
        ? "The files lead to what is declared."
        : "The declaration has changes that no file holds yet: write them with servery migrate new.",
    );
  if (!database_agrees)
    lines.push("The database has other tables than its migrations lead to: see servery migrate plan.");
  return lines.join("\n");
}
