import { knownTables } from "../../auth/policy/access.ts";
import { type CreateKeyCommand, parseKeyCreation } from "../../validation/parse-api-key.ts";
import { decodeSegment } from "../../validation/parse-key.ts";
import { accountAction } from "../account-action.ts";
import { DONE, jsonAnswer } from "../account-answer.ts";
import { doorsOf, signedIn } from "../account-doors.ts";
import type { ControllerHop, Route } from "../route.ts";

/** `POST /api/auth/keys`: the only answer that holds the key. */
const createKey = accountAction({
  name: "keys.create",
  by: "session",
  parse: (request) => parseKeyCreation(request.body),
  control: async (hop: ControllerHop<CreateKeyCommand>) => {
    const tables = knownTables(hop.principal.access);
    const key = await doorsOf(hop).keys.create(signedIn(hop), { ...hop.command, tables });
    const { headers, ...answer } = jsonAnswer(201, JSON.stringify(key));
    return { ...answer, headers: { ...headers, location: `/api/auth/keys/${key.id}` } };
  },
});

/** `GET /api/auth/keys` */
const listKeys = accountAction({
  name: "keys.list",
  by: "session",
  control: async (hop) => jsonAnswer(200, JSON.stringify(await doorsOf(hop).keys.list(signedIn(hop)))),
});

/** `DELETE /api/auth/keys/{id}` */
const revokeKey = accountAction({
  name: "keys.revoke",
  by: "session",
  control: async (hop) => {
    await doorsOf(hop).keys.revoke(signedIn(hop), decodeSegment(hop.request.key ?? "") ?? "");
    return DONE;
  },
});

const noTable = { table: undefined, relation: undefined } as const;

export const keyRoutes: readonly Route[] = [
  { ...noTable, method: "POST", pattern: "/api/auth/keys", action: createKey },
  { ...noTable, method: "GET", pattern: "/api/auth/keys", action: listKeys },
  { ...noTable, method: "DELETE", pattern: "/api/auth/keys/{id}", action: revokeKey },
];
