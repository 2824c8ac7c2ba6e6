import { describe, expect, test } from "vitest";
import {
  and,
  type AnyDeclaration,
  compile,
  email,
  enumeration,
  everyone,
  integer,
  nobody,
  or,
  ref,
  role,
  type RuleFunction,
  sameAs,
  servery,
  signedIn,
  table,
  text,
  uuid,
  view,
} from "servery";
import { tableAccess } from "#servery/auth/policy/access.js";
import { allowCall } from "#servery/auth/policy/allow-call.js";
import { explainAction, explainColumn } from "#servery/auth/policy/explain.js";
import { deadRules } from "#servery/auth/policy/policy-matrix.js";
import { RuleFilters } from "#servery/auth/policy/rule-filter.js";
import { permitted, type Principal } from "#servery/auth/principal.js";
import type { Rule } from "#servery/schema/rule.js";
import { columnOf, tableOf } from "#servery/schema/model.js";

const READ = { read: everyone };
const { schema, policies } = compile(
  servery({
    tables: {
      users: table({ name: text(30).unique() }).allow(READ),
      rows: table({ user_id: ref("users"), locked: integer().default(0).writable(nobody) }).allow({
        read: sameAs("user"),
        update: signedIn,
      }),
    },
  }),
);
const rows = tableOf(schema, "rows");
const CALLER = { kind: "account", table: "users", roles: [] } as const;
const account = (roles: readonly string[]): Principal =>
  policies.source(() => {}).account({ table: "users", key: 1, roles, session: undefined });

describe("what nobody has decided is refused", () => {
  test("the rows of a function that was not asked", () => {
    const rule: Rule = { rule: "when", filter: () => true };
    const none = new RuleFilters(schema, CALLER, new Map());
    expect(() => none.rule(rows, rule, "read")).toThrow("a function of rows was not asked");
    const asked = new Map([["rows", new Map([[rule, { is: "constant", value: true } as const]])]]);
    expect(new RuleFilters(schema, CALLER, asked).rule(rows, rule, "read")).toEqual({ is: "constant", value: true });
  });

  test("the rows behind a relation that is not there", () => {
    const alone = { ...rows, relations: new Map() };
    const filters = new RuleFilters(schema, CALLER, new Map());
    expect(() => filters.action(alone, "read")).toThrow("a rule of rows leads nowhere: user");
    expect(filters.action(rows, "read")).toMatchObject({ is: "related", match: "some" });
  });

  test("a table that the declaration does not have", () => {
    expect(() => tableAccess(account([]).access, { name: "row" })).toThrow("the application has no table row");
  });
});

describe("a route", () => {
  const route = (allow: Rule): Parameters<typeof allowCall>[1] => ({ title: "GET /api/x", method: "GET", allow });
  const call = (who: Principal, rule: Rule) => () => allowCall(who, route(rule), () => {});

  test("that says nothing of who may call it is for administrators", () => {
    const rule: Rule = { rule: "administrators" };
    expect(call(account(["editor"]), rule)).toThrow("You may not call GET /api/x.");
    expect(call(account(["admin"]), rule)).not.toThrow();
  });

  test("is open to the server's own work alone where nobody may call it", () => {
    expect(call(account(["admin"]), nobody)).toThrow("Nobody may call GET /api/x.");
    expect(call(policies.system("a test"), nobody)).not.toThrow();
  });
});

test("a description of many callers says what stands for the rows of some", () => {
  const many = permitted({ kind: "anonymous" }, { access: policies.described("signed in"), values: [] });
  expect(explainAction(many, rows, "update").filter).toBe("id is not null");
});

