import { accountAction } from "../../account-action.ts";
import { accountsOf, jsonAnswer } from "../../account-answer.ts";

/** `GET /api/auth/me`: the row of whoever asks, and its roles. */
export const me = accountAction({
  name: "me",
  by: "caller",
  control: async (hop) => {
    const { user, roles } = await accountsOf(hop).own.me(hop.principal);
    return jsonAnswer(200, `{"user":${user},"roles":${JSON.stringify(roles)}}`);
  },
});
