import type { Command, LaterCommand } from "./command.ts";

/** The whole program, its commands in the order in which one meets them. */
export const program: Command = {
  meta: { name: "servery", description: "Declare your tables once, get the whole backend." },
  subCommands: {
    init: async () => (await import("./command/init.ts")).init,
    dev: async () => (await import("./command/dev.ts")).dev,
    trace: async () => (await import("./command/trace.ts")).trace,
    check: async () => (await import("./command/check.ts")).check,
    policy: async () => (await import("./command/policy.ts")).policy,
    migrate: async () => (await import("./command/migrate.ts")).migrate,
    seed: async () => (await import("./command/seed.ts")).seed,
    export: async () => (await import("./command/export.ts")).exportCommand,
    start: async () => (await import("./command/start.ts")).start,
    admin: async () => (await import("./command/admin.ts")).admin,
    keys: async () => (await import("./command/keys.ts")).keys,
    maintenance: async () => (await import("./command/maintenance.ts")).maintenance,
    audit: async () => (await import("./command/audit.ts")).audit,
  } satisfies Record<string, LaterCommand>,
  examples: [
    { line: "npx servery init shop", does: "Make an application in the folder shop." },
    { line: "npx servery dev shop", does: "Run it on this machine." },
  ],
};
