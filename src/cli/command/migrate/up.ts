import { migrationName } from "../../../database/migration/migration-file.ts";
import { lastSchema, type Migrations } from "../../../database/migration/migrations-folder.ts";
import { migrateDatabase, type MigrationEvent } from "../../../database/sqlite/migrate-database.ts";
import { DeclarationError } from "../../../errors/declaration-error.ts";
import { isSameSchema } from "../../../schema/stored-schema.ts";
import { MigrationProgress } from "../../migration-progress.ts";
import { loadMigrationCode, loadMigrationWork } from "../../migration-work.ts";
import { applicationArgument, type Command, jsonOption } from "../../command.ts";
import { MIGRATIONS_FOLDER } from "../../../database/migration/migrations-path.ts";

const parameters = {
  ...applicationArgument,
  to: { type: "string", valueHint: "NUMBER", description: "The last migration to apply; all without it." },
  backup: {
    type: "boolean",
    default: true,
    description: "Copy the database before a migration that loses values.",
    negativeDescription: "Make no copy.",
  },
  ...jsonOption,
} as const;

export const migrateUp: Command<typeof parameters> = {
  meta: { name: "up", description: "Apply the pending migrations to this database." },
  details: [
    "Each file runs in a transaction of its own: it is applied whole or not at all, and a run that was interrupted is finished by the next. Files that were applied must not change. It never asks.",
  ],
  args: parameters,
  settings: ["database", "sqliteDriver"],
  examples: [
    { line: "servery migrate up", does: "Apply what is pending." },
    { line: "servery migrate up --to 3", does: "Stop behind the third file." },
  ],
  async run({ args }) {
    const work = await loadMigrationWork(args.app);
    const { migrations } = work;
    if (migrations === undefined)
      throw new DeclarationError(
        MIGRATIONS_FOLDER,
        "there is no such folder",
        "Write the first file with servery migrate new",
      );
    const done: MigrationEvent[] = [];
    const progress = args.json === true ? undefined : new MigrationProgress();
    try {
      await migrateDatabase(work.file, migrations, {
        to: numberOf(args.to, migrations),
        copies: args.backup,
        loadCode: loadMigrationCode,
        report: (event) => {
          if (event.is !== "statement") done.push(event);
          progress?.report(event);
        },
      });
    } finally {
      progress?.end();
    }
    const agrees = isSameSchema(lastSchema(migrations), work.wanted);
    console.log(args.json === true ? asJson(done, agrees) : asText(done, agrees));
  },
};

function numberOf(typed: string | undefined, { files }: Migrations): number | undefined {
  if (typed === undefined) return undefined;
  const number = /^\d{1,4}$/.test(typed) ? Number(typed) : migrationName(typed)?.number;
  if (files.some((file) => file.number === number)) return number;
  throw new DeclarationError(
    "migrate up, --to",
    `there is no migration ${JSON.stringify(typed)}`,
    files.length === 0
      ? "The folder is empty"
      : `Write a number from ${files[0]?.number ?? 0} to ${files.at(-1)?.number ?? 0}`,
  );
}

function asText(done: readonly MigrationEvent[], agrees: boolean): string {
  const applied = done.filter(({ is }) => is === "applied" || is === "recorded").length;
  const end =
    applied === 0 ? "Nothing to do: every file is applied." : `Done: ${applied} ${applied === 1 ? "file" : "files"}.`;
  return agrees
    ? end
    : `${end}\nThe declaration has changes that no file holds yet: write them with servery migrate new.`;
}

function asJson(done: readonly MigrationEvent[], agrees: boolean): string {
  const named = (is: "applied" | "recorded"): object[] =>
    done.flatMap((event) =>
      event.is === is ? [{ name: event.file.name, ...(event.is === "applied" ? { took_ms: event.tookMs } : {}) }] : [],
    );
  const copies = done.flatMap((event) => (event.is === "copied" ? [event.path] : []));
  return JSON.stringify({ applied: named("applied"), recorded: named("recorded"), copies, declaration_agrees: agrees });
}
