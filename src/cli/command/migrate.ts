import type { AnyCommand, Command } from "../command.ts";
import { migrateNew } from "./migrate/new.ts";
import { migratePlan } from "./migrate/plan.ts";
import { migrateStatus } from "./migrate/status.ts";
import { migrateUp } from "./migrate/up.ts";

export const migrate: Command = {
  meta: { name: "migrate", description: "Bring databases from one declaration to the next, without losing rows." },
  details: [
    "Migrations are files in the folder migrations beside the declaration. They belong into version control: every database applies the same ones, in their order, each once.",
  ],
  subCommands: { new: migrateNew, plan: migratePlan, up: migrateUp, status: migrateStatus } satisfies Record<
    string,
    AnyCommand
  >,
};
