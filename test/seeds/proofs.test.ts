import { developmentTransport } from "#servery/engine.js";
import { compile, type Observation } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { closeSound, filterParameter, findingsOf, idsOf, nextOf, problemOf, rowOf, rowsOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine, type TestRequest } from "../harness/open-engine.ts";
import { type Credentials, signIn, withCredentials } from "../harness/sign-in.ts";
import { openRaw, type RawFile } from "../validation/raw-file.ts";
import { ADMINISTRATOR } from "./social.ts";

const statements: Extract<Observation, { is: "sql" }>[] = [];
let engine: EngineUnderTest;
/** The same engine without credentials. */
let open: EngineUnderTest;
let credentials: Credentials;
let file: RawFile;
beforeAll(async () => {
  const opened = await openEngine(social, {
    // As in development: else there are no mails to look at.
    mail: { transport: developmentTransport(() => undefined), from: "social@localhost", keepTexts: true },
    observe: (observation) => {
      if (observation.is === "sql") statements.push(observation);
    },
  });
  credentials = await signIn(opened, ADMINISTRATOR, (url, json) => opened.post(url, json));
  engine = withCredentials(opened, credentials);
  open = withCredentials(opened, {});
  await engine.get("/api/auth/me");
  file = await openRaw(engine.databasePath);
});
afterAll(async () => {
  file.close();
  await closeSound(engine);
});

const { routes, schema } = compile(social);
/** A view holds no rows, has no index and no foreign key: what it reads has. */
const stored = [...schema.tables.values()].filter((table) => table.view === undefined);

/** An address of the route: row 1 of its table. */
function addressOf(pattern: string): string {
  return pattern.replace(/\{[^}]+\}/, "1");
}

function totals(): unknown[] {
  return stored.map(({ name }) => [name, ...(file.rows(`SELECT count(*), max(updated_at) FROM "${name}"`)[0] ?? [])]);
}

describe("validated before every write", () => {
  const writing = routes.filter((route) => route.method !== "GET");

  test("the table has every way to write", () => {
    expect(writing.length).toBeGreaterThan(50);
    expect(new Set(writing.map((route) => route.method))).toEqual(new Set(["POST", "PUT", "PATCH", "DELETE"]));
  });

  test.each(writing.map((route) => [route.method, route.pattern] as const))(
    "%s %s asks nothing of the database for a request that is refused",
    async (method, pattern) => {
      const url = addressOf(pattern);
      const json = { "content-type": "application/json" };
      const refused: TestRequest[] = [
        { method, url, headers: { ...json, authorization: "Bearer abc123token" }, body: "{}" },
        { method, url: `${url}?nope=1`, headers: json, body: "{}" },
        { method, url: `${url}/nope/nope`, headers: json, body: "{}" },
        { method, url, headers: { ...json, "if-match": "no tag" }, body: "{}" },
        { method, url, headers: { ...json, accept: "text/csv" }, body: "{}" },
      ];
      if (method !== "DELETE") {
        refused.push(
          { method, url },
          { method, url, headers: json, body: "{" },
          { method, url, headers: json, body: "[1]" },
          { method, url, headers: json, body: '{"nope":1}' },
          { method, url, headers: json, body: '{"id":"x","created_at":1}' },
          { method, url, headers: { "content-type": "text/plain" }, body: "{}" },
        );
      }
      const before = totals();
      for (const request of refused) {
        // An empty body is a good one for a few of the account's own routes.
        const answer = await (pattern.startsWith("/api/auth/") ? open : engine).send(request);
        expect([400, 401, 403, 404, 406, 415], answer.text).toContain(answer.status);
        expect(answer.sql, JSON.stringify(request)).toEqual([]);
      }
      expect(totals()).toEqual(before);
    },
  );
});

