import { email, enumeration, servery, table, text } from "servery";
import { type Client, createClient } from "servery/client";
import { expect, expectTypeOf, test } from "vitest";
import type { People } from "../client/people.ts";

const staffed = servery({
  tables: {
    users: table({ email: email(100).unique(), name: text(20).optional() }).accounts(),
    staff: table({ login: text(20).unique(), rank: enumeration("chef", "waiter") }, { path: "team" }).accounts({
      identifier: "login",
      verify: false,
    }),
    rooms: table({ name: text(20) }),
  },
});
const bare = servery({ tables: { rooms: table({ name: text(20) }) } });

declare const people: Client<People>;
declare const staff: Client<typeof staffed>;

/** Never called: only its types are looked at. */
export function mistakes(): unknown[] {
  return [
    // @ts-expect-error the password is missing
    () => people.auth.signUp({ username: "a", email: "a@example.com" }),
    // @ts-expect-error a required column is missing
    () => people.auth.signUp({ email: "a@example.com", password: "p" }),
    // @ts-expect-error people sign in with their address
    () => people.auth.signIn({ username: "a", password: "p" }),
    // @ts-expect-error which of two tables?
    () => staff.auth.signIn({ email: "a@example.com", password: "p" }),
    // @ts-expect-error a table without accounts
    () => staff.auth.signUp({ accounts: "rooms", name: "a", password: "p" }),
    // @ts-expect-error columns of the other table
    () => staff.auth.signUp({ accounts: "team", email: "a@example.com", password: "p" }),
    // @ts-expect-error no table has accounts
    () => (undefined as unknown as Client<typeof bare>).auth,
  ];
}

/** Never called either. */
export function answers() {
  return {
    alice: people.auth.signUp({ username: "a", email: "a@example.com", password: "p" }),
    chef: staff.auth.signUp({ accounts: "team", login: "a", rank: "chef", password: "p" }),
    user: staff.auth.signIn({ accounts: "users", email: "a@example.com", password: "p" }),
    me: people.auth.me(),
  };
}

type Answers = { [Name in keyof ReturnType<typeof answers>]: Awaited<ReturnType<typeof answers>[Name]> };

test("sign-up and sign-in take and answer what the accounts' tables say", () => {
  expectTypeOf<Answers["alice"]["username"]>().toEqualTypeOf<string>();
  expectTypeOf<Answers["alice"]["age"]>().toEqualTypeOf<number | null>();
  expectTypeOf<Answers["me"]["user"]["id"]>().toEqualTypeOf<number>();
  // Of two tables, one of which waits for a mail.
  expectTypeOf<undefined>().toExtend<Answers["chef"]>();
  expectTypeOf<"login">().toExtend<KeysOfAny<NonNullable<Answers["user"]>>>();
  expect("auth" in createClient<typeof bare>("http://localhost:1")).toBe(true);
});

type KeysOfAny<T> = T extends unknown ? keyof T : never;
