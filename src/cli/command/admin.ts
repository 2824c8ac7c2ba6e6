import { parseArgs } from "node:util";
import type { Engine } from "../../engine.ts";
import { Problem } from "../../errors/problem.ts";
import { type AccountsTable, accountsTables } from "../../schema/model.ts";
import type { Json } from "../../schema/stored.ts";
import { askLine, askSecret, pipedText } from "../ask.ts";
import { applicationArgument, type Command, jsonOption } from "../command.ts";
import { mayAsk } from "../may-ask.ts";
import { withAccounts } from "../with-accounts.ts";
import { UsageError } from "../usage-error.ts";

const ADMIN = "admin";
/** Kinds whose values are no texts on a command line. */
const WRITTEN_AS_JSON: readonly string[] = ["integer", "real", "boolean", "json"];
const settings = ["database", "sqliteDriver", "secret"] as const;

const emailOption = {
  email: { type: "string", valueHint: "ADDRESS", description: "What the account signs in with." },
} as const;
const tableOption = {
  table: { type: "string", valueHint: "TABLE", description: "The accounts table; the first one without it." },
} as const;
const createParameters = {
  ...applicationArgument,
  ...emailOption,
  set: {
    type: "string",
    valueHint: "COLUMN=VALUE",
    description: "A value of the new row. Repeat it for each column that needs one.",
  },
  ...tableOption,
  ...jsonOption,
} as const;
const roleParameters = {
  role: { type: "positional", description: "The role, for example editor.", required: true },
  ...applicationArgument,
  ...emailOption,
  ...tableOption,
  ...jsonOption,
} as const;

const create: Command<typeof createParameters> = {
  meta: { name: "create", description: "Make an administrator, or make one of an account that is there." },
  details: [
    "Asks for the address and the password on a terminal. Elsewhere --email names the address, and the password is read from stdin; there is no default password. An account that is there gets the role and keeps its password, unless nobody has verified its address: then it may be anybody's, so that it gets this password and nothing else opens it any more.",
  ],
  args: createParameters,
  repeatable: ["set"],
  settings,
  examples: [
    { line: "servery admin create", does: "Be asked." },
    {
      line: "servery admin create shop --email root@example.com --set username=root",
      does: "From a script that writes the password to stdin.",
    },
  ],
  async run({ args, rawArgs }) {
    const identifier = args.email ?? (mayAsk() ? await askLine("E-mail: ") : "");
    if (identifier === "") throw new UsageError("name the account with --email.");
    const told = await withAccounts(args.app, async (engine) => {
      const table = tableOf(engine, args.table);
      const choice = { table: args.table, identifier };
      const there = await engine.accounts.find(choice);
      if (there === undefined) {
        const row = { [table.accounts.identifier.name]: identifier, ...rowOf(table, rawArgs) };
        const password = await newPassword();
        const made = await engine.accounts.create({ ...choice, row, password, roles: [ADMIN], verified: true });
        return { ...made, roles: [ADMIN], created: true, reclaimed: false };
      }
      if (!there.verified) await engine.accounts.handOver(choice, await newPassword());
      return { ...(await engine.accounts.grant(choice, ADMIN)), created: false, reclaimed: !there.verified };
    });
    console.log(args.json === true ? JSON.stringify(told) : madeText(identifier, told));
  },
};

async function newPassword(): Promise<string> {
  const password = mayAsk() ? await askSecret("Password: ") : await pipedText();
  if (password === "") throw new UsageError("there is no default password: write one on stdin.");
  return password;
}

function madeText(identifier: string, told: { readonly created: boolean; readonly reclaimed: boolean }): string {
  if (told.created) return `${identifier} is a new administrator.`;
  if (!told.reclaimed) return `${identifier} is an administrator now, with the password that it has.`;
  return `${identifier} is an administrator now. Nobody had verified the address, so only this password opens the account.`;
}

const grant: Command<typeof roleParameters> = {
  meta: { name: "grant", description: "Give an account a role. Running servers follow within a second." },
  args: roleParameters,
  settings,
  examples: [{ line: "servery admin grant editor --email alice@example.com", does: "Alice is an editor." }],
  run: ({ args }) => changeRole(args, "grant"),
};

const revoke: Command<typeof roleParameters> = {
  meta: { name: "revoke", description: "Take a role from an account. Running servers follow within a second." },
  args: roleParameters,
  settings,
  examples: [{ line: "servery admin revoke editor --email alice@example.com", does: "Alice is none any more." }],
  run: ({ args }) => changeRole(args, "revoke"),
};

export const admin: Command = {
  meta: { name: "admin", description: "Make administrators, and change the roles of accounts." },
  subCommands: { create, grant, revoke },
};

interface RoleArgs {
  readonly role: string;
  readonly app: string;
  readonly email?: string | undefined;
  readonly table?: string | undefined;
  readonly json?: boolean | undefined;
}

async function changeRole(args: RoleArgs, how: "grant" | "revoke"): Promise<void> {
  const { role, email: identifier, table } = args;
  if (identifier === undefined) throw new UsageError("name the account with --email.");
  const told = await withAccounts(args.app, async ({ accounts }) => {
    const found = await accounts.find({ table, identifier });
    if (how === "grant" && found?.verified === false)
      console.error(`servery: nobody has verified ${identifier}: whoever signed up with it gets the role.`);
    return accounts[how]({ table, identifier }, role);
  });
  const roles = told.roles.length === 0 ? "no role" : told.roles.join(", ");
  console.log(args.json === true ? JSON.stringify(told) : `${identifier} has ${roles}.`);
}

function tableOf({ application }: Engine, name: string | undefined): AccountsTable {
  const tables = accountsTables(application.schema);
  const table = name === undefined ? tables[0] : tables.find((candidate) => candidate.name === name);
  if (table !== undefined) return table;
  throw new UsageError(name === undefined ? "no table has accounts." : `${name} is no table with accounts.`);
}

/** The values of --set: a text, or what JSON says where the column takes none. */
function rowOf(table: AccountsTable, rawArgs: readonly string[]): Record<string, Json> {
  const { values } = parseArgs({
    args: [...rawArgs],
    options: { set: { type: "string", multiple: true } },
    strict: false,
    allowPositionals: true,
  });
  const pairs = (values["set"] as string[] | undefined) ?? [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--set takes COLUMN=VALUE.`);
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const kind = table.column.get(name)?.kind.name ?? "text";
      return [name, WRITTEN_AS_JSON.includes(kind) ? jsonOf(name, value) : value];
    }),
  );
}

function jsonOf(name: string, value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch (cause) {
    throw new Problem("invalid_data", `${name} does not take ${JSON.stringify(value)}.`, { cause });
  }
}
