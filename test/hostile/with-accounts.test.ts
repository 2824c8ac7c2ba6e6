import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyone, json, servery, table, text } from "servery";
import { bearer, PASSWORD, signUp } from "../accounts/declaration.ts";
import { openEngine } from "../harness/open-engine.ts";
import { shop } from "../audit/world.ts";
import { type Door, openInside } from "./doors.ts";
import { guardedWorld } from "./guarded-declaration.ts";
import type { Caller } from "./world.ts";

let door: Door;
beforeAll(async () => {
  door = await openInside(guardedWorld);
});
afterAll(async () => {
  assert.deepEqual(door.engine.faults, []);
  await door.close();
});

const CALLERS: readonly Caller[] = ["nobody", "alice", "eve", "admin"];
const get = (path: string, as: Caller = "alice", method = "GET") => door.send({ method, path, as });
const post = (path: string, body: unknown, as: Caller = "alice") => door.send({ method: "POST", path, json: body, as });
const tokenOf = (who: Caller): string => door.signedIn.get(who)?.access_token ?? "";

/** An answer without what tells one request from the other. */
const masked = (answer: { readonly status: number; readonly text: string }, name: string): string =>
  `${answer.status} ${answer.text.replace(/"request_id":"[^"]*"/, "").replaceAll(name, "…")}`;

describe("a private column is none, to the byte", () => {
  test.each([
    { is: "Q01 a filter", url: "/api/users?NAME=a", name: "secret", none: "sacred" },
    { is: "Q01 an operator", url: "/api/users?NAME[starts]=a", name: "secret", none: "sacred" },
    {
      is: "Q01 the filter tree",
      url: `/api/users?filter=${encodeURIComponent('{"NAME":{"gt":1}}')}`,
      name: "score",
      none: "scorn",
    },
    { is: "Q01 through a relation", url: "/api/posts?author.NAME=a", name: "secret", none: "sacred" },
    { is: "Q02 a sort", url: "/api/users?sort=-NAME", name: "score", none: "scorn" },
    { is: "Q02 a sort through a relation", url: "/api/posts?sort=author.NAME", name: "score", none: "scorn" },
    { is: "Q03 fields", url: "/api/users?fields=id,NAME", name: "pin", none: "pen" },
    {
      is: "Q03 fields of what is included",
      url: "/api/posts?include=author&author.fields=NAME",
      name: "secret",
      none: "sacred",
    },
    { is: "Q04 an include", url: "/api/users?include=NAME", name: "secret", none: "sacred" },
    { is: "Q04 an include below one", url: "/api/posts?include=author.NAME", name: "secret", none: "sacred" },
    { is: "Q06 a key inside of one", url: "/api/users?NAME.key=a", name: "vault", none: "valid" },
    { is: "Q06 a sort by a key inside of one", url: "/api/users?sort=NAME.key", name: "vault", none: "valid" },
  ])("$is", async ({ url, name, none }) => {
    for (const as of CALLERS) {
      const [hidden, missing] = [await get(url.replace("NAME", name), as), await get(url.replace("NAME", none), as)];
      expect(hidden.status).toBe(400);
      expect(masked(hidden, name), as).toBe(masked(missing, none));
      expect(hidden.sql).toEqual([]);
    }
  });

  test("Q07 a word of a private text finds nothing", async () => {
    for (const as of CALLERS) expect(JSON.parse((await get("/api/users?q=secretword1", as)).text)).toEqual([]);
  });
});

describe("rows that one does not see are not there", () => {
  test("Q08 behind a relation towards one", async () => {
    const titles = async (query: string, as: Caller) =>
      (JSON.parse((await get(`/api/posts?fields=id&sort=id&${query}`, as)).text) as { id: number }[]).map(
        ({ id }) => id,
      );
    expect(await titles("author.username=ghost", "admin")).toEqual([9, 10]);
    expect(await titles("author.username=ghost", "alice")).toEqual([]);
    // The post itself is everybody's; its author is not.
    expect(await titles("id=9", "alice")).toEqual([9]);
  });

  test("Q09 behind a relation towards many", async () => {
    const path = "/api/users?posts.title=hidden-draft-2&fields=id";
    expect(JSON.parse((await get(path, "bob")).text)).toEqual([{ id: 2 }]);
    expect(JSON.parse((await get(path, "alice")).text)).toEqual([]);
  });

  test("T23 a reference to one is refused like a reference to none", async () => {
    const referring = (id: number) => post("/api/comments", { post_id: id, body: "x" });
    const [hidden, missing] = [await referring(4), await referring(777_777)];
    expect(hidden.status).toBeGreaterThanOrEqual(400);
    expect(masked(hidden, '"4"')).toBe(masked(missing, '"777777"'));
    expect(hidden.text).not.toContain("hidden-draft");
  });

  test("P07 a page after the right has gone has the rows that are left", async () => {
    const made = async (path: string, body: unknown): Promise<number> =>
      (JSON.parse((await post(path, body, "admin")).text) as { id: number }).id;
    const team = await made("/api/teams", { name: "p07" });
    const membership = await made("/api/members", { team_id: team, user_id: 1 });
    for (const title of ["p07-a", "p07-b", "p07-c"])
      expect((await post("/api/papers", { team_id: team, title })).text).toContain(title);
    const first = await get("/api/papers?title[starts]=p07&sort=title&limit=1");
    const next = /<([^>]*)>; rel="next"/.exec(first.headers["link"] ?? "")?.[1] ?? "";
    const path = next.replace(/^https?:\/\/[^/]*/, "");
    expect(JSON.parse((await get(path)).text)).toMatchObject([{ title: "p07-b" }]);
    expect((await door.send({ method: "DELETE", path: `/api/members/${membership}`, as: "admin" })).status).toBe(204);
    const after = await get(path);
    expect([after.status, after.text]).toEqual([200, "[]"]);
  });

  test("H03 HEAD asks what GET asks", async () => {
    for (const path of ["/api/notes/1", "/api/notes/2", "/api/posts/4", "/api/ledger", "/api/ledger/1", "/api/users/5"])
      for (const as of CALLERS) {
        const [read, head] = [await get(path, as), await get(path, as, "HEAD")];
        expect([head.status, head.text], `${path} ${as}`).toEqual([read.status, ""]);
      }
  });
});

