import { decodeSegment } from "../../validation/parse-key.ts";
import {
  parsePasskeyRegistration,
  parsePasskeySignIn,
  type PasskeySignInCommand,
  type RegisterPasskeyCommand,
} from "../../validation/parse-passkey.ts";
import { accountAction } from "../account-action.ts";
import { DONE, jsonAnswer } from "../account-answer.ts";
import { doorsOf, enter, limitDoor, refuseForeignCookie, signedIn } from "../account-doors.ts";
import type { ControllerHop, Route } from "../route.ts";

/** `POST /api/auth/passkeys/register`: what the page of somebody who has signed in hands to the authenticator. */
const beginRegistration = accountAction({
  name: "passkeys.register",
  by: "session",
  control: async (hop) => jsonAnswer(200, JSON.stringify(await doorsOf(hop).passkeys.registration(signedIn(hop)))),
});

/** `POST /api/auth/passkeys/register/verify`: keeps what the authenticator made. */
const endRegistration = accountAction({
  name: "passkeys.verify",
  by: "session",
  parse: (request) => parsePasskeyRegistration(request.body),
  control: async (hop: ControllerHop<RegisterPasskeyCommand>) => {
    const passkey = await doorsOf(hop).passkeys.register(signedIn(hop), hop.command);
    const { headers, ...answer } = jsonAnswer(201, JSON.stringify(passkey));
    return { ...answer, headers: { ...headers, location: `/api/auth/passkeys/${passkey.id}` } };
  },
});

/** `GET /api/auth/passkeys`: the caller's own. */
const listPasskeys = accountAction({
  name: "passkeys.list",
  by: "session",
  control: async (hop) => jsonAnswer(200, JSON.stringify(await doorsOf(hop).passkeys.list(signedIn(hop)))),
});

/** `DELETE /api/auth/passkeys/{id}` */
const removePasskey = accountAction({
  name: "passkeys.remove",
  by: "session",
  control: async (hop) => {
    const id = decodeSegment(hop.request.key ?? "") ?? "";
    await doorsOf(hop).passkeys.remove(signedIn(hop), id);
    return DONE;
  },
});

/** `POST /api/auth/sign-in/passkey`: what anybody's page hands to the authenticator. */
const beginSignIn = accountAction({
  name: "passkeys.options",
  by: "anybody",
  control: async (hop) => {
    limitDoor(hop, "passkey");
    return jsonAnswer(200, JSON.stringify(await doorsOf(hop).passkeys.signInOptions()));
  },
});

/** `POST /api/auth/sign-in/passkey/verify`: begins a session. */
const endSignIn = accountAction({
  name: "passkeys.signIn",
  by: "anybody",
  parse: (request) => parsePasskeySignIn(request.body),
  control: async (hop: ControllerHop<PasskeySignInCommand>) => {
    const { credential, form } = hop.command;
    refuseForeignCookie(hop, form);
    limitDoor(hop, "passkey");
    return enter(hop, await doorsOf(hop).passkeys.signIn(credential), { status: 200, form });
  },
});

const noTable = { table: undefined, relation: undefined } as const;

export const passkeyRoutes: readonly Route[] = [
  { ...noTable, method: "POST", pattern: "/api/auth/passkeys/register", action: beginRegistration },
  { ...noTable, method: "POST", pattern: "/api/auth/passkeys/register/verify", action: endRegistration },
  { ...noTable, method: "GET", pattern: "/api/auth/passkeys", action: listPasskeys },
  { ...noTable, method: "DELETE", pattern: "/api/auth/passkeys/{id}", action: removePasskey },
  { ...noTable, method: "POST", pattern: "/api/auth/sign-in/passkey", action: beginSignIn },
  { ...noTable, method: "POST", pattern: "/api/auth/sign-in/passkey/verify", action: endSignIn },
];
