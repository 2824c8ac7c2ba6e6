import type { TestRequest } from "../../harness/open-engine.ts";
import { data, seenByAll, sourceOf } from "../ask.ts";
import { callers } from "../callers.ts";
import type { Ask, Cell, Changed, Door } from "../cell.ts";
import { created, createdBelow, dataWith } from "../changes.ts";
import type { Seen } from "../seen.ts";
import { writable } from "../shape.ts";
import type { Row } from "../verdicts.ts";
import { type Body, newBody } from "./writes.ts";

/** A request that is sent, what an administrator does then, and the same request again. */
interface Twice {
  readonly request: TestRequest;
  readonly key: string;
  readonly meanwhile: TestRequest;
  readonly json: unknown;
  readonly changed: Changed;
}

function twice(seen: Seen, { request, key, meanwhile, json, changed }: Twice): Cell {
  const kept = { ...request, headers: { "idempotency-key": key } };
  const first = async (ask: Ask): Promise<Partial<TestRequest>> => {
    await ask(kept);
    await ask(meanwhile, "admin");
    return {};
  };
  const status = request.url === "/api/batch" ? 200 : 201;
  const headers = { "idempotency-replayed": true };
  return { caller: seen.caller, request: kept, first, expected: { status, json, changed, headers } };
}

function sentAgain(seen: Seen, of: { readonly table: string; readonly key: string }, json: Body): Cell {
  const { expected } = created(seen, of.table, json);
  const request = { method: "POST", url: `/api/${of.table}`, json, headers: { "idempotency-key": of.key } };
  const first = async (ask: Ask): Promise<Partial<TestRequest>> => {
    await ask(request);
    return {};
  };
  const { headers: _headers, ...others } = expected;
  const isKept = expected.status < 300;
  return { caller: seen.caller, request, first, expected: { ...others, headers: { "idempotency-replayed": isKept } } };
}

/** A comment, alone and in a batch, on a post that is a draft again, and one that is deleted. */
function commentCells(seen: Seen, post: number): Cell[] {
  const json = { post_id: post, content: "dune" };
  const { row, expected } = created(seen, "comments", json);
  if (row === undefined) return [];
  const owner = (data["posts"] ?? []).find(({ id }) => id === post)?.["user_id"] ?? null;
  const reads =
    ["admin", "moderator"].includes(seen.caller) || seen.verdicts.may("posts", "update", { user_id: owner });
  const id = Number(row["id"]);
  const request = { method: "POST", url: "/api/comments", json };
  const batch = { method: "POST", url: "/api/batch", json: [{ method: "POST", path: request.url, body: json }] };
  const hide = { method: "PATCH", url: `/api/posts/${post}`, json: { state: "draft" } };
  const changed = { comments: [id], posts: [post] };
  const answer = reads ? { location: true, etag: true, body: expected.json } : { body: {} };
  const isAdmin = seen.caller === "admin";
  return [
    twice(seen, { request, key: `hidden-${post}`, meanwhile: hide, json: reads ? expected.json : {}, changed }),
    twice(seen, { request: batch, key: `batch-${post}`, meanwhile: hide, json: [{ status: 201, ...answer }], changed }),
    twice(seen, {
      request,
      key: `gone-${post}`,
      meanwhile: { method: "DELETE", url: `/api/comments/${id}` },
      json: isAdmin ? expected.json : {},
      // The row is gone again; only the answer is kept.
      changed: { _servery_kept_answers: [0], sqlite_sequence: [0] },
    }),
  ];
}

/** A task of the caller's own, with its estimate, that is given to somebody else; alone, and inside of a new project. */
function taskCells(seen: Seen): Cell[] {
  const { id: me, table } = callers[seen.caller] as { readonly id?: number; readonly table?: string };
  if (me === undefined || table !== "users") return [];
  const task = { title: "dune", assignee_id: me, estimate: 7 };
  const hidden = (body: unknown): object =>
    seen.caller === "admin" ? (body as object) : { ...(body as object), estimate: null };
  const giveAway = { method: "PATCH", url: "/api/tasks/49", json: { assignee_id: 8 } };
  const alone = seen.rows("projects").flatMap((project): Cell[] => {
    const json = { ...task, project_id: Number(project["id"]) };
    const { row, expected } = created(seen, "tasks", json);
    if (row === undefined) return [];
    const request = { method: "POST", url: "/api/tasks", json };
    const at = { request, key: `task-${json.project_id}`, meanwhile: giveAway };
    return [twice(seen, { ...at, json: hidden(expected.json), changed: { tasks: [49] } })];
  });
  const inside = seen.rows("organisations").flatMap((organisation): Cell[] => {
    const body = { organisation_id: Number(organisation["id"]), name: "grove" };
    const { row, expected } = created(seen, "projects", body);
    if (row === undefined) return [];
    const after = { ...seen, data: dataWith("projects", row) };
    const child = createdBelow(after, "tasks", { body: task, given: { project_id: Number(row["id"]) } });
    const request = { method: "POST", url: "/api/projects", json: { ...body, tasks: [task] } };
    const json = { ...(expected.json as object), tasks: [hidden(child.expected.json)] };
    const changed = { projects: [Number(row["id"])], tasks: [49] };
    return [twice(seen, { request, key: `inside-${body.organisation_id}`, meanwhile: giveAway, json, changed })];
  });
  return [...alone, ...inside];
}

/** A new user with a membership, made by somebody who is no member any more: the user can still be read. */
function memberCells(seen: Seen): Cell[] {
  return seen.rows("organisations").flatMap((organisation): Cell[] => {
    const organisation_id = Number(organisation["id"]);
    const body = { username: "new", email: `member${organisation_id}@example.com` };
    const { row, expected } = created(seen, "users", body);
    const own = (data["memberships"] ?? []).find(
      (one: Row) => one["organisation_id"] === organisation_id && one["user_id"] === keyOfCaller(seen),
    );
    if (row === undefined || own === undefined) return [];
    const member = { organisation_id, level: "member" };
    const after = { ...seen, data: dataWith("users", row) };
    const child = createdBelow(after, "memberships", { body: member, given: { user_id: Number(row["id"]) } });
    if (child.row === undefined) return [];
    const request = { method: "POST", url: "/api/users", json: { ...body, memberships: [member] } };
    const meanwhile = { method: "DELETE", url: `/api/memberships/${own["id"]}` };
    const json = { ...(expected.json as object), memberships: [seen.caller === "admin" ? child.expected.json : {}] };
    const changed = { users: [Number(row["id"])], memberships: [Number(own["id"]), Number(child.row["id"])] };
    return [twice(seen, { request, key: `member-${organisation_id}`, meanwhile, json, changed })];
  });
}

function keyOfCaller({ caller }: Seen): number | undefined {
  return (callers[caller] as { readonly id?: number }).id;
}

/** Sends a write, lets an administrator change who may read its row, and sends it again. */
export const replay: Door = {
  name: "idempotent replay",
  cells: () =>
    seenByAll
      .filter(({ caller }) => caller !== "anonymous")
      .flatMap((seen, caller) => {
        const source = sourceOf(30 + caller);
        return [
          ...writable.map((table) => sentAgain(seen, { table, key: `plain-${table}` }, newBody(source, table))),
          ...seen
            .rows("posts")
            .flatMap((row) => (row["state"] === "public" ? commentCells(seen, Number(row["id"])) : [])),
          ...taskCells(seen),
          ...memberCells(seen),
        ];
      }),
};