test("I08 the database's own tables are no tables, for an account and for its key", async () => {
  const made = await post("/api/auth/keys", { label: "i08", scopes: ["*:write"] });
  const { key } = JSON.parse(made.text) as { key: string };
  const names = ["sqlite_master", "pg_catalog.pg_user", "information_schema", "_servery_accounts", "_servery_keys"];
  for (const token of [tokenOf("alice"), tokenOf("admin"), key])
    for (const name of names) {
      const ask = (table: string) => door.engine.get(`/api/${table}`, { authorization: `Bearer ${token}` });
      const [own, none] = [await ask(name), await ask("nosuchtable")];
      expect(own.status).toBe(404);
      expect(masked(own, name)).toBe(masked(none, "nosuchtable"));
    }
});

test("U06 look-alikes of an address sign nobody in, and no mail leaves for them", async () => {
  const likes = [
    "al\u0131ce@example.com",
    "al\u0456ce@example.com",
    "alice@ex\u0430mple.com",
    "a\u200blice@example.com",
  ];
  for (const address of [...likes, "alice@example.com\u0000", "alice@example.com\n"]) {
    const { status } = await post("/api/auth/sign-in", { email: address, password: PASSWORD }, "nobody");
    expect([400, 401], JSON.stringify(address)).toContain(status);
    const asked = await post("/api/auth/reset", { email: address }, "nobody");
    expect([202, 400, 429]).toContain(asked.status);
  }
  expect(door.database.rows("SELECT count(*) FROM _servery_outbox")).toEqual([[0]]);
});

test("U04 two spellings of a name never are two accounts, however they come in", async () => {
  const people = table({ login: text(30).unique() })
    .accounts({ identifier: "login", verify: false })
    .allow({ read: everyone, create: everyone, update: everyone });
  const engine = await openEngine(servery({ tables: { people } }));
  try {
    const [composed, apart] = ["zo\u00eb", "zoe\u0308"];
    const made = (login: string) => engine.post("/api/auth/sign-up", { login, password: PASSWORD });
    expect([(await made(apart)).status, (await made(composed)).status, (await made(apart)).status]).toEqual([
      400, 201, 400,
    ]);
    const row = { login: apart };
    await expect(engine.accounts.create({ row, password: PASSWORD })).rejects.toThrow("does not fit");
    for (const [method, url] of [
      ["POST", "/api/people"],
      ["PUT", "/api/people?on_conflict=login"],
      ["PUT", "/api/people/1"],
      ["PATCH", "/api/people?id=1"],
    ] as const)
      expect((await engine.send({ method, url, json: row })).status, `${method} ${url}`).toBe(400);
    const lines = { "content-type": "application/x-ndjson" };
    const sent = { method: "POST", url: "/api/people", headers: lines, body: JSON.stringify(row) };
    expect((await engine.send(sent)).status).toBe(400);
    expect((await engine.get("/api/people")).json).toMatchObject([{ login: composed }]);
  } finally {
    await engine.close();
  }
});

test("J09 as deep as a body may be is kept in the audit copy, and a level more leaves no entry", async () => {
  const people = shop.tables.users;
  const engine = await openEngine(
    servery({
      tables: {
        users: people,
        papers: table({ title: text(20), meta: json().optional() })
          .audited()
          .allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),
      },
    }),
  );
  try {
    const { access_token: token } = await signUp(engine, "auditor");
    await engine.accounts.setRoles({ identifier: "auditor@example.com" }, ["admin"]);
    const headers = { ...bearer({ access_token: token }), "content-type": "application/json" };
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    const send = (method: string, url: string, levels: number) =>
      engine.send({ method, url, headers, body: `{"title":"deep","meta":${nested(levels)}}` });
    expect((await send("POST", "/api/papers", 31)).status).toBe(201);
    expect((await send("PATCH", "/api/papers/1", 30)).status).toBe(200);
    for (const levels of [32, 20_000, 400_000])
      for (const [method, url] of [
        ["POST", "/api/papers"],
        ["PATCH", "/api/papers/1"],
      ] as const)
        expect([400, 413]).toContain((await send(method, url, levels)).status);
    expect((await engine.delete("/api/papers/1", headers)).status).toBe(204);
    const { json: entries } = await engine.get("/api/_audit?table=papers&sort=id", headers);
    const meta = (levels: number) => ({ meta: JSON.parse(nested(levels)) as unknown });
    expect(entries).toMatchObject([
      { action: "create", before: null, after: meta(31) },
      { action: "update", before: meta(31), after: meta(30) },
      { action: "delete", before: meta(30), after: null },
    ]);
    expect(engine.faults).toEqual([]);
  } finally {
    await engine.close();
  }
});
