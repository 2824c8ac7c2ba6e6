import { afterAll, beforeAll, expect, test } from "vitest";
import teams from "../../examples/teams/servery.ts";
import { closeSound, idsOf, problemOf, rowOf, rowsOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";

const NAMES = ["ann", "bo", "cem", "eve"] as const;
type Name = (typeof NAMES)[number];

let open: EngineUnderTest;
let people: Record<Name, EngineUnderTest>;
const idOf: Record<Name, number> = { ann: 1, bo: 2, cem: 3, eve: 4 };

beforeAll(async () => {
  open = await openEngine(teams);
  const signedIn = async (name: Name): Promise<EngineUnderTest> => {
    const email = `${name}@example.com`;
    await open.accounts.create({ row: { name, email }, verified: true });
    return signedInAs(open, { email });
  };
  people = {
    ann: await signedIn("ann"),
    bo: await signedIn("bo"),
    cem: await signedIn("cem"),
    eve: await signedIn("eve"),
  };
  const { ann, bo, eve } = people;
  // Ann's bakery with Bo in it, and Eve's own garage.
  for (const [founder, name] of [
    [ann, "Bakery"],
    [eve, "Garage"],
  ] as const) {
    const organisation_id = rowOf(await founder.post("/api/organisations", { name }))["id"];
    const user_id = rowOf(await founder.get("/api/auth/me"))["user"] as { id: number };
    rowOf(await founder.post("/api/memberships", { organisation_id, user_id: user_id.id, role: "owner" }));
    const project_id = rowOf(await founder.post("/api/projects", { organisation_id, name: `${name} opens` }))["id"];
    rowOf(await founder.post("/api/tasks", { project_id, title: "Paint the door" }));
  }
  rowOf(await ann.post("/api/invitations", { organisation_id: 1, email: "bo@example.com" }));
  rowOf(await bo.post("/api/invitations/1/acceptance", undefined));
});
afterAll(() => closeSound(open));

test("members see what is theirs in every list, and what is not theirs is not there", async () => {
  const { ann, bo, cem, eve } = people;
  for (const table of ["organisations", "projects", "tasks"]) {
    expect([idsOf(await ann.get(`/api/${table}`)), idsOf(await bo.get(`/api/${table}`))]).toEqual([[1], [1]]);
    expect([idsOf(await eve.get(`/api/${table}`)), idsOf(await cem.get(`/api/${table}`))]).toEqual([[2], []]);
    problemOf(await bo.get(`/api/${table}/2`), 404, "not_found");
    problemOf(await open.get(`/api/${table}`), 401, "sign_in_required");
  }
  expect((await bo.get("/api/tasks?count=exact")).headers["x-total-count"]).toBe("1");
  expect(rowsOf(await bo.get("/api/tasks?project.organisation.name=Garage"))).toEqual([]);
  problemOf(await bo.get("/api/organisations/2/projects"), 404, "not_found");
});

test("people are found by those who share an organisation with them, without their addresses", async () => {
  const { ann, cem } = people;
  expect(rowsOf(await ann.get("/api/users?fields=name,email&sort=id"))).toEqual([
    { name: "ann", email: "ann@example.com" },
    { name: "bo", email: null },
  ]);
  expect(idsOf(await cem.get("/api/users"))).toEqual([idOf.cem]);
});

test("members work on tasks; leaders alone make projects, invite, and change roles", async () => {
  const { ann, bo, eve } = people;
  const task = rowOf(await bo.post("/api/tasks", { project_id: 1, title: "Bake", assignee_id: idOf.ann }));
  expect(task).toMatchObject({ author_id: idOf.bo, assignee_id: idOf.ann });
  expect(rowOf(await ann.patch(`/api/tasks/${String(task["id"])}`, { state: "done" }))["state"]).toBe("done");
  problemOf(await ann.delete(`/api/tasks/${String(task["id"])}`), 403, "forbidden");
  problemOf(await eve.patch(`/api/tasks/${String(task["id"])}`, { state: "open" }), 404, "not_found");
  problemOf(await bo.post("/api/projects", { organisation_id: 1, name: "Mine" }), 403, "forbidden");
  problemOf(await bo.post("/api/invitations", { organisation_id: 1, email: "x@example.com" }), 403, "forbidden");
  const own = rowsOf(await bo.get(`/api/memberships?user_id=${idOf.bo}`))[0];
  problemOf(await bo.patch(`/api/memberships/${String(own?.["id"])}`, { role: "admin" }), 403, "forbidden");
  // A stranger's project and colleague are as missing as ones that were never there.
  expect((await bo.post("/api/tasks", { project_id: 2, title: "Look in" })).status).toBe(400);
  expect((await bo.post("/api/tasks", { project_id: 1, title: "x", assignee_id: idOf.eve })).status).toBe(400);
});

test("nobody lets himself in: not by a membership, not by an invitation for another address", async () => {
  const { ann, cem, eve } = people;
  for (const role of ["member", "owner"])
    expect((await cem.post("/api/memberships", { organisation_id: 1, user_id: idOf.cem, role })).status).toBe(400);
  const invitation = rowOf(await ann.post("/api/invitations", { organisation_id: 1, email: "cem@example.com" }));
  const acceptance = `/api/invitations/${String(invitation["id"])}/acceptance`;
  problemOf(await eve.post(acceptance, undefined), 404, "not_found");
  problemOf(await open.post(acceptance, undefined), 401, "sign_in_required");
  expect(rowsOf(await cem.get("/api/me/invitations"))).toEqual([
    { id: invitation["id"], organisation_id: 1, organisation: "Bakery", role: "member" },
  ]);
  expect((await cem.post(acceptance, undefined)).status).toBe(201);
  problemOf(await cem.post(acceptance, undefined), 404, "not_found");
  expect(idsOf(await cem.get("/api/projects"))).toEqual([1]);
});

test("a membership that ends is over with the next request", async () => {
  const { ann, bo } = people;
  const membership = rowsOf(await ann.get(`/api/memberships?user_id=${idOf.bo}`))[0];
  expect(rowsOf(await bo.get("/api/projects"))).toHaveLength(1);
  expect((await ann.delete(`/api/memberships/${String(membership?.["id"])}`)).status).toBe(204);
  for (const table of ["organisations", "projects", "tasks", "memberships"])
    expect(rowsOf(await bo.get(`/api/${table}`))).toEqual([]);
});
