import { type CommandDef, defineCommand } from "citty";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { didYouMean } from "../../errors/nearest-name.ts";
import { migrateNew } from "./migrate/new.ts";
import { migratePlan } from "./migrate/plan.ts";
import { migrateStatus } from "./migrate/status.ts";
import { migrateUp } from "./migrate/up.ts";

// Definitions differ in their arguments, which no list can tell of its members.
const actions = { new: migrateNew, plan: migratePlan, up: migrateUp, status: migrateStatus } as const;

export const migrate: CommandDef = defineCommand({
  meta: {
    name: "servery migrate",
    description: "Bring databases from one declaration to the next, without losing rows.",
  },
  subCommands: actions as unknown as Record<string, CommandDef>,
  setup({ rawArgs }) {
    const [first = ""] = rawArgs;
    if (Object.hasOwn(actions, first)) return;
    const names = Object.keys(actions);
    throw new DeclarationError(
      "migrate",
      first === "" ? "it does not say what to do" : `there is no ${JSON.stringify(first)}`,
      didYouMean(first, names).trim() || `Write ${names.join(", ")}`,
    );
  },
});

/** The action that `--help` asks about; the whole command where it names none. */
export function migrateHelp(action: string | undefined): CommandDef {
  const found =
    action !== undefined && Object.hasOwn(actions, action) ? actions[action as keyof typeof actions] : undefined;
  return (found ?? migrate) as unknown as CommandDef;
}
