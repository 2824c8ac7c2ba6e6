import { type CommandDef, defineCommand } from "citty";
import { type Maintenance, RETRY_AFTER_SECONDS } from "../../database/own-table.ts";
import { type ApplicationFile, readMaintenance, switchMaintenance } from "../../database/sqlite/switch-maintenance.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { didYouMean } from "../../errors/nearest-name.ts";
import { locateDatabase } from "../run-application.ts";

/** A week: what goes beyond it is mistyped. */
const LONGEST_RETRY_AFTER_SECONDS = 604_800;
/** Code points of the sentence that callers are told. */
const LONGEST_MESSAGE = 300;

const actions = ["on", "off", "status"] as const;
type Action = (typeof actions)[number];

const parameters = {
  action: { type: "positional", description: `What to do: ${actions.join(", ")}.`, required: true },
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
  "retry-after": {
    type: "string",
    valueHint: "SECONDS",
    description: `on: when callers may try again, from 1 to ${LONGEST_RETRY_AFTER_SECONDS}; ${RETRY_AFTER_SECONDS} without it.`,
  },
  message: {
    type: "string",
    valueHint: "TEXT",
    description: `on: what callers are told, at most ${LONGEST_MESSAGE} characters.`,
  },
} as const;

/** What was typed, as citty hands it on: `--no-message` is a false. */
interface Typed {
  readonly _: readonly string[];
  readonly "retry-after"?: unknown;
  readonly message?: unknown;
}

export const maintenance: CommandDef<typeof parameters> = defineCommand({
  meta: {
    name: "servery maintenance",
    description: "Turn requests away while you work on an application. Running servers follow within a second.",
  },
  args: parameters,
  async run({ args }) {
    const action = actionOf(args.action);
    refuseOthers(args, action);
    const wanted = action === "on" ? wantedOf(args) : undefined;
    const file = await locateDatabase(args.app);
    console.log(await carryOut(action, wanted, { file, app: args.app }));
  },
});

async function carryOut(
  action: Action,
  wanted: Maintenance | undefined,
  at: { readonly file: ApplicationFile; readonly app: string },
): Promise<string> {
  if (action === "status") {
    const current = await readMaintenance(at.file);
    return current === undefined ? "Maintenance is off: requests are served." : described(current);
  }
  const before = await switchMaintenance(at.file, wanted);
  if (wanted === undefined)
    return before === undefined ? "Maintenance was off already." : "Maintenance is off: requests are served again.";
  return `${described(wanted)}\nEnd it with: servery maintenance off${at.app === "." ? "" : ` ${at.app}`}`;
}

function described({ retryAfterSeconds, message, since }: Maintenance): string {
  const told = message === undefined ? "" : ` Callers are told: ${JSON.stringify(message)}.`;
  const from = since === undefined ? "" : ` since ${since}`;
  return `Maintenance is on${from}: every request but /health/live is answered with 503, Retry-After ${retryAfterSeconds}.${told}`;
}

function actionOf(text: string): Action {
  const found = actions.find((action) => action === text);
  if (found !== undefined) return found;
  throw new DeclarationError(
    "maintenance",
    `there is no ${JSON.stringify(text)}`,
    didYouMean(text, actions).trim() || `Write ${actions.join(", ")}`,
  );
}

/** An option that is mistyped would be lost in silence, and callers told something else. */
function refuseOthers(typed: Typed, action: Action): void {
  const options = ["retry-after", "message"];
  const known = [...options, "retryAfter", "_", "action", "app"];
  const unknown = Object.keys(typed).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new DeclarationError("maintenance", `there is no option --${unknown}`, instead(unknown, options));
  }
  const [, , more] = typed._;
  if (more !== undefined)
    throw new DeclarationError("maintenance", `${JSON.stringify(more)} is one word too many`, "Put a text into quotes");
  if (action === "on") return;
  const useless = Object.keys(typed).find((name) => options.includes(name));
  if (useless !== undefined)
    throw new DeclarationError("maintenance", `${action} takes no --${useless}`, "Leave it out");
}

function instead(name: string, options: readonly string[]): string {
  return (
    didYouMean(
      `--${name}`,
      options.map((option) => `--${option}`),
    ).trim() || `It takes ${options.map((option) => `--${option}`).join(", ")}`
  );
}

function wantedOf(typed: Typed): Maintenance {
  const since = new Date().toISOString();
  return { retryAfterSeconds: secondsOf(typed["retry-after"]), message: messageOf(typed.message), since };
}

function secondsOf(text: unknown): number {
  if (text === undefined) return RETRY_AFTER_SECONDS;
  const seconds = typeof text === "string" && /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= LONGEST_RETRY_AFTER_SECONDS) return seconds;
  throw new DeclarationError(
    "--retry-after",
    "the value is not one it takes",
    `Write a number of seconds from 1 to ${LONGEST_RETRY_AFTER_SECONDS}`,
  );
}

function messageOf(text: unknown): string | undefined {
  if (text === undefined) return undefined;
  // A control character would end up in terminals and logs.
  if (typeof text === "string" && text.trim() !== "" && [...text].length <= LONGEST_MESSAGE && !/\p{Cc}/u.test(text))
    return text;
  throw new DeclarationError(
    "--message",
    "the value is not one it takes",
    `Write one line of 1 to ${LONGEST_MESSAGE} characters`,
  );
}
