import { documents, everyone, servery, signedIn, table, text } from "servery";
import { expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { diary } from "./world.ts";

type Caller = Readonly<Record<string, string>>;

async function signedUp(engine: EngineUnderTest, username: string): Promise<Caller> {
  const account = { username, password: "correct horse battery" };
  expect((await engine.post("/api/auth/sign-up", account)).status).toBe(201);
  const { json } = await engine.post("/api/auth/sign-in", account);
  return { authorization: `Bearer ${(json as { access_token: string }).access_token}` };
}

test("no door shows a member of a document that the caller may not read, or tells that it is there", async () => {
  const engine = await openEngine(diary);
  const [ada, bob] = [await signedUp(engine, "ada"), await signedUp(engine, "bob")];
  const made = await engine.post("/api/pages", { mood: "secret-mood", deep: { n: 77 }, tags: ["secret-tag"] }, ada);
  expect(made.json).toMatchObject({ id: 1, user_id: 1, mood: "secret-mood" });
  expect((await engine.post("/api/pages", { mood: "mine", deep: { n: 1 } }, bob)).status).toBe(201);
  expect((await engine.post("/api/marks", { page_id: 1, words: "on it" }, ada)).status).toBe(201);

  expect((await engine.get("/api/pages?mood=secret-mood", ada)).json).toMatchObject([{ id: 1 }]);
  const conditions = [
    "mood=secret-mood",
    "mood[starts]=secret",
    "tags[contains]=secret-tag",
    "deep.n=77",
    "deep.n[gt]=1",
    `filter=${encodeURIComponent('{"not":{"mood":"mine"}}')}`,
    "mood[ne]=mine",
    "tags[null]=false",
  ];
  for (const condition of conditions) {
    expect((await engine.get(`/api/pages?${condition}`, bob)).json, condition).toEqual([]);
    expect((await engine.get(`/api/pages?${condition}&aggregate=count`, bob)).json).toEqual([{ count: 0 }]);
    expect((await engine.get(`/api/pages?${condition}&count=exact`, bob)).headers["x-total-count"]).toBe("0");
    const patched = await engine.patch(`/api/pages?${condition}`, { mood: "gone" }, bob);
    expect([patched.status, patched.json]).toEqual([200, []]);
  }
  // Through a reference, a sort or a group of another table the row is as good as none.
  for (const condition of ["page.mood=secret-mood", "page.deep.n[gt]=0", "page.tags[contains]=secret-tag"])
    expect((await engine.get(`/api/marks?${condition}`, bob)).json, condition).toEqual([]);
  for (const url of [
    "/api/pages",
    "/api/pages?sort=mood&fields=id,mood,deep.n",
    "/api/pages?aggregate=count,max(deep.n)&group_by=mood",
    "/api/marks?include=page&sort=page.mood",
    "/api/marks?aggregate=count&group_by=page.mood",
    "/api/marks?sort=page.deep.n&limit=1&cursor=",
  ]) {
    const { text, status } = await engine.get(url, bob);
    expect([url, status]).toEqual([url, 200]);
    expect(text).not.toMatch(/secret|77/);
  }
  for (const accept of ["application/x-ndjson"])
    expect((await engine.get("/api/pages", { ...bob, accept })).text).not.toMatch(/secret|77/);

  const missing = await engine.get("/api/pages/99", bob);
  const hidden = await engine.get("/api/pages/1", bob);
  expect([missing.status, hidden.status]).toEqual([404, 404]);
  expect((await engine.patch("/api/pages/1", { mood: "x" }, bob)).status).toBe(404);
  expect((await engine.put("/api/pages/1", { mood: "x" }, bob)).status).toBe(404);
  expect((await engine.delete("/api/pages/1", bob)).status).toBe(404);
  expect((await engine.get("/api/pages", {})).status).toBe(401);
  expect(await idsOf(engine, ada)).toEqual([1]);
  expect((await engine.get("/api/pages/1", ada)).json).toMatchObject({ mood: "secret-mood" });
  expect(engine.faults).toEqual([]);
  await engine.close();
});

async function idsOf(engine: EngineUnderTest, caller: Caller): Promise<number[]> {
  return ((await engine.get("/api/pages", caller)).json as { id: number }[]).map(({ id }) => id);
}

test("a document belongs to its maker, and cannot be given away by a member's name", async () => {
  const engine = await openEngine(diary);
  const [ada, bob] = [await signedUp(engine, "ada"), await signedUp(engine, "bob")];
  expect((await engine.post("/api/pages", { user_id: 2, x: 1 }, ada)).status).toBe(400);
  expect((await engine.post("/api/pages", { user_id: 1, x: 1 }, ada)).status).toBe(201);
  expect((await engine.patch("/api/pages/1", { user_id: 2 }, ada)).status).toBe(400);
  expect((await engine.patch("/api/pages/1", { user: { id: 2 } }, ada)).status).toBe(400);
  expect((await engine.post("/api/pages", { x: 1 })).status).toBe(401);
  expect(await idsOf(engine, bob)).toEqual([]);
  expect((await engine.get("/api/users?pages.x=1", bob)).json).toEqual([]);
  expect(engine.faults).toEqual([]);
  await engine.close();
});

test("a rule may ask for what stands in the document", async () => {
  const declaration = servery({
    tables: {
      users: table({ username: text(30).unique() })
        .accounts({ identifier: "username", verify: false })
        .allow({ read: everyone, create: everyone }),
      teams: documents().allow({
        read: ({ id }) => ({ "team.lead": id }),
        create: signedIn,
        update: ({ id }) => ({ "team.lead": id, "team.open": true }),
      }),
    },
  });
  const engine = await openEngine(declaration);
  const [ada, bob] = [await signedUp(engine, "ada"), await signedUp(engine, "bob")];
  await engine.post("/api/teams", { team: { lead: 1, open: true } }, ada);
  await engine.post("/api/teams", { team: { lead: "2", open: false } }, ada);
  const idsFor = async (caller: Caller): Promise<number[]> =>
    ((await engine.get("/api/teams", caller)).json as { id: number }[]).map(({ id }) => id);
  expect([await idsFor(ada), await idsFor(bob)]).toEqual([[1], [2]]);
  expect((await engine.patch("/api/teams/2", { x: 1 }, bob)).status).toBe(403);
  // A patch must leave the document one that its writer may change.
  expect((await engine.patch("/api/teams/1", { team: { lead: 2 } }, ada)).status).toBe(403);
  expect((await engine.patch("/api/teams/1", { team: { name: "A" } }, ada)).json).toMatchObject({ team: { lead: 1 } });
  expect(engine.faults).toEqual([]);
  await engine.close();
});
