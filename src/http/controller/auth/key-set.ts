import { accountsOf, refuseExtras } from "../../account-answer.ts";
import type { Action } from "../../route.ts";

/** For so long, in seconds, others may keep the keys: a new one signs only what they then look up anew. */
const KEPT_SECONDS = 300;

/** `GET /.well-known/jwks.json`: the public keys of this server's tokens (RFC 7517). */
export const keySet: Action = {
  name: "keySet",
  access: undefined,
  anybody: true,
  reads: [],
  answers: ["application/json"],
  validate: (request) => {
    refuseExtras(request);
    return undefined;
  },
  control: (hop) => ({
    status: 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": `public, max-age=${KEPT_SECONDS}`,
    },
    body: JSON.stringify(accountsOf(hop).jwks()),
  }),
};
