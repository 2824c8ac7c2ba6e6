import { Problem } from "../../../errors/problem.ts";
import { parseQueryString } from "../../../validation/query-string.ts";
import type { HttpRequest } from "../../http-message.ts";
import { keepPending } from "../../pending-cookie.ts";
import { redirect } from "../../redirect.ts";
import type { Action } from "../../route.ts";
import { providerDoor } from "./provider-door.ts";

/** `GET /api/auth/with/{provider}?return_to=/`: leads the browser to the provider. */
export const beginWithProvider: Action = {
  name: "beginWithProvider",
  access: undefined,
  forgives: true,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  async control({ principal, request, services }) {
    const { door, name } = providerDoor(services, request);
    const { raw, query } = request.received;
    // A page elsewhere may lead a signed-in browser here, so that an identity of its own choice is linked: it may only
    // sign in.
    const caller = isWanted(raw) ? door.callerOf(principal) : undefined;
    const { location, pending } = await door.signIn.begin(name, { returnTo: returnTo(query), caller });
    return redirect(location, [keepPending({ provider: name, secure: door.signIn.secure }, pending)]);
  },
};

/** Whether the caller's own page, or whoever holds its token, sends the request (Fetch Metadata). */
function isWanted(request: HttpRequest): boolean {
  const site = request.header("sec-fetch-site");
  const isOwn = site === "same-origin" || site === "same-site" || site === "none";
  return isOwn || request.header("authorization") !== undefined;
}

function returnTo(query: string): string {
  const given = parseQueryString(query);
  const other = given.find(({ name }) => name !== "return_to");
  if (other !== undefined)
    throw new Problem("unknown_parameter", `There is no parameter ${JSON.stringify(other.name)}. Write return_to.`);
  const [first, ...more] = given;
  if (more.length > 0) throw new Problem("repeated_parameter", "return_to was sent twice.");
  return first?.value ?? "/";
}
