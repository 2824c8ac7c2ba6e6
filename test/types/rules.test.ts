import {
  boolean,
  compile,
  email,
  everyone,
  type Filter,
  type Insert,
  integer,
  longText,
  owner,
  ref,
  role,
  type Row,
  self,
  servery,
  signedIn,
  table,
  text,
  type Update,
} from "servery";
import { createClient } from "servery/client";
import { expect, test } from "vitest";
import { describeTypes } from "#servery/schema/describe-types.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Checked by the compiler: `npx tsc --noEmit` fails where a type is another one. */
function same<A, B>(_yes: Same<A, B>): void {}

const app = servery({
  tables: {
    people: table({
      name: text(30),
      email: email().unique().readable(self),
      visits: integer().default(0).private(),
      is_trusted: boolean().default(false).writable(role("admin")),
    })
      // The function is given what is stored.
      .computed("is_regular", boolean(), ["visits"], (row) => row.visits > 10)
      .accounts()
      .allow({ read: everyone, create: everyone, update: self }),
    notes: table(
      { person_id: ref("people").owner(), content: longText(), origin: text(20).optional().private() },
      { updated_at: false },
    ).allow({ read: owner, create: signedIn }),
  },
});
type App = typeof app;

test("what nobody reads is in no type, what some read may be missing or null, an owner may be left out", () => {
  same<
    Row<App, "people">,
    {
      id: number;
      created_at: string;
      updated_at: string;
      name: string;
      is_trusted: boolean;
      email?: string | null;
      is_regular: boolean;
    }
  >(true);
  same<Insert<App, "people">, { name: string; email: string; is_trusted?: boolean }>(true);
  same<Update<App, "people">, { name?: string; email?: string; is_trusted?: boolean }>(true);
  same<Row<App, "notes">, { id: number; created_at: string; person_id: number; content: string }>(true);
  same<Insert<App, "notes">, { content: string; person_id?: number }>(true);
  same<"visits" extends keyof Filter<App, "people"> ? true : false, false>(true);
  same<"email" extends keyof Filter<App, "people"> ? true : false, true>(true);
  const client = createClient<App>("http://localhost");
  // @ts-expect-error: nobody asks for a private column.
  const asked = (): unknown => client.people.list({ where: { visits: 3 } });
  expect(asked).toBeTypeOf("function");
});

test("the written types say the same", () => {
  const types = describeTypes(compile(app).schema);
  const block = (name: string): string =>
    new RegExp(`export interface ${name} \\{\\n(.*?)^\\}`, "ms").exec(types)?.[1] ?? "";
  expect(block("PeopleRow")).toContain("  email?: string | null;\n");
  expect(block("PeopleInsert")).toBe("  name: string;\n  email: string;\n  is_trusted?: boolean;\n");
  expect(block("NotesInsert")).toBe("  person_id?: number;\n  content: string;\n");
  expect(block("PeopleFilter")).toContain("email?:");
  expect(types).not.toMatch(/visits|is_regular|origin/);
});
