import { refuseForeignPage } from "../../../auth/same-site.ts";
import { Problem } from "../../../errors/problem.ts";
import { type FirstRunCommand, firstRunCommand } from "../../../validation/parse-first-run.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, jsonAnswer, signedInAnswer } from "../../account-answer.ts";
import { limitDoor } from "../../account-doors.ts";
import { isFromThisMachine } from "../../local-request.ts";
import type { ControllerHop } from "../../route.ts";

/** Shows that whoever asks has read the server's terminal. */
const FIRST_RUN_TOKEN = "x-first-run-token";

/** `GET /api/server/first-run`: whether the application still lacks an administrator. */
export const readFirstRun = accountAction({
  name: "firstRun.read",
  by: "anybody",
  async control({ request, services }: ControllerHop) {
    const { firstRun } = services.operators;
    if (firstRun === undefined) return jsonAnswer(200, '{"needed":false,"table":null,"needs_token":false}');
    const { needed, table, needsToken } = await firstRun.state(isFromThisMachine(request.received.raw));
    return jsonAnswer(200, JSON.stringify({ needed, table, needs_token: needsToken }));
  },
});

/** `POST /api/server/first-run`: the first administrator, for whoever runs the server. */
export const makeFirstAdministrator = accountAction({
  name: "firstRun.make",
  by: "anybody",
  parse: ({ body, received: { raw } }) =>
    firstRunCommand(body, { here: isFromThisMachine(raw), token: raw.header(FIRST_RUN_TOKEN) }),
  async control(hop: ControllerHop<FirstRunCommand>) {
    const { command, request, services } = hop;
    const { firstRun } = services.operators;
    if (firstRun === undefined) throw new Problem("first_run_over", "No table has accounts, so nobody can be one.");
    const accounts = accountsOf(hop);
    const { raw, method } = request.received;
    // A page that somebody at this machine has open would be at this machine too.
    refuseForeignPage({ method, header: (name) => raw.header(name) }, accounts.origins);
    limitDoor(hop, "firstRun");
    const asked = { requestId: request.requestId, client: clientOf(hop, accounts) };
    const { form, ...signedIn } = await firstRun.run(command, asked);
    return signedInAnswer(201, signedIn, { form, secure: accounts.secure });
  },
});
