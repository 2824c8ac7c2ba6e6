import { type Context, refuse } from "servery";
import { type Order, accountOf, bookTransfer, lastTransfers } from "./repository.ts";

/** Both accounts are read, judged and changed in one transaction: nobody else pays from them meanwhile. */
export function transferMoney(context: Context, order: Order) {
  return context.transaction(async (tx) => {
    const [from, to] = [await accountOf(tx, order.from_account_id), await accountOf(tx, order.to_account_id)];
    if (from === undefined) throw wrong("from_account_id", "There is no such account to pay from.");
    if (to === undefined) throw wrong("to_account_id", "There is no such account to pay to.");
    if (from.balance === null) throw refuse("forbidden", "You pay from your own accounts only.");
    if (from.id === to.id) throw wrong("to_account_id", "The money is on this account already.");
    if (from.currency !== to.currency)
      throw refuse("conflict", `One account is in ${from.currency}, the other in ${to.currency}.`);
    if (cents(from.balance) < cents(order.amount))
      throw refuse("conflict", `There is not enough money: ${from.balance} ${from.currency} are left.`);
    return bookTransfer(tx, order);
  });
}

/** What came is counted up, what went is counted down. */
export async function statementOf(context: Context, id: string | number) {
  const account = await accountOf(context, id);
  if (account === undefined) throw refuse("missing", "There is no such account.");
  if (account.balance === null) throw refuse("forbidden", "A statement is for the account's owner.");
  const transfers = await lastTransfers(context, account.id);
  return {
    account: { id: account.id, name: account.name, balance: account.balance, currency: account.currency },
    lines: transfers.map(({ id: transfer, from_account_id, amount, note, created_at }) => ({
      transfer,
      amount: from_account_id === account.id ? `-${amount}` : amount,
      note,
      created_at,
    })),
  };
}

function wrong(field: keyof Order, message: string) {
  return refuse("invalid", message, { errors: [{ pointer: `/${field}`, message }] });
}

/** "12.50" → 1250n: money is counted in whole cents, never in fractions. */
function cents(amount: string) {
  return BigInt(amount.replace(".", ""));
}
