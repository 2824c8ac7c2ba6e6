import { removeEntries } from "../../database/sqlite/prune-audit.ts";
import { canonicalTimestamp } from "../../schema/column/timestamp.ts";
import { applicationArgument, type Command, jsonOption } from "../command.ts";
import { locateDatabase } from "../run-application.ts";
import { UsageError } from "../usage-error.ts";

const parameters = {
  ...applicationArgument,
  before: {
    type: "string",
    valueHint: "DATE",
    required: true,
    description: "Entries from before this time go: 2025-01-31, or 2025-01-31T12:00:00Z.",
  },
  ...jsonOption,
} as const;

const prune: Command<typeof parameters> = {
  meta: {
    name: "prune",
    description: "Remove entries of changes from before a time. Running servers go on meanwhile.",
  },
  args: parameters,
  settings: ["database", "sqliteDriver"],
  examples: [{ line: "servery audit prune --before 2025-01-01", does: "Keep what has changed since then." }],
  async run({ args }) {
    const before = timeOf(args.before);
    const removed = await removeEntries(await locateDatabase(args.app), before);
    const entries = removed === 1 ? "1 entry" : `${removed} entries`;
    console.log(args.json === true ? JSON.stringify({ removed, before }) : `Removed ${entries} from before ${before}.`);
  },
};

export const audit: Command = {
  meta: { name: "audit", description: "Look after what is kept of changes in audited tables." },
  details: ["The declaration is not looked at, and no database is made."],
  subCommands: { prune },
};

function timeOf(text: string): string {
  const time = canonicalTimestamp(text);
  if (time === undefined) throw new UsageError("--before takes a date or a time: 2025-01-31, 2025-01-31T12:00:00Z.");
  return time;
}
