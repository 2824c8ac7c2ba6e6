import { type Command, jsonOption } from "../command.ts";
import { exchangeTree, headLine, type TracedExchange } from "../exchange-tree.ts";
import { UsageError } from "../usage-error.ts";

/** Where `servery dev` listens unless it is told otherwise. */
const USUAL_URL = "http://127.0.0.1:5000";
/** Milliseconds until a server must have answered. */
const PATIENCE_MS = 10_000;

const parameters = {
  id: {
    type: "positional",
    description: "The X-Request-Id of an answer. Without it the last requests are listed.",
    required: false,
  },
  url: { type: "string", valueHint: "URL", description: `Where servery dev listens; ${USUAL_URL} without it.` },
  failed: { type: "boolean", description: "List only requests that were answered with a problem." },
  ...jsonOption,
} as const;

export const trace: Command<typeof parameters> = {
  meta: { name: "trace", description: "Show the way of a request through a running servery dev." },
  details: [
    "Every station that it passed, how long it stayed there, each statement with its rows and its plan, and what refused it. Of what was sent only the URL is kept, without its secrets.",
  ],
  args: parameters,
  examples: [
    { line: "servery trace", does: "The last requests, each with its id." },
    { line: "servery trace 5f0c1d2e3a-7", does: "All that happened for one of them." },
    { line: "servery trace --failed --url http://127.0.0.1:5001", does: "What went wrong, on another port." },
  ],
  async run({ args }) {
    const base = args.url ?? USUAL_URL;
    if (args.id === undefined) {
      const list = await asked<TracedExchange[]>(base, `/api/x-ray${args.failed === true ? "?failed=true" : ""}`);
      const text = list.length === 0 ? "No request was followed yet." : list.toReversed().map(headLine).join("\n");
      console.log(args.json === true ? JSON.stringify(list) : text);
      return;
    }
    const exchange = await asked<TracedExchange>(base, `/api/x-ray/${encodeURIComponent(args.id)}`);
    console.log(args.json === true ? JSON.stringify(exchange) : exchangeTree(exchange));
  },
};

async function asked<Answer>(base: string, path: string): Promise<Answer> {
  if (!URL.canParse(base)) throw new UsageError(`${base} is no URL: write one like ${USUAL_URL}`);
  const answer = await fetch(new URL(path, base), { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
  if (answer === undefined) throw new UsageError(`nothing answers at ${base}: is servery dev running there?`);
  const body = (await answer.json().catch(() => undefined)) as Answer & { readonly detail?: string };
  if (answer.ok) return body;
  throw new UsageError(body?.detail ?? `${base} answers ${answer.status}, and is no servery dev`);
}
