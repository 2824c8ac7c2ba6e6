import { email, everyone, integer, servery, table } from "servery";
import { expect, test } from "vitest";
import { bearer, PASSWORD, type Tokens } from "../accounts/declaration.ts";
import { describeEachAdapter } from "../database/adapters.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { adopt, adoptedFile } from "./world.ts";

const FILE = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);";
const PERSON = { email: "ann@example.com", password: PASSWORD };

const people = () =>
  table({ id: integer(), email: email(100).unique() }, { created_at: false, updated_at: false })
    .primaryKey("id")
    .accounts({ verify: false })
    .allow({ read: everyone, create: everyone });

const signIn = async (engine: EngineUnderTest) => engine.post("/api/auth/sign-in", PERSON);

describeEachAdapter("accounts of an adopted file", ({ preference, driver }) => {
  const options = { sqliteDriver: preference };

  test("follow a table that somebody has renamed in the file, once the declaration says so", async () => {
    const file = adoptedFile(FILE, driver);
    const before = await adopt(servery({ adopted: true, tables: { users: people() } }), file, options);
    const made = await before.post("/api/auth/sign-up", PERSON);
    expect(made.status, made.text).toBe(201);
    await before.accounts.setRoles({ identifier: PERSON.email }, ["editor"]);
    await before.close();
    file.exec("ALTER TABLE users RENAME TO people");

    const unsaid = await adopt(servery({ adopted: true, tables: { people: people() } }), file, options);
    expect((await signIn(unsaid)).status).toBe(401);
    await unsaid.close();

    const declaration = servery({ adopted: true, tables: { people: people().was("users") } });
    const after = await adopt(declaration, file, options);
    const signedIn = await signIn(after);
    expect(signedIn.status).toBe(200);
    const me = await after.get("/api/auth/me", bearer(signedIn.json as Tokens));
    expect(me.json).toMatchObject({ user: { id: 1 }, roles: ["editor"] });
    await after.close();

    // What stays in the declaration takes nothing from a table that comes later under the old name.
    file.exec(FILE);
    const both = servery({ adopted: true, tables: { people: people().was("users"), users: people() } });
    const again = await adopt(both, file, options);
    expect((await signIn(again)).status).toBe(200);
  });
});
