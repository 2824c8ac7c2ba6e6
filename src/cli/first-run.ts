import { randomBytes } from "node:crypto";
import type { Engine } from "../engine.ts";
import { paint } from "./terminal.ts";

/** Bytes of the token: nobody guesses it. */
const TOKEN_BYTES = 32;

/** What one sends to be the first administrator. It is shown on the terminal alone, and another one with each start. */
export function newFirstRunToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** Where the first administrator is made; undefined where there is one, or nobody can be one. */
export async function firstRunText(
  engine: Pick<Engine, "lacksAdministrator">,
  { url, token }: { readonly url: string; readonly token: string },
): Promise<string | undefined> {
  if (!(await engine.lacksAdministrator())) return undefined;
  // Behind the #: browsers send it to nobody, so it stands in no log.
  return `${paint.bold("Nobody is an administrator yet.")} Become it at ${url}/console#first-run=${token}`;
}
