import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyone, owner, ref, role, servery, signedIn, table, text } from "servery";
import { closeSound } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const PASSWORD = "correct horse battery";

const declaration = servery({
  tables: {
    users: table({ name: text(30).unique() })
      .accounts({ identifier: "name", verify: false })
      .allow({ read: signedIn, create: signedIn }),
    notes: table({
      user_id: ref("users").owner(),
      title: text(30),
      draft: text(30).optional().readable(owner),
      remark: text(30).optional().readable(role("editor")),
    }).allow({ read: everyone, create: signedIn, delete: owner }),
    reports: table({ title: text(30) }).allow({ read: role("editor"), create: signedIn }),
  },
});

describe("a kept answer is read again as its caller is now", () => {
  let engine: EngineUnderTest;
  beforeAll(async () => {
    engine = await openEngine(declaration);
  });
  afterAll(async () => {
    await closeSound(engine);
  });

  async function editor(name: string): Promise<{ headers: Record<string, string>; demote: () => Promise<void> }> {
    await engine.accounts.create({ row: { name }, password: PASSWORD, roles: ["editor"] });
    const headers: Record<string, string> = { "idempotency-key": name };
    const signIn = async (): Promise<void> => {
      const answer = await engine.post("/api/auth/sign-in", { name, password: PASSWORD });
      headers["authorization"] = `Bearer ${(answer.json as { access_token: string }).access_token}`;
    };
    await signIn();
    return {
      headers,
      demote: async () => {
        await engine.accounts.setRoles({ identifier: name }, []);
        await signIn();
      },
    };
  }

  /** Writes, lets something happen, and sends the same again: what was answered, and what is answered then. */
  async function twice(
    [path, row]: readonly [path: string, row: object],
    headers: Record<string, string>,
    meanwhile: (url: string) => Promise<unknown>,
  ): Promise<unknown[]> {
    const first = await engine.post(path, row, headers);
    expect(first.status).toBe(201);
    await meanwhile(first.headers["location"] ?? "");
    const again = await engine.post(path, row, headers);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    return [first.json, again.json];
  }

  test("without the columns that only a role shows, which it has lost", async () => {
    const { headers, demote } = await editor("ann");
    const row = { title: "Hers", draft: "d", remark: "canary" };
    const [first, again] = await twice(["/api/notes", row], headers, demote);
    expect(first).toMatchObject(row);
    expect(again).toMatchObject({ title: "Hers", draft: "d" });
    expect(again).not.toHaveProperty("remark");
  });

  test("without any member where the whole table is closed to it", async () => {
    const { headers, demote } = await editor("bob");
    const [first, again] = await twice(["/api/reports", { title: "Secret" }], headers, demote);
    expect(first).toMatchObject({ title: "Secret" });
    expect(again).toEqual({});
  });

  test("of a row that is gone with what everybody may read, and null for what its owner alone may", async () => {
    const { headers } = await editor("eve");
    const { "idempotency-key": _, ...session } = headers;
    const row = { title: "Gone", draft: "canary" };
    const [first, again] = await twice(["/api/notes", row], headers, (url) => engine.delete(url, session));
    expect(first).toMatchObject(row);
    expect(again).toMatchObject({ title: "Gone", draft: null });
  });
});
