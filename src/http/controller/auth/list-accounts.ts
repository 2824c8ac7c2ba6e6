import {
  type AccountListCommand,
  type EndSessionsCommand,
  parseAccountList,
  parseEndSessions,
} from "../../../validation/parse-account-list.ts";
import { accountsOf, DONE, jsonAnswer } from "../../account-answer.ts";
import type { Action, ControllerHop } from "../../route.ts";

/** `GET /api/auth/accounts`: roles, and whether somebody may sign in; for whoever looks after the application. */
export const listAccounts: Action = {
  name: "listAccounts",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: ({ received, principal }) => parseAccountList(received.query, principal.access.schema),
  async control(hop: ControllerHop<AccountListCommand>) {
    const { table } = hop.command;
    const listed = await accountsOf(hop).managed.list(hop.command);
    const shown = listed.map(
      ({ key, roles, verifiedAt, disabledAt, secondFactor, createdAt, sessions, lastUsedAt }) => ({
        table: table.path,
        key,
        roles,
        verified_at: verifiedAt,
        disabled: disabledAt !== null,
        second_factor: secondFactor,
        sessions,
        last_used_at: lastUsedAt,
        created_at: createdAt,
      }),
    );
    return jsonAnswer(200, JSON.stringify(shown));
  },
};

/** `DELETE /api/auth/accounts/{key}/sessions`: signs somebody out everywhere; for administrators. */
export const endSessions: Action = {
  name: "endSessions",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: ({ received, key, principal }) =>
    parseEndSessions(received.query, { key: key ?? "", schema: principal.access.schema }),
  async control(hop: ControllerHop<EndSessionsCommand>) {
    await accountsOf(hop).managed.endSessions(hop.principal, hop.command);
    return DONE;
  },
};
