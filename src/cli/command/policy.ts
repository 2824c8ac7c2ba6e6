import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../../application.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { type Command, jsonOption } from "../command.ts";
import { comparePolicies, POLICY_FILE, type PolicyDifference, policyText, readPolicyText } from "../policy-file.ts";
import { loadApplication } from "../run-application.ts";

const application = {
  app: { type: "string", valueHint: "DIR", description: "The folder that holds servery.ts. Without it this one." },
} as const;

const printParameters = {
  ...application,
  out: {
    type: "string",
    alias: "o",
    valueHint: "FILE",
    description: "Write into this file. Without it the text goes to stdout.",
  },
} as const;

const print: Command<typeof printParameters> = {
  meta: { name: "print", description: "Write who may do what: a line for each kind of caller, table by table." },
  details: [
    "The callers are those without an account, those with one, those with each role that a rule names, and administrators. Keep the text as policies.txt in your repository: a change of a rule is then a line in a review.",
  ],
  args: printParameters,
  examples: [{ line: "servery policy print --out policies.txt", does: "Keep what the rules say now." }],
  async run({ args }) {
    const { matrix } = await loadMatrix(args.app);
    const text = policyText(matrix);
    if (args.out === undefined) process.stdout.write(text);
    else {
      writeFileSync(args.out, text);
      console.log(`Wrote ${args.out}.`);
    }
  },
};

const testParameters = {
  file: {
    type: "positional",
    description: "What servery policy print wrote. Without it policies.txt beside the declaration.",
    required: false,
  },
  ...application,
  ...jsonOption,
} as const;

const test: Command<typeof testParameters> = {
  meta: { name: "test", description: "Compare who may do what with a file, and end with 1 where they differ." },
  details: ["For CI: nobody opens a table by accident, and whoever means it changes the file in the same commit."],
  args: testParameters,
  examples: [{ line: "servery policy test", does: "The application in this folder, against its policies.txt." }],
  async run({ args }) {
    const { matrix, folder } = await loadMatrix(args.app);
    const file = args.file ?? join(folder, POLICY_FILE);
    if (!existsSync(file))
      throw new DeclarationError(file, "there is no such file", "Write it: servery policy print --out policies.txt");
    const differences = comparePolicies(readPolicyText(readFileSync(file, "utf8")), matrix);
    if (args.json === true) console.log(JSON.stringify({ file, differences: differences.map(inJson) }));
    else console.log(differences.length === 0 ? `The rules are as ${file} says.` : differenceText(file, differences));
    if (differences.length > 0) process.exitCode = 1;
  },
};

/** `servery policy …`. */
export const policy: Command = {
  meta: { name: "policy", description: "Say who may do what, and hold the declaration to it." },
  subCommands: { print, test },
};

async function loadMatrix(
  path: string | undefined,
): Promise<{ matrix: Parameters<typeof policyText>[0]; folder: string }> {
  const { declaration, folder } = await loadApplication(path ?? ".", "start");
  return { matrix: compile(declaration).policyMatrix((cause) => console.error(reasonOf(cause))), folder };
}

function reasonOf(cause: unknown): string {
  const { message, cause: why } = cause as Error;
  return why instanceof Error ? `${message}: ${why.message}` : message;
}

function inJson({ about, file, declaration }: PolicyDifference): object {
  return { about, file: file ?? null, declaration: declaration ?? null };
}

function differenceText(file: string, differences: readonly PolicyDifference[]): string {
  const lines = differences.map(
    (one) => `  ${one.about}: ${one.file ?? "not in the file"} -> ${one.declaration ?? "not in the declaration"}`,
  );
  const count = `${differences.length} ${differences.length === 1 ? "difference" : "differences"}`;
  return [
    `${count}: what ${file} says -> what the rules say.`,
    ...lines,
    "If that is meant: servery policy print --out policies.txt",
  ].join("\n");
}
