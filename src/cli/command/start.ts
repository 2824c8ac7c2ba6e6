import { type CommandDef, defineCommand } from "citty";
import pc from "picocolors";
import { bringUpDatabase } from "../bring-up.ts";
import { closeOnSignal, loadApplication, openEngine, STILL_IN_MAINTENANCE } from "../run-application.ts";

const applicationArgument = {
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
} as const;

export const start: CommandDef<typeof applicationArgument> = defineCommand({
  meta: { name: "servery start", description: "Run an application in production." },
  args: applicationArgument,
  async run({ args }) {
    const loaded = await loadApplication(args.app, "start");
    await bringUpDatabase(loaded, {
      pending: "refuse",
      undeclared: "refuse",
      report: (event) => {
        if (event.is === "applied") console.log(`Applied ${event.file.name}.`);
      },
    });
    const engine = await openEngine(loaded, "start");
    closeOnSignal(engine);
    const { host, port } = loaded.settings;
    try {
      const listening = await engine.listen({ host, port });
      console.log(`${engine.application.schema.title} listens on ${listening.url}.`);
      if (engine.inMaintenance()) console.log(pc.yellow(STILL_IN_MAINTENANCE));
    } catch (error) {
      await engine.close();
      throw error;
    }
  },
});
