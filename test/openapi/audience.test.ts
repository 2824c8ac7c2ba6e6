import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "servery";
import { openWorkspace, type Workspace, workspace } from "../policies/workspace.ts";

interface Described {
  readonly paths: Record<string, Record<string, { security?: object[]; responses: Record<string, object> }>>;
  readonly components: {
    readonly responses: Record<string, { description: string }>;
    readonly schemas: Record<string, { properties: Record<string, { type: unknown }>; minProperties?: number }>;
  };
}

describe("the document", async () => {
  const everybodys = JSON.parse(await compile(workspace).openApi()) as Described;
  const whole = JSON.parse(await compile(workspace).openApi("administrators")) as Described;
  let world: Workspace;
  beforeAll(async () => {
    world = await openWorkspace();
  });
  afterAll(async () => {
    await world.engine.close();
  });

  test("tells everybody nothing of what is for administrators only", () => {
    const text = JSON.stringify(everybodys);
    for (const word of ["secrets", "admin/stats"]) expect(text).not.toContain(word);
    expect(Object.keys(whole.paths)).toEqual(expect.arrayContaining(["/api/secrets", "/api/admin/stats"]));
    expect(everybodys.paths["/api/organisations/{id}"]).not.toHaveProperty("patch");
  });

  test("knows private columns in no answer, and in the bodies of those who may write them", () => {
    for (const { components } of [everybodys, whole]) {
      expect(components.schemas["projects"]?.properties).not.toHaveProperty("code");
      expect(components.schemas["projects.create"]?.properties).not.toHaveProperty("code");
      expect(components.schemas["users"]?.properties).not.toHaveProperty("pin");
      expect(components.schemas["users.update"]?.properties).toHaveProperty("pin");
    }
  });

  test("has null for columns that are not readable in every row, but not for administrators", () => {
    expect(everybodys.components.schemas["users"]?.properties["email"]?.type).toEqual(["string", "null"]);
    expect(whole.components.schemas["users"]?.properties["email"]?.type).toBe("string");
  });

  test("lets an owner be sent, and a row be answered that its writer may not read", () => {
    expect(everybodys.components.schemas["posts.create"]?.properties).toHaveProperty("user_id");
    expect(everybodys.components.schemas["dropbox.written"]).not.toHaveProperty("minProperties");
    expect(everybodys.components.schemas["users.written"]?.minProperties).toBe(1);
  });

  test("says who must sign in", () => {
    const signedIn = [{ bearer: [] }, { cookie: [] }];
    expect(everybodys.paths["/api/posts"]?.["post"]?.security).toEqual(signedIn);
    const refused = (path: string, method: string): unknown[] =>
      ["401", "403"].map((status) => everybodys.paths[path]?.[method]?.responses[status]);
    const described = (part: unknown): string => {
      const name = (part as { $ref: string }).$ref.split("/").pop() ?? "";
      return everybodys.components.responses[name]?.description ?? "";
    };
    expect(refused("/api/posts", "post").map(described).join("\n")).toMatch(/sign_in_required: [^]*forbidden: /);
    expect(refused("/api/users", "get").map(described).join("\n")).not.toMatch(/sign_in_required: /);
    expect(everybodys.paths["/api/editors"]?.["get"]?.security).toEqual(signedIn);
    expect(everybodys.paths["/api/users"]?.["get"]).not.toHaveProperty("security");
  });

  test("is whole for administrators, and for nobody else", async () => {
    const { engine, as } = world;
    expect((await engine.get("/openapi.json", as.admin)).json).toEqual(whole);
    for (const who of ["anonymous", "ann", "eve"] as const)
      expect((await engine.get("/openapi.json", as[who])).json).toEqual(everybodys);
  });

  test.each(["/api/secret", "/api/admin/stat"])("%s suggests nothing that is for administrators", async (url) => {
    const { engine, as } = world;
    const answer = await engine.get(url, as.ann);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain("Did you mean");
  });

  test("lets somebody write what it cannot read", async () => {
    const made = await world.engine.post("/api/dropbox", { message: "x" });
    expect([made.status, made.text, made.headers["location"]]).toEqual([201, "{}", undefined]);
  });
});
