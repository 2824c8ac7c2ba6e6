import { email, everyone, get, owner, ref, self, servery, signedIn, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bearer, codeOf, signUp, type Tokens } from "./declaration.ts";

const declaration = servery({
  tables: {
    users: table({ username: text(30).unique(), email: email(100).unique().readable(self) })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone, update: self }),
    notes: table({ user_id: ref("users").owner(), title: text(100) })
      .audited()
      .allow({ read: owner, create: signedIn, update: owner, delete: owner }),
  },
  routes: [get("/api/mine", async ({ tables }) => ({ mine: (await tables["notes"]?.list({}))?.length ?? 0 }))],
});

const AS = "x-servery-as";
let engine: EngineUnderTest;
let root: Tokens;
let alice: Tokens;
beforeAll(async () => {
  engine = await openEngine(declaration);
  root = await signUp(engine, "root");
  alice = await signUp(engine, "alice");
  await signUp(engine, "bob");
  await engine.accounts.grant({ identifier: "root@example.com" }, "admin");
  await engine.post("/api/notes", { title: "of alice" }, bearer(alice));
  await engine.post("/api/notes", { title: "of root" }, bearer(root));
});
afterAll(() => engine.close());

const asBob = () => ({ ...bearer(root), [AS]: "users/3" });
const asAlice = () => ({ ...bearer(root), [AS]: "users/2" });

describe("an administrator who asks as somebody else", () => {
  it("gets the very answer that the other gets", async () => {
    for (const url of ["/api/notes", "/api/notes/1", "/api/notes/2", "/api/users/2", "/api/users/1", "/api/mine"]) {
      const own = await engine.get(url, bearer(alice));
      const stood = await engine.get(url, asAlice());
      expect(`${url} ${stood.status} ${masked(stood)}`).toBe(`${url} ${own.status} ${masked(own)}`);
    }
    expect((await engine.get("/api/notes", bearer(root))).json).toHaveLength(2);
    expect((await engine.get("/api/mine", asAlice())).json).toEqual({ mine: 1 });
    expect((await engine.get("/api/notes", asBob())).json).toEqual([]);
  });

  it("is told why a rule refused, which the other is not", async () => {
    const stood = await engine.get("/api/notes/1", asBob());
    expect(stood.status).toBe(404);
    expect(stood.headers["x-servery-explain"]).toContain("the row is there, and hidden; notes.read: owner");
    expect((await engine.get("/api/notes/2", bearer(alice))).headers["x-servery-explain"]).toBeUndefined();
  });

  it("writes what the other may write, as the audit's own doing of the administrator", async () => {
    const made = await engine.post("/api/notes", { title: "for alice" }, asAlice());
    expect(made.json).toMatchObject({ user_id: 2, title: "for alice" });
    const { id } = made.json as { id: number };
    expect((await engine.patch(`/api/notes/${id}`, { title: "not mine" }, asBob())).status).toBe(404);
    const batched = await engine.post(
      "/api/batch",
      [{ method: "PATCH", path: `/api/notes/${id}`, body: { title: "changed" } }],
      asAlice(),
    );
    expect(batched.status).toBe(200);
    const entries = await engine.get(`/api/_audit?table=notes&key=${id}&sort=id`, bearer(root));
    const by = { actor: "account", actor_table: "users", actor_key: "1", reason: "as users/2" };
    expect(entries.json).toMatchObject([
      { action: "create", ...by },
      { action: "update", ...by },
    ]);
  });

  it("is shown by the X-ray beside whom it stood in for", async () => {
    const { headers } = await engine.get("/api/notes", asBob());
    const seen = await engine.get(`/api/x-ray/${headers["x-request-id"]}`, bearer(root));
    expect((seen.json as { caller: object }).caller).toEqual({
      kind: "account",
      table: "users",
      key: "3",
      roles: [],
      by: { table: "users", key: "1" },
    });
  });

  it("keeps keys of repeated requests apart from the other's own", async () => {
    const key = { "idempotency-key": "5f1c6bb0-6b0e-4a4a-a7a8-6b7f7f4f1111" };
    const own = await engine.post("/api/notes", { title: "once" }, { ...bearer(alice), ...key });
    const stood = await engine.post("/api/notes", { title: "once" }, { ...asAlice(), ...key });
    expect([own.status, stood.status]).toEqual([201, 201]);
    expect((stood.json as { id: number }).id).not.toBe((own.json as { id: number }).id);
  });

  it("cannot touch accounts, keys or the server that way", async () => {
    const urls = [
      "/api/auth/me",
      "/api/auth/sessions",
      "/api/auth/accounts",
      "/api/server/settings",
      "/api/x-ray",
      "/metrics",
      "/openapi.json",
      "/health/live",
    ];
    for (const url of urls) expect(`${url} ${codeOf(await engine.get(url, asAlice()))}`).toBe(`${url} cannot_act_as`);
    const password = { current_password: "correct horse battery", new_password: "another horse battery" };
    expect(codeOf(await engine.post("/api/auth/change-password", password, asAlice()))).toBe("cannot_act_as");
    expect(codeOf(await engine.post("/api/auth/sign-in", { email: "a", password: "b" }, asAlice()))).toBe(
      "cannot_act_as",
    );
  });

  it("names an account that is there and may do something", async () => {
    for (const name of [
      "users/99",
      "users/x",
      "users/02",
      "users/",
      "users",
      "/2",
      "notes/1",
      "",
      "users/2, users/3",
      "users%2F99",
      "users/%zz",
      "users/%00",
    ])
      expect(`${name}: ${codeOf(await engine.get("/api/notes", { ...bearer(root), [AS]: name }))}`).toBe(
        `${name}: cannot_act_as`,
      );
    await engine.patch("/api/auth/accounts/3", { disabled: true }, bearer(root));
    expect(codeOf(await engine.get("/api/notes", asBob()))).toBe("cannot_act_as");
    await engine.patch("/api/auth/accounts/3", { disabled: false, roles: ["editor"] }, bearer(root));
    expect((await engine.get("/api/notes", asBob())).status).toBe(200);
  });
});

