import { expect, test } from "vitest";
import { compile, type DeclaredRule, email, everyone, or, owner, ref, servery, table, text } from "servery";
import { reportOf } from "#servery/cli/report-application.js";

/** Accounts of one table or two, and the rule that is asked about. */
const warnings = (read: DeclaredRule, one = false): unknown => {
  const accounts = { email: email().unique() };
  const customers = table(accounts);
  const tables = {
    users: table(accounts).accounts().allow({ read: everyone }),
    customers: (one ? customers : customers.accounts()).allow({ read: everyone }),
    notes: table({ user_id: ref("users").owner(), word: text(20) }).allow({ read }),
  };
  return reportOf(compile(servery({ tables }))).warnings.map(({ code, table: name }) => [code, name]);
};

test("a function that reads id and not table is warned of where several tables have accounts", () => {
  const found = [["any_account", "notes"]];
  expect(warnings(({ id }) => ({ user_id: id }))).toEqual(found);
  expect(warnings(or(owner, (caller) => caller.signedIn && { user_id: caller.id }))).toEqual(found);
  expect(warnings(({ id }) => ({ user_id: id }), true)).toEqual([]);
  expect(warnings(({ table: name, id }) => name === "users" && { user_id: id })).toEqual([]);
  expect(warnings(({ roles }) => roles.includes("x"))).toEqual([]);
  expect(warnings(owner)).toEqual([]);
});
