import { followPlan } from "../../database/sqlite/follow-schema.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { bringUpDatabase } from "../bring-up.ts";
import { mayAsk } from "../may-ask.ts";
import { Consent } from "./consent.ts";
import { databaseFile, type DeclaredApplication, planDatabase } from "./declared-application.ts";
import { ASK_FOR_LOSS, blockedText, doneLines, lossText } from "./schema-words.ts";

/**
 * Brings a database to where its declaration is before there is a server that could go on without that: by its migration
 * files, then by what is declared beyond them. Throws `DeclarationError` where that would lose something, or cannot be done.
 */
export async function bringUpDeclared(declared: DeclaredApplication, acceptsLoss: boolean): Promise<void> {
  await bringUpDatabase(declared.loaded, {
    pending: "apply",
    undeclared: "leave",
    report: (event) => {
      if (event.is === "applied") console.log(`Applied ${event.file.name}.`);
    },
  });
  const plan = await planDatabase(declared);
  if (plan === undefined) return;
  if (plan.inTheWay.length > 0) {
    console.log(blockedText(plan));
    throw new DeclarationError(
      "database",
      "rows are in the way of what is declared",
      "Correct them, or the declaration",
    );
  }
  if (plan.losses.length > 0 && !acceptsLoss) {
    console.log(lossText(plan));
    if (!mayAsk() || !(await consents())) {
      const names = plan.losses.map(({ name }) => name).join(", ");
      const instead = "Change the declaration, or start again with --accept-loss";
      throw new DeclarationError("database", `it would lose ${names}`, instead);
    }
  }
  const copy = await followPlan(databaseFile(declared), plan);
  console.log(["The database follows the declaration:", ...doneLines(plan, copy), ""].join("\n"));
}

async function consents(): Promise<boolean> {
  const consent = new Consent();
  console.log(`${ASK_FOR_LOSS}, or only Enter to stop.`);
  const isYes = await new Promise<boolean>((resolve) => {
    consent.ask(resolve);
  });
  consent.stop();
  return isYes;
}
