import { type Maintenance, RETRY_AFTER_SECONDS } from "../../database/own-table.ts";
import { readMaintenance, switchMaintenance } from "../../database/sqlite/switch-maintenance.ts";
import { applicationArgument, type Command, jsonOption } from "../command.ts";
import { locateDatabase } from "../run-application.ts";
import { UsageError } from "../usage-error.ts";

/** A week: what goes beyond it is mistyped. */
const LONGEST_RETRY_AFTER_SECONDS = 604_800;
/** Code points of the sentence that callers are told. */
const LONGEST_MESSAGE = 300;

const onParameters = {
  ...applicationArgument,
  "retry-after": {
    type: "string",
    valueHint: "SECONDS",
    description: `When callers may try again, from 1 to ${LONGEST_RETRY_AFTER_SECONDS}; ${RETRY_AFTER_SECONDS} without it.`,
  },
  message: {
    type: "string",
    valueHint: "TEXT",
    description: `What callers are told: one line of at most ${LONGEST_MESSAGE} characters.`,
  },
  ...jsonOption,
} as const;
const parameters = { ...applicationArgument, ...jsonOption } as const;
const settings = ["database", "sqliteDriver"] as const;

const on: Command<typeof onParameters> = {
  meta: {
    name: "on",
    description: "Answer every request but /health/live with 503. Running servers follow within a second.",
  },
  args: onParameters,
  settings,
  examples: [
    { line: 'servery maintenance on --retry-after 600 --message "Back at five."', does: "Say for how long, and why." },
  ],
  async run({ args }) {
    const wanted = {
      retryAfterSeconds: secondsOf(args["retry-after"]),
      message: messageOf(args.message),
      since: new Date().toISOString(),
    };
    await switchMaintenance(await locateDatabase(args.app), wanted);
    const end = `End it with: servery maintenance off${args.app === "." ? "" : ` ${args.app}`}`;
    print(args.json, wanted, `${described(wanted)}\n${end}`);
  },
};

const off: Command<typeof parameters> = {
  meta: { name: "off", description: "Serve requests again." },
  args: parameters,
  settings,
  examples: [{ line: "servery maintenance off shop", does: "The application in the folder shop." }],
  async run({ args }) {
    const before = await switchMaintenance(await locateDatabase(args.app), undefined);
    const text =
      before === undefined ? "Maintenance was off already." : "Maintenance is off: requests are served again.";
    print(args.json, undefined, text);
  },
};

const status: Command<typeof parameters> = {
  meta: { name: "status", description: "Say whether requests are turned away." },
  args: parameters,
  settings,
  examples: [{ line: "servery maintenance status --json", does: "For a script." }],
  async run({ args }) {
    const current = await readMaintenance(await locateDatabase(args.app));
    print(args.json, current, current === undefined ? "Maintenance is off: requests are served." : described(current));
  },
};

export const maintenance: Command = {
  meta: { name: "maintenance", description: "Turn requests away while you work on an application." },
  details: ["The declaration is not looked at, since it may be what is being mended, and no database is made."],
  subCommands: { on, off, status },
};

function print(asJson: boolean | undefined, current: Maintenance | undefined, text: string): void {
  if (asJson !== true) {
    console.log(text);
    return;
  }
  const told =
    current === undefined
      ? { on: false }
      : {
          on: true,
          retry_after: current.retryAfterSeconds,
          message: current.message ?? null,
          since: current.since ?? null,
        };
  console.log(JSON.stringify(told));
}

function described({ retryAfterSeconds, message, since }: Maintenance): string {
  const told = message === undefined ? "" : ` Callers are told: ${JSON.stringify(message)}.`;
  const from = since === undefined ? "" : ` since ${since}`;
  return `Maintenance is on${from}: every request but /health/live is answered with 503, Retry-After ${retryAfterSeconds}.${told}`;
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return RETRY_AFTER_SECONDS;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= LONGEST_RETRY_AFTER_SECONDS) return seconds;
  throw new UsageError(`--retry-after takes a number of seconds from 1 to ${LONGEST_RETRY_AFTER_SECONDS}.`);
}

function messageOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // A control character would end up in terminals and logs.
  if (text.trim() !== "" && [...text].length <= LONGEST_MESSAGE && !/\p{Cc}/u.test(text)) return text;
  throw new UsageError(`--message takes one line of 1 to ${LONGEST_MESSAGE} characters.`);
}
