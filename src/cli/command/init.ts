import { type CommandDef, defineCommand } from "citty";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { initFrom } from "./init-from.ts";

const parameters = {
  folder: { type: "positional", description: "The folder to make it in.", default: ".", required: false },
  from: {
    type: "string",
    valueHint: "SOURCE",
    description: "sqlite:PATH of a database that is there already, or the db.json of a json-server.",
  },
} as const;

export const init: CommandDef<typeof parameters> = defineCommand({
  meta: { name: "servery init", description: "Make an application from a database or a json-server file." },
  args: parameters,
  async run({ args }) {
    if (typeof args.from !== "string" || args.from === "")
      throw new DeclarationError("init", "--from is missing", "Write --from sqlite:PATH, or --from db.json");
    console.log(await initFrom(args.from, args.folder));
  },
});
