import { Problem } from "../../../errors/problem.ts";
import { jsonAnswer } from "../../account-answer.ts";
import { type CaughtMail, operatorRequest } from "../../operator-services.ts";
import type { Action, ControllerHop } from "../../route.ts";

/** `GET /api/server/mails`: the mails that development caught, the newest first. */
export const listMails: Action = {
  name: "server.mails",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: operatorRequest,
  async control({ services }: ControllerHop) {
    const mails = await services.operators.mails();
    // Their links open accounts: who runs a server must not read what others have got.
    if (mails === undefined)
      throw new Problem("not_found", "Mails are caught by servery dev alone, without a mail server.");
    return jsonAnswer(200, JSON.stringify(mails.map(shown)));
  },
};

function shown({ id, to, subject, text, html, postedAt, state, attempts, error }: CaughtMail): object {
  const at = new Date(postedAt).toISOString();
  return { id, to, subject, text, html: html ?? null, at, state, attempts, error: error ?? null };
}
