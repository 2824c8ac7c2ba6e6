import { applicationArgument, type Command } from "../command.ts";
import { withAccounts } from "../with-accounts.ts";

const rotate: Command<typeof applicationArgument> = {
  meta: { name: "rotate", description: "Sign tokens with a new key from now on. Nobody is signed out." },
  args: applicationArgument,
  settings: ["database", "sqliteDriver", "secret"],
  examples: [{ line: "servery keys rotate shop", does: "The application in the folder shop." }],
  async run({ args }) {
    await withAccounts(args.app, ({ accounts }) => accounts.rotateKeys());
    console.log("New tokens are signed with a new key.");
  },
};

export const keys: Command = {
  meta: { name: "keys", description: "The keys that tokens are signed with." },
  subCommands: { rotate },
};
