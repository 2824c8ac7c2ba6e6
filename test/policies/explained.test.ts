import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Observation } from "servery";
import type { TestAnswer, TestRequest } from "../harness/open-engine.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const HEADER = "x-servery-explain";

type Who = keyof Workspace["as"];
interface Refusal extends TestRequest {
  readonly who: Who;
  readonly status: number;
  readonly says: string;
}

const refusals: readonly Refusal[] = [
  { who: "anonymous", url: "/api/secrets", status: 401, says: "secrets.read: administrators -> no row" },
  { who: "ann", url: "/api/secrets", status: 403, says: "secrets.read: administrators -> no row" },
  {
    who: "anonymous",
    method: "POST",
    url: "/api/posts",
    json: { title: "x" },
    status: 401,
    says: "posts.create: signedIn -> no row",
  },
  {
    who: "bob",
    method: "DELETE",
    url: "/api/organisations/1",
    status: 403,
    says: "organisations.delete: nobody -> no row",
  },
  {
    who: "bob",
    method: "PATCH",
    url: "/api/posts/2",
    json: { title: "Mine" },
    status: 403,
    says: "posts.update: owner -> user_id = 2",
  },
  { who: "bob", method: "DELETE", url: "/api/posts/2", status: 403, says: "posts.delete: owner -> user_id = 2" },
  {
    who: "bob",
    url: "/api/posts/1",
    status: 404,
    says: 'the row is there, and hidden; posts.read: or(owner, a function of the caller) -> user_id = 2 or status = "public"',
  },
  {
    who: "bob",
    url: "/api/posts/99",
    status: 404,
    says: 'there is no such row; posts.read: or(owner, a function of the caller) -> user_id = 2 or status = "public"',
  },
  {
    who: "bob",
    method: "PATCH",
    url: "/api/posts/1",
    json: { title: "Mine" },
    status: 404,
    says: 'the row is there, and hidden; posts.read: or(owner, a function of the caller) -> user_id = 2 or status = "public"',
  },
  {
    who: "bob",
    url: "/api/organisations/1",
    status: 404,
    says: "the row is there, and hidden; organisations.read: the function membersOnly -> memberships some (user_id = 2)",
  },
  {
    who: "bob",
    url: "/api/projects/1",
    status: 404,
    says: 'the row is there, and hidden; projects.read: sameAs("organisation") -> organisation.memberships some (user_id = 2)',
  },
  {
    who: "bob",
    method: "POST",
    url: "/api/projects",
    json: { organisation_id: 1, name: "Theirs" },
    status: 400,
    says: "the row is there, and hidden; organisations.read: the function membersOnly -> memberships some (user_id = 2)",
  },
  {
    who: "bob",
    method: "POST",
    url: "/api/projects",
    json: { organisation_id: 77, name: "Theirs" },
    status: 400,
    says: "there is no such row; organisations.read: the function membersOnly -> memberships some (user_id = 2)",
  },
  {
    who: "ann",
    method: "PATCH",
    url: "/api/posts/2",
    json: { rank: 3 },
    status: 400,
    says: 'posts.rank.writable: a function of the caller -> user_id = 1 and status = "draft"',
  },
  {
    who: "bob",
    method: "PUT",
    url: "/api/users?on_conflict=username",
    json: { username: "ann", email: "other@example.com" },
    status: 403,
    says: "users.create: everyone -> every row; users.update: self -> id = 2",
  },
  {
    who: "bob",
    url: "/api/organisations/1/memberships",
    status: 404,
    says: "the row is there, and hidden; organisations.read: the function membersOnly -> memberships some (user_id = 2)",
  },
  { who: "anonymous", url: "/api/editors", status: 401, says: 'GET /api/editors: role("editor") -> not this caller' },
  { who: "ann", url: "/api/admin/stats", status: 403, says: 'GET /api/admin/stats: role("admin") -> not this caller' },
  {
    who: "bob",
    method: "POST",
    url: "/api/batch",
    json: [{ method: "PATCH", path: "/api/posts/2", body: { title: "Mine" } }],
    status: 403,
    says: "posts.update: owner -> user_id = 2",
  },
];

/** Everything of an answer but what names its request, and what is told to developers alone: explanation and times. */
function answered({ status, headers, text, cookies }: TestAnswer): object {
  const { [HEADER]: _, "server-timing": _times, "x-request-id": id, ...rest } = headers;
  return { status, headers: rest, cookies, text: text.replaceAll(id ?? "", "…") };
}

describe("a refusal", () => {
  const seen: Observation[] = [];
  let told: Workspace;
  let silent: Workspace;
  beforeAll(async () => {
    told = await openWorkspace({ explain: true });
    silent = await openWorkspace({ observe: (observation) => seen.push(observation) });
  });
  afterAll(async () => {
    await told.engine.close();
    await silent.engine.close();
  });

  test.each(refusals)("$who: $method $url is explained", async ({ who, status, says, ...request }) => {
    const ask = async (to: Workspace): Promise<TestAnswer> => to.engine.send({ ...request, headers: to.as[who] });
    const explained = await ask(told);
    seen.length = 0;
    const plain = await ask(silent);
    expect(explained.headers[HEADER]).toBe(says);
    expect(plain.headers[HEADER]).toBeUndefined();
    expect(plain.headers["server-timing"]).toBeUndefined();
    expect(explained.status).toBe(status);
    expect(JSON.stringify(answered(explained))).toBe(JSON.stringify(answered(plain)));
    expect(told.engine.faults).toEqual([]);
    const observed = seen.find((one) => one.is === "refused");
    expect(observed).toMatchObject({
      requestId: plain.headers["x-request-id"],
      code: (plain.json as { code: string }).code,
    });
    // Nobody looked whether the row is there, so nothing in time or in the log can tell.
    expect(observed).toHaveProperty("truth", undefined);
    expect(says).toContain((observed as Extract<Observation, { is: "refused" }>).rules[0]?.filter);
  });

  test("costs no statement more where nobody is told", async () => {
    const hidden = { url: "/api/posts/1" };
    const plain = await silent.engine.send({ ...hidden, headers: silent.as.bob });
    const explained = await told.engine.send({ ...hidden, headers: told.as.bob });
    expect(plain.sql).toHaveLength(1);
    expect(explained.sql).toHaveLength(2);
  });

  test("is explained to an administrator, wherever it is", async () => {
    const { engine, as } = silent;
    const admin = await engine.delete("/api/organisations/1", as.admin);
    expect(admin.status).toBe(403);
    expect(admin.headers[HEADER]).toBe("organisations.delete: nobody -> no row");
    const other = await engine.delete("/api/organisations/1", as.eve);
    expect(other.headers[HEADER]).toBeUndefined();
  });

  test("of something else has no explanation", async () => {
    const { engine, as } = told;
    const wrong = await engine.get("/api/posts?nothing=1", as.ann);
    expect(wrong.status).toBe(400);
    expect(wrong.headers[HEADER]).toBeUndefined();
    const missing = await engine.get("/api/users/99");
    expect(missing.status).toBe(404);
    expect(missing.headers[HEADER]).toBeUndefined();
  });
});