describe("every endpoint maps to an action", () => {
  test("each route of the table is served, and allows exactly its methods", async () => {
    const allowed = new Map<string, Set<string>>();
    for (const { method, pattern } of routes)
      allowed.set(pattern, (allowed.get(pattern) ?? new Set(["OPTIONS"])).add(method));
    for (const [pattern, methods] of allowed) {
      if (methods.has("GET")) methods.add("HEAD");
      const answer = await engine.send({ method: "OPTIONS", url: addressOf(pattern) });
      expect([pattern, ...(answer.headers["allow"] ?? "").split(", ").sort()]).toEqual([
        pattern,
        ...[...methods].sort(),
      ]);
    }
    expect(allowed.size).toBe(new Set(routes.map((route) => route.pattern)).size);
  });

  test("each route has an action of the table's own rule, and no two routes are one", () => {
    const actions = {
      GET: ["list", "read"],
      POST: ["create"],
      PUT: ["replace", "upsert"],
      PATCH: ["update", "updateMany"],
      DELETE: ["delete", "deleteMany"],
    } as const;
    for (const route of routes.filter((candidate) => candidate.table !== undefined)) {
      expect(actions[route.method] as readonly string[]).toContain(route.action.name);
      expect(route.action.access).toBe(
        {
          list: "read",
          read: "read",
          create: "create",
          replace: "update",
          update: "update",
          updateMany: "update",
          delete: "delete",
          deleteMany: "delete",
        }[route.action.name],
      );
    }
    expect(new Set(routes.map((route) => `${route.method} ${route.pattern}`)).size).toBe(routes.length);
  });

  test("each GET answers 200", async () => {
    for (const { method, pattern, documentation, console: page } of routes) {
      if (method !== "GET" || documentation === true || page === true) continue;
      // Providers are configured where the application runs, and lead elsewhere.
      if (pattern.startsWith("/api/auth/with/")) continue;
      const address = pattern === "/api/x-ray/{id}" ? `/api/x-ray/${engine.xray.latest()[0]?.id}` : addressOf(pattern);
      expect([pattern, (await engine.get(address)).status]).toEqual([pattern, 200]);
    }
  });
});

describe("an index serves each declared look-up", () => {
  /** What SQLite says of a statement, with NULL for every value. */
  function planOf(sql: string): string[] {
    const values = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "").split("?").length - 1;
    return file
      .rows(
        `EXPLAIN QUERY PLAN ${sql}`,
        Array.from({ length: values }, () => null),
      )
      .map((row) => String(row[3]));
  }

  const lookUps = stored.flatMap((table) => [
    `/api/${table.path}/1`,
    ...table.columns.flatMap((column) => {
      const value = column.kind.textual ? "x" : "1";
      return column.references !== undefined || column.index || column.unique
        ? [`/api/${table.path}?${column.name}=${value}`]
        : [];
    }),
    ...[...table.relations.values()]
      .filter((relation) => relation.many && stored.some((table) => table.name === relation.table))
      .flatMap((relation) => [
        `/api/${table.path}/1/${relation.name}`,
        `/api/${table.path}/1?include=${relation.name}`,
        `/api/${table.path}/1?include=${relation.name}.count`,
      ]),
    ...table.indexes
      .filter((index) => index.unique && index.columns.length > 1)
      .map((index) => `/api/${table.path}?${index.columns.map((column) => `${column.name}=1`).join("&")}`),
  ]);

  test.each(lookUps)("%s", async (url) => {
    const answer = await engine.get(url);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.sql.length).toBeGreaterThan(0);
    for (const sql of answer.sql) {
      const tables = planOf(sql).filter((line) => /^(?:SCAN|SEARCH) t\d+\b/.test(line));
      expect(tables.length).toBeGreaterThan(0);
      expect(
        tables.filter((line) => !line.startsWith("SEARCH")),
        planOf(sql).join("\n"),
      ).toEqual([]);
    }
  });

  test.each(
    stored.flatMap((table) => {
      const indexed = table.columns.filter((column) => column.index || column.references !== undefined);
      return [
        `/api/${table.path}`,
        ...indexed.map((column) => `/api/${table.path}?${column.name}=${column.kind.textual ? "x" : "1"}`),
      ];
    }),
  )("%s comes newest first without sorting, the next page too", async (url) => {
    const first = await engine.get(url);
    const pages = [first];
    const next = nextOf(first);
    if (next !== undefined) pages.push(await engine.get(next));
    for (const page of pages) {
      for (const sql of page.sql) {
        const plan = planOf(sql);
        expect(
          plan.filter((line) => line.includes("TEMP B-TREE")),
          plan.join("\n"),
        ).toEqual([]);
        expect(
          plan.filter((line) => /^SCAN t\d+$/.test(line)),
          plan.join("\n"),
        ).toEqual([]);
      }
    }
  });
});

