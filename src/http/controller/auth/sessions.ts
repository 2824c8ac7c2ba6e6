import { Problem } from "../../../errors/problem.ts";
import { decodeSegment } from "../../../validation/parse-key.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, DONE, jsonAnswer } from "../../account-answer.ts";

/** `GET /api/auth/sessions`: where one is signed in, the session used last first. */
export const listSessions = accountAction({
  name: "sessions",
  by: "session",
  control: async (hop) => {
    const sessions = await accountsOf(hop).own.sessions(hop.principal);
    const shown = sessions.map(({ id, createdAt, lastUsedAt, expiresAt, userAgent, address, current }) => ({
      id,
      created_at: createdAt,
      last_used_at: lastUsedAt,
      expires_at: expiresAt,
      user_agent: userAgent,
      address,
      current,
    }));
    return jsonAnswer(200, JSON.stringify(shown));
  },
});

/** `DELETE /api/auth/sessions/{id}`: signs one of one's own sessions out. */
export const endSession = accountAction({
  name: "endSession",
  by: "session",
  control: async (hop) => {
    const id = decodeSegment(hop.request.key ?? "");
    if (id === undefined) throw new Problem("not_found", "You have no such session.");
    await accountsOf(hop).own.endSession(hop.principal, id);
    return DONE;
  },
});
