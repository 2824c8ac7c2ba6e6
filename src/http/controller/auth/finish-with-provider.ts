import { dropPending, pendingIn } from "../../pending-cookie.ts";
import { redirect } from "../../redirect.ts";
import type { Action } from "../../route.ts";
import { providerDoor } from "./provider-door.ts";

/** `GET /api/auth/with/{provider}/callback`: the provider leads the browser back here. */
export const finishWithProvider: Action = {
  name: "finishWithProvider",
  access: undefined,
  anybody: true,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  async control({ request, services }) {
    const { door, name } = providerDoor(services, request);
    const { raw, query } = request.received;
    const cookie = { provider: name, secure: door.signIn.secure };
    const sealed = pendingIn(cookie, raw.header("cookie"));
    const { location, cookies } = await door.signIn.finish(name, { query, sealed });
    return redirect(location, [dropPending(cookie), ...cookies]);
  },
};