describe("foreign keys protect integrity", () => {
  const references = stored.flatMap((table) =>
    table.columns.filter((column) => column.references !== undefined).map((column) => ({ table, column })),
  );

  test.each(references.map(({ table, column }) => [table.name, column.name] as const))(
    "%s.%s: no orphan by insert or update, in the file itself",
    (table, column) => {
      const names = file
        .rows(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'id'`)
        .map(([name]) => `"${String(name)}"`);
      const values = names.map((name) => (name === `"${column}"` ? "987654" : name));
      expect(
        file.refusal(
          `INSERT INTO "${table}" (${names.join(", ")}) SELECT ${values.join(", ")} FROM "${table}" LIMIT 1`,
        ),
      ).toMatch(/FOREIGN KEY constraint failed/);
      expect(
        file.refusal(`UPDATE "${table}" SET "${column}" = 987654 WHERE id = (SELECT min(id) FROM "${table}")`),
      ).toMatch(/FOREIGN KEY constraint failed/);
    },
  );

  test.each(references.map(({ table, column }) => [table.name, column.name, column.references?.table ?? ""] as const))(
    "%s.%s: the row it leads to cannot be deleted past it",
    (table, column, parent) => {
      expect(file.refusal(`DELETE FROM "${parent}" WHERE id = (SELECT "${column}" FROM "${table}" LIMIT 1)`)).toMatch(
        /FOREIGN KEY constraint failed/,
      );
    },
  );

  test("and through the API on insert, update and delete", async () => {
    expect(findingsOf(await engine.post("/api/comments", { post_id: 987654, user_id: 1, content: "x" }))).toEqual([
      "/post_id reference_missing",
    ]);
    expect(findingsOf(await engine.patch("/api/comments/1", { post_id: 987654 }))).toEqual([
      "/post_id reference_missing",
    ]);
    problemOf(await engine.delete("/api/users/1"), 409, "still_referenced");
    expect(file.rows("SELECT count(*) FROM pragma_foreign_key_check")).toEqual([[0]]);
  });
});

describe("values are bound, never put into the text", () => {
  const marker = "zq'\"; DROP TABLE users; --";

  // The size of a page stands in the text: a checked whole number from 1 to 1,000, which the plan needs to know.
  test("in filters, trees, paths, bodies and headers", async () => {
    const text = encodeURIComponent(marker);
    statements.length = 0;
    const answers = [
      ...(await Promise.all(
        [
          "eq",
          "ne",
          "gt",
          "gte",
          "lt",
          "lte",
          "like",
          "ilike",
          "contains",
          "icontains",
          "starts",
          "ends",
          "in",
          "nin",
        ].map((operator) => engine.get(`/api/users?username[${operator}]=${text}`)),
      )),
      await engine.get(`/api/posts?user.username=${text}`),
      await engine.get(
        `/api/posts?${filterParameter({ or: [{ title: marker }, { comments: { content: { contains: marker } } }] })}`,
      ),
      await engine.get("/api/posts?likes[gte]=424242&limit=17&offset=19"),
      await engine.post("/api/users", { username: marker, email: "marker@example.com" }),
    ];
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 201]));
    const user = rowOf(answers.at(-1) as (typeof answers)[number]);
    await engine.patch(
      `/api/users/${String(user["id"])}`,
      { username: `${marker}2` },
      { "if-match": `"${"q".repeat(22)}"` },
    );
    await engine.delete(`/api/users/${String(user["id"])}`);
    const all = statements.map((statement) => statement.sql).join("\n");
    expect(statements.length).toBeGreaterThanOrEqual(19);
    expect(all.match(/zq|DROP|424242|marker@|qqqq/g)).toBeNull();
    expect(rowsOf(await engine.get("/api/users?limit=1"))).toHaveLength(1);
  });

  test("as many values are bound as the text has places", () => {
    for (const { sql, bound } of statements) {
      const places = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "").split("?").length - 1;
      expect([sql, bound]).toEqual([sql, places]);
    }
  });
});

describe("stateless", () => {
  test("two engines on one file give equal answers, and each reads on where the other stopped", async () => {
    const second = await openEngine(social, { database: engine.databaseUrl });
    // The token that the first one gave.
    const other = withCredentials(second, credentials);
    for (const url of [
      "/api/posts?limit=50",
      "/api/users/7?include=posts.comments",
      "/api/posts?count=exact&category=news",
      "/api/users/1/followers?include=follower",
    ]) {
      const [here, there] = [await engine.get(url), await other.get(url)];
      const { "x-request-id": _here, ...headers } = here.headers;
      const { "x-request-id": _there, ...otherHeaders } = there.headers;
      expect([there.status, there.text, otherHeaders]).toEqual([here.status, here.text, headers]);
    }
    const next = nextOf(await engine.get("/api/posts?limit=5")) ?? "";
    expect(idsOf(await other.get(next))).toEqual(idsOf(await engine.get(next)));
    const created = rowOf(await other.post("/api/categories", { name: "Shared", slug: "shared" }));
    expect((await engine.get(`/api/categories/${String(created["id"])}`)).json).toEqual(created);
    const tag = (await engine.get(`/api/categories/${String(created["id"])}`)).headers["etag"] ?? "";
    expect(
      (await other.patch(`/api/categories/${String(created["id"])}`, { name: "Changed" }, { "if-match": tag })).status,
    ).toBe(200);
    problemOf(
      await engine.patch(`/api/categories/${String(created["id"])}`, { name: "Lost" }, { "if-match": tag }),
      412,
      "precondition_failed",
    );
    await other.close();
    expect(other.faults).toEqual([]);
  });
});
