import { settingKeys } from "../../config/settings.ts";
import { hasMigrations } from "../../database/migration/migrations-path.ts";
import { applicationArgument, type Command } from "../command.ts";
import {
  closeOnSignal,
  loadApplication,
  type LoadedApplication,
  openEngine,
  STILL_IN_MAINTENANCE,
} from "../run-application.ts";
import { paint } from "../terminal.ts";

export const start: Command<typeof applicationArgument> = {
  meta: { name: "start", description: "Run an application in production." },
  details: [
    "Listens on every address of the machine. The documentation is closed, and browsers of other origins are refused, unless a setting says otherwise. SIGTERM ends it: requests in flight are answered first.",
  ],
  args: applicationArgument,
  settings: settingKeys,
  examples: [
    { line: "servery start", does: "Run the application in this folder on port 5000." },
    { line: "PORT=8080 DATABASE_URL=sqlite:/var/lib/shop.db servery start shop", does: "Another port, another file." },
  ],
  async run({ args }) {
    const loaded = await loadApplication(args.app, "start");
    if (hasMigrations(loaded.folder)) await bringUp(loaded);
    const engine = await openEngine(loaded, "start");
    closeOnSignal(engine);
    const { host, port } = loaded.settings;
    try {
      const listening = await engine.listen({ host, port });
      console.log(`${engine.application.schema.title} listens on ${listening.url}.`);
      if (engine.inMaintenance()) console.log(paint.yellow(STILL_IN_MAINTENANCE));
    } catch (error) {
      await engine.close();
      throw error;
    }
  },
};

/** By the migration files. What that needs is loaded where there are some: other starts are a tenth faster. */
async function bringUp(loaded: LoadedApplication): Promise<void> {
  const { bringUpDatabase } = await import("../bring-up.ts");
  await bringUpDatabase(loaded, {
    pending: "refuse",
    undeclared: "refuse",
    report: (event) => {
      if (event.is === "applied") console.log(`Applied ${event.file.name}.`);
    },
  });
}
