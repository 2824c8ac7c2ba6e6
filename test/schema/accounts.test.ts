import { describe, expect, test } from "vitest";
import { type AnyDeclaration, compile, email, everyone, integer, servery, table, text } from "servery";
import { reasonOf } from "./reason.ts";

const address = { email: email().unique() };

const refused: [string, () => AnyDeclaration, RegExp][] = [
  [
    "no unique address",
    () => of(table({ email: email() }).accounts()),
    /unique column to sign in with.*email\(\)\.unique/s,
  ],
  [
    "two addresses",
    () => of(table({ one: email().unique(), two: email().unique() }).accounts()),
    /several columns.*identifier: "one"/s,
  ],
  ["a name that is not unique", () => of(table({ name: text(9) }).accounts({ identifier: "name" })), /\.unique\(\)/],
  [
    "a number",
    () => of(table({ age: integer().unique() }).accounts({ identifier: "age" })),
    /nobody signs in with a integer/,
  ],
  ["an optional address", () => of(table({ email: email().unique().optional() }).accounts()), /\.optional\(\)/],
  [
    "a key of two columns",
    () =>
      of(
        table({ ...address, a: text(3), b: text(3) })
          .primaryKey("a", "b")
          .accounts(),
      ),
    /key of one column/,
  ],
  ["a column called password", () => of(table({ ...address, password: text(9) }).accounts()), /column password/],
  ["an unknown option", () => of(table(address).accounts({ verified: true } as never)), /knows no option verified/],
];

function of(users: ReturnType<typeof table>): AnyDeclaration {
  return servery({ tables: { users: users.allow({ read: everyone }) } });
}

describe("accounts that cannot be", () => {
  test.each(refused)("%s", (_, make, words) => {
    expect(reasonOf(make)).toMatch(words);
  });
});

test("the one unique address is what people sign in with, and is verified", () => {
  const users = compile(of(table(address).accounts())).schema.tables.get("users");
  expect([users?.accounts?.identifier.name, users?.accounts?.verify]).toEqual(["email", true]);
  expect(compile(of(table(address))).schema.tables.get("users")?.accounts).toBeUndefined();
});
