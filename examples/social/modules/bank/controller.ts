import { decimal, get, post, ref, reply, signedIn, text } from "servery";
import { statementOf, transferMoney } from "./service.ts";

const order = {
  from_account_id: ref("accounts"),
  to_account_id: ref("accounts"),
  amount: decimal(14, 2, { min: "0.01" }),
  note: text(200).optional(),
};

/** What is asked, what is answered, and who answers it. */
export const bankRoutes = [
  post(
    "/api/bank/transfers",
    { summary: "Move money between two accounts", allow: signedIn, body: order },
    async (call) => {
      const transfer = await transferMoney(call, call.body);
      return reply(transfer, { created: `/api/transfers/${transfer.id}` });
    },
  ),

  get(
    "/api/bank/accounts/:id/statement",
    {
      summary: "The balance of an account and its last transfers",
      allow: signedIn,
      params: { id: ref("accounts") },
    },
    (call) => statementOf(call, call.params.id),
  ),
];
