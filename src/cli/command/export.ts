import { writeFile } from "node:fs/promises";
import { type Application, compile } from "../../application.ts";
import { describeTypes } from "../../schema/describe-types.ts";
import { applicationArgument, type Command } from "../command.ts";
import { loadApplication } from "../run-application.ts";

const parameters = {
  ...applicationArgument,
  out: {
    type: "string",
    alias: "o",
    valueHint: "FILE",
    description: "Write into this file. Without it the text goes to stdout.",
  },
} as const;

const openapi: Command<typeof parameters> = {
  meta: { name: "openapi", description: "Write the OpenAPI 3.1 document, as JSON." },
  details: ["It is what a running server answers at /openapi.json. The same declaration gives the same bytes."],
  args: parameters,
  examples: [
    { line: "servery export openapi --out openapi.json", does: "For a generator of clients in other languages." },
  ],
  async run({ args }) {
    await write(args, async (application) => `${JSON.stringify(JSON.parse(await application.openApi()), null, 2)}\n`);
  },
};

const types: Command<typeof parameters> = {
  meta: { name: "types", description: "Write the TypeScript types of rows, inserts, updates and filters." },
  details: [
    "For code that does not import the declaration: servery/client knows the types without this file. It imports nothing. The same declaration gives the same bytes.",
  ],
  args: parameters,
  examples: [
    { line: "servery export types shop --out ../web/src/shop.d.ts", does: "Types for a front end elsewhere." },
  ],
  run: ({ args }) => write(args, ({ schema }) => describeTypes(schema)),
};

/** `servery export …`; `export` alone is a word of the language. */
export const exportCommand: Command = {
  meta: { name: "export", description: "Write what other programs need: the OpenAPI document, or TypeScript types." },
  subCommands: { openapi, types },
};

async function write(
  { app, out }: { readonly app: string; readonly out?: string | undefined },
  make: (application: Application) => string | Promise<string>,
): Promise<void> {
  const { declaration } = await loadApplication(app, "start");
  const text = await make(compile(declaration));
  if (out === undefined) process.stdout.write(text);
  else {
    await writeFile(out, text);
    console.log(`Wrote ${out}.`);
  }
}