describe("whoever is no administrator with a session", () => {
  it("is refused whatever the header says, and learns of no account", async () => {
    for (const name of ["users/1", "users/2", "users/99", "nonsense"]) {
      expect(codeOf(await engine.get("/api/notes", { [AS]: name }))).toBe("sign_in_required");
      const refused = await engine.get("/api/notes", { ...bearer(alice), [AS]: name });
      expect([refused.status, codeOf(refused)]).toEqual([403, "forbidden"]);
    }
  });

  it("is refused with an administrator's key", async () => {
    const made = await engine.post("/api/auth/keys", { label: "all", scopes: ["*:write"] }, bearer(root));
    expect(made.status).toBe(201);
    const { key } = made.json as { key: string };
    const header = { authorization: `Bearer ${key}`, [AS]: "users/2" };
    expect((await engine.get("/api/notes", { authorization: `Bearer ${key}` })).status).toBe(200);
    expect(codeOf(await engine.get("/api/notes", header))).toBe("forbidden");
  });

  it("is not helped by being at the machine while developing", async () => {
    const dev = await openEngine(declaration, { explain: true });
    await signUp(dev, "first");
    expect(codeOf(await dev.get("/api/notes", { host: "localhost:5000", [AS]: "users/1" }))).toBe("sign_in_required");
    await dev.close();
  });

  it("may not name anybody where there are no accounts", async () => {
    const bare = await openEngine(servery({ tables: { notes: table({ title: text(10) }).allow({ read: everyone }) } }));
    expect(codeOf(await bare.get("/api/notes", { [AS]: "users/1" }))).toBe("cannot_act_as");
    await bare.close();
  });
});

/** An answer without what names its request. */
function masked({
  text: body,
  headers,
}: {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}): string {
  const { "x-request-id": id = "", "x-servery-explain": _, ...rest } = headers;
  return `${JSON.stringify(rest)} ${body.replaceAll(id, "…")}`;
}