test("a value that is not the caller's is not told", () => {
  const { access, values } = account([]);
  const column = columnOf(rows, "locked");
  const compared = { is: "compare", column, operator: "eq", value: { slot: 0 } } as const;
  const { actions, ...others } = tableAccess(access, rows);
  const tables = new Map(access.tables).set("rows", { ...others, actions: { ...actions, update: compared } });
  const asked = permitted({ kind: "anonymous" }, { access: { ...access, tables }, values });
  expect(explainAction(asked, rows, "update").filter).toBe("locked = (private)");
});

test("a column that is closed in every row is explained by that", () => {
  expect(explainColumn(account([]), rows, { name: "locked" })).toEqual({
    rule: "rows.locked.writable: nobody",
    filter: "no row",
  });
});

describe("the matrix", () => {
  const whos = (declaration: AnyDeclaration, name: string): string[] | undefined => {
    const faults: unknown[] = [];
    const sections = compile(declaration).policyMatrix((cause) => faults.push(cause));
    expect(faults).toEqual([]);
    return sections.find((section) => section.name === name)?.rows.map(({ who, verdicts }) => `${who}: ${verdicts[0]}`);
  };

  test("of a declaration without accounts has strangers and administrators", () => {
    const declaration = servery({ tables: { rows: table({ level: integer() }).allow(READ) } });
    expect(whos(declaration, "rows")).toEqual(["anonymous: allowed", "admin: allowed"]);
  });

  test("tells signing up from creating where strangers must not learn which addresses are taken", () => {
    const of = (rule: Rule | RuleFunction): unknown => {
      const users = table({ email: email(100).unique() })
        .accounts()
        .allow({ create: rule });
      const sections = compile(servery({ tables: { users } })).policyMatrix(() => undefined);
      const [anonymous] = sections[0]?.rows ?? [];
      return [sections[0]?.actions.slice(4), anonymous?.verdicts.slice(1, 2), anonymous?.verdicts.slice(4)];
    };
    const open = [["sign_up"], ["denied"], ["allowed"]];
    expect(of(everyone)).toEqual(open);
    expect(of(or(role("clerk"), everyone))).toEqual(open);
    expect(of(and(everyone, () => true))).toEqual(open);
    expect(of(() => ({ email: { ne: "root@example.com" } }))).toEqual([["sign_up"], ["denied"], ["some rows"]]);
    // Whom a rule knows may create rows as ever: to strangers both ways are closed.
    const closed = [[], ["denied"], []];
    expect(of(role("clerk"))).toEqual(closed);
    expect(of(and(signedIn, everyone))).toEqual(closed);
  });

  test("names the table of an account where there are two, its roles in order, and keys of any kind", () => {
    const declaration = servery({
      tables: {
        people: table({ id: uuid(), name: text(30).unique() })
          .primaryKey("id")
          .accounts({ identifier: "name", verify: false })
          .allow({ read: ({ id, table: own }) => own === "people" && { id }, create: everyone }),
        robots: table({ name: text(30).unique() })
          .accounts({ identifier: "name", verify: false })
          .allow({ read: role("writer"), update: role("editor"), create: everyone }),
      },
    });
    expect(whos(declaration, "robots")).toEqual([
      "anonymous: denied",
      "signed in (people): denied",
      "signed in (robots): denied",
      "role editor (people): denied",
      "role writer (people): allowed",
      "role editor (robots): denied",
      "role writer (robots): allowed",
      "admin: allowed",
    ]);
    expect(whos(declaration, "people")?.[1]).toBe("signed in (people): some rows");
  });

  test("finds columns that nobody can read, and asks of a view nothing but reading", () => {
    const never = enumeration("a", "b").readable({ rule: "and", of: [signedIn, nobody] } as never);
    const made = compile(
      servery({
        tables: {
          rows: table({ level: never }).allow({ ...READ, delete: role("admin") }),
          levels: view({ n: integer() }, "SELECT 1 AS n").primaryKey("n").allow({ read: everyone }),
        },
      }),
    );
    expect(deadRules(made.schema, made.policies).map(({ place }) => place)).toEqual(["rows.level.readable"]);
  });
});
