import { describe, expect, test } from "vitest";
import { and, compile, nobody, servery, signedIn, table, text } from "servery";
import { deadRules } from "#servery/auth/policy/policy-matrix.js";
import { comparePolicies, policyText, readPolicyText } from "#servery/cli/policy-file.js";
import { workspace } from "./workspace.ts";

const faults: unknown[] = [];
const matrix = compile(workspace).policyMatrix((cause) => faults.push(cause));

describe("the matrix of a declaration", () => {
  test("reads well in a diff", () => {
    const written = policyText(matrix);
    expect(written).toContain(
      [
        "posts",
        "               read       create     update     delete",
        "  anonymous    some rows  denied     denied     denied",
        "  signed in    some rows  allowed    some rows  some rows",
        "  role editor  some rows  allowed    some rows  some rows",
        "  admin        allowed    allowed    allowed    allowed",
        "",
        "posts.rank",
      ].join("\n"),
    );
    expect(written).toContain(
      [
        "users.email",
        "               read       write",
        "  anonymous    denied     allowed",
        "  signed in    some rows  allowed",
      ].join("\n"),
    );
    expect(written).toMatch(/^organisations\n.*\n {2}anonymous {4}denied {5}denied {5}denied {5}denied$/m);
    expect(faults).toEqual([]);
  });

  test("is what its own text says", () => {
    expect(comparePolicies(readPolicyText(policyText(matrix)), matrix)).toEqual([]);
    const loose = policyText(matrix).replaceAll(/ {2,}/g, "    ").replaceAll("\n", "\r\n");
    expect(comparePolicies(readPolicyText(loose), matrix)).toEqual([]);
  });

  test("differs where a verdict, a caller or a table does", () => {
    const told = policyText(matrix)
      .replace(
        "  signed in    some rows  allowed    some rows  some rows",
        "  signed in    allowed    allowed    some rows  some rows",
      )
      .replace(/^dropbox\n/m, "mailbox\n");
    const differences = comparePolicies(readPolicyText(told), matrix);
    expect(differences[0]).toEqual({ about: "posts: read, signed in", file: "allowed", declaration: "some rows" });
    expect(differences).toContainEqual({ about: "dropbox: read, admin", file: undefined, declaration: "allowed" });
    expect(differences).toContainEqual({ about: "mailbox: read, admin", file: "allowed", declaration: undefined });
    expect(differences).toHaveLength(1 + 2 * 16);
  });
});

test("a rule that can hold for administrators alone is found", () => {
  const rule = and(signedIn, nobody);
  const declaration = servery({
    tables: {
      users: table({ name: text(30).unique() })
        .accounts({ identifier: "name", verify: false })
        .allow({ read: rule, create: signedIn }),
    },
  });
  const { schema, policies } = compile(declaration);
  expect(deadRules(schema, policies)).toEqual([{ table: "users", rule, place: "users.read" }]);
  expect(compile(workspace).deadRules()).toEqual([]);
});
