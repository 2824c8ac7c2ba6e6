import { compile } from "../../application.ts";
import { settingKeys } from "../../config/settings.ts";
import { hasMigrations } from "../../database/migration/migrations-path.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { weakness } from "../../engine.ts";
import { accountsTables, type SchemaModel } from "../../schema/model.ts";
import { applicationArgument, type Command } from "../command.ts";
import { firstRunText, newFirstRunToken } from "../first-run.ts";
import {
  closeOnSignal,
  loadApplication,
  type LoadedApplication,
  openEngine,
  STILL_IN_MAINTENANCE,
} from "../run-application.ts";
import { openServerLog } from "../server-log.ts";
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
    const application = compile(loaded.declaration);
    requireSecret(application.schema, loaded.settings);
    requireUrl(application.schema, loaded.settings);
    if (hasMigrations(loaded.folder)) await bringUp(loaded);
    const observe = await openServerLog(loaded.settings);
    const firstRunToken = newFirstRunToken();
    const engine = await openEngine({ ...loaded, observe, firstRunToken }, "start", application);
    closeOnSignal(engine);
    const { host, port, url } = loaded.settings;
    try {
      const listening = await engine.listen({ host, port });
      console.log(`${engine.application.schema.title} listens on ${listening.url}.`);
      const firstRun = await firstRunText(engine, { url: url ?? listening.url, token: firstRunToken });
      if (firstRun !== undefined) console.log(firstRun);
      if (engine.inMaintenance()) console.log(paint.yellow(STILL_IN_MAINTENANCE));
    } catch (error) {
      await engine.close();
      throw error;
    }
  },
};

/** A link that leads nowhere, or where a request says, is none: nobody could verify an address. */
function requireUrl(schema: SchemaModel, { url }: Pick<LoadedApplication["settings"], "url">): void {
  const table = accountsTables(schema).find(({ accounts }) => accounts.verify);
  if (table === undefined || url !== undefined) return;
  throw new DeclarationError(
    "SERVERY_URL",
    `it is not set, and ${table.name} verifies addresses by links in mails`,
    "Set it to where browsers reach the server, for example https://shop.example.com, or write .accounts({ verify: false })",
  );
}

/** Whoever reads the database could sign tokens by a secret that lies in it. */
function requireSecret(schema: SchemaModel, { secret }: Pick<LoadedApplication["settings"], "secret">): void {
  const [table] = accountsTables(schema);
  if (table === undefined) return;
  const instead = "Set one that was drawn at random and keep it, for example openssl rand -base64 48";
  if (secret === undefined)
    throw new DeclarationError("SERVERY_SECRET", `${table.name} has accounts, whose tokens need a secret`, instead);
  const weak = weakness(secret);
  if (weak !== undefined) throw new DeclarationError("SERVERY_SECRET", weak.replace(/\.$/, ""), instead);
}

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
