import type { Engine } from "../engine.ts";
import { loadApplication, openEngine } from "./run-application.ts";

/** Opens an application beside servers that may run, for what whoever runs it may do about accounts. */
export async function withAccounts<Result>(app: string, work: (engine: Engine) => Promise<Result>): Promise<Result> {
  const loaded = await loadApplication(app, "start");
  // Mails that wait are the server's to send.
  const engine = await openEngine({ ...loaded, settings: { ...loaded.settings, mailUrl: undefined } }, "start");
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
