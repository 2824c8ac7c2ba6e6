import { Random } from "./random.ts";
import { DAY, HOUR, iso } from "./time.ts";
import { ALICE, BOB } from "./users.ts";

/** When the bank opened. */
const OPENING = Date.UTC(2024, 2, 1, 9);
const ACCOUNTS = 40;
const TRANSFERS = 24;
/** The first accounts keep their round sums, since the lessons count with them; the transfers begin behind them. */
const ROUND: readonly (readonly [user: number, name: string, balance: string])[] = [
  [ALICE, "Current", "1000.00"],
  [BOB, "Current", "500.00"],
  [ALICE, "Savings", "2500.00"],
];

type Account = { id: number; user_id: number; name: string; balance: string; created_at: string };

export function* accounts(): Generator<Account> {
  const random = new Random(8);
  for (let id = 1; id <= ACCOUNTS; id++) {
    const created_at = iso(OPENING + id * HOUR);
    const [user, name, balance] = ROUND[id - 1] ?? [id, "Current", cents(random.between(10_000, 400_000))];
    yield { id, user_id: user, name, balance, created_at };
  }
}

type Transfer = {
  id: number;
  from_account_id: number;
  to_account_id: number;
  amount: string;
  note: string | null;
  created_at: string;
};

/** Each account pays at most once, and less than any of them holds. */
export function* transfers(): Generator<Transfer> {
  const random = new Random(9);
  const payers = ACCOUNTS - ROUND.length;
  for (let id = 1; id <= TRANSFERS; id++) {
    const from = ROUND.length + id;
    const to = ROUND.length + 1 + ((id - 1 + random.between(1, payers - 1)) % payers);
    const note = random.pick(["Rent", "Lunch", "Concert tickets", "Thank you!", null]);
    const amount = cents(random.between(100, 9_000));
    yield { id, from_account_id: from, to_account_id: to, amount, note, created_at: iso(OPENING + (5 + id) * 8 * DAY) };
  }
}

/** 19999 → "199.99". */
function cents(amount: number): string {
  return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
}
