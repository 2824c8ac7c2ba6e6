import type { TransactionContext } from "servery";

export interface Order {
  readonly from_account_id: string | number;
  readonly to_account_id: string | number;
  readonly amount: string;
  readonly note: string | null;
}

interface Account {
  readonly id: number;
  /** Both are null in the account of somebody else. */
  readonly name: string | null;
  readonly balance: string | null;
  readonly currency: string;
}

interface Transfer extends Order {
  readonly id: number;
  readonly created_at: string;
}

/** Inside a transaction this is the account as the transaction has left it so far. */
export function accountOf(context: TransactionContext, id: string | number): Promise<Account | undefined> {
  return context.tables.accounts.get(id);
}

/** The declaration says what a transfer does to the two balances. */
export function bookTransfer(context: TransactionContext, order: Order): Promise<Transfer> {
  return context.tables.transfers.create(order);
}

export function lastTransfers(context: TransactionContext, account: number): Promise<Transfer[]> {
  return context.tables.transfers.list({
    filter: { or: [{ from_account_id: account }, { to_account_id: account }] },
    sort: "-created_at,-id",
    limit: 50,
  });
}
