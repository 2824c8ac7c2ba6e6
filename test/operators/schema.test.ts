import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { callersOf, declaration } from "./operators.ts";

const URL = "/api/server/schema";
let engine: EngineUnderTest;
let admin: EngineUnderTest;
let alice: EngineUnderTest;
let key: string;
beforeAll(async () => {
  engine = await openEngine(declaration);
  ({ admin, alice, key } = await callersOf(engine));
});
afterAll(() => engine.close());

interface Described {
  readonly title: string;
  readonly tables: readonly {
    readonly name: string;
    readonly sql: readonly string[];
    readonly columns: readonly { readonly name: string; readonly private: boolean }[];
    readonly rules: object;
    readonly row: { readonly properties: object };
    readonly create: { readonly required: readonly string[] };
  }[];
  readonly matrix: readonly { readonly name: string }[];
}

describe("the declaration as data", () => {
  test("has tables, rules, SQL and JSON Schema", async () => {
    const answer = await admin.get(URL);
    expect(answer.status, answer.text).toBe(200);
    const { title, tables, matrix } = answer.json as Described;
    expect(title).toBe("Notes");
    expect(tables.map(({ name }) => name)).toEqual(["users", "posts"]);
    const [users, posts] = tables as [Described["tables"][0], Described["tables"][0]];
    expect(users).toMatchObject({ accounts: { identifier: "email", verify: false }, path: "users", key: ["id"] });
    expect(users.columns.find(({ name }) => name === "secret")).toMatchObject({ private: true, readable: "nobody" });
    expect(Object.keys(users.row.properties)).not.toContain("secret");
    expect(posts.rules).toEqual({ read: "everyone", create: "signedIn", update: "owner", delete: "owner" });
    expect(posts.sql[0]).toMatch(/^CREATE TABLE "posts"/);
    expect(posts.sql.join("\n")).toContain("CREATE INDEX");
    expect(posts.create.required).toEqual(["title"]);
    expect(matrix.map(({ name }) => name)).toContain("posts");
    expect(answer.text).not.toContain("_servery_accounts");
  });

  test("is closed to all but administrators with a session, and not told to others", async () => {
    expect((await engine.get(URL)).status).toBe(401);
    expect((await alice.get(URL)).status).toBe(403);
    expect((await engine.get(URL, { authorization: `Bearer ${key}` })).status).toBe(403);
    expect((await alice.get("/openapi.json")).text).not.toContain("/api/server/schema");
    expect((await admin.get("/openapi.json")).text).toContain("/api/server/schema");
    expect((await admin.get(`${URL}?a=1`)).status).toBe(400);
    expect((await admin.post(URL, {})).status).toBe(405);
  });

  test("is open in development, and not to a page that has its own name lead here", async () => {
    const development = await openEngine(declaration, { explain: true });
    try {
      const ask = async (host: string): Promise<number> => {
        const answer = await development.get(URL, { host }).catch((error: unknown) => error as Error);
        // Everybody's document does not tell of the route, so that an answer of it is none that is promised.
        return "status" in answer ? answer.status : answer.message.includes("not documented") ? 200 : 0;
      };
      expect(await ask("localhost:5000")).toBe(200);
      expect(await ask("[::1]:5000")).toBe(200);
      expect(await ask("evil.example:5000")).toBe(401);
    } finally {
      await development.close();
    }
  });
});
