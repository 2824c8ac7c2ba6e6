import { compile } from "../../application.ts";
import { applicationArgument, type Command, jsonOption } from "../command.ts";
import { type ApplicationReport, reportOf } from "../report-application.ts";
import { loadApplication } from "../run-application.ts";
import { paint } from "../terminal.ts";

const parameters = { ...applicationArgument, ...jsonOption } as const;

export const check: Command<typeof parameters> = {
  meta: {
    name: "check",
    description: "Read the declaration and the settings, and say what is in them. Opens no database.",
  },
  details: [
    "Ends with 1 when the declaration is wrong, and says where. A warning is no mistake: it names what may not be meant, such as a table without allow, which is for administrators only, a rule that holds for no caller, or one that takes equal keys of two accounts tables for one account. What nobody may do is listed too.",
  ],
  args: parameters,
  settings: ["database"],
  examples: [
    { line: "servery check", does: "The application in this folder." },
    { line: "servery check shop --json", does: "For a script: tables, columns, relations and warnings." },
  ],
  async run({ args }) {
    const { declaration } = await loadApplication(args.app, "start");
    const report = reportOf(compile(declaration));
    console.log(args.json === true ? JSON.stringify(report) : described(report));
  },
};

function described({ title, tables, warnings, closed }: ApplicationReport): string {
  const rows = tables.map(({ name, columns, relations, view }) => [
    view ? `${name} (view)` : name,
    String(columns.length),
    relations.map((relation) => `${relation.name}${relation.many ? " (many)" : ""}`).join(", "),
  ]);
  const lines = aligned([["TABLE", "COLUMNS", "RELATIONS"], ...rows]).map(
    (line, at) => `  ${at === 0 ? paint.dim(line) : line}`,
  );
  const count = `${tables.length} ${tables.length === 1 ? "table" : "tables"}`;
  return [
    `${title} is right: ${count}.`,
    ...(tables.length === 0 ? [] : ["", ...lines]),
    ...(closed.length === 0 ? [] : ["", `Nobody may: ${closed.join(", ")}`]),
    ...(warnings.length === 0 ? [] : ["", paint.yellow("Warnings"), ...warnings.map(({ message }) => `  ${message}`)]),
  ].join("\n");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
