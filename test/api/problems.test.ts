import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCatalog, fieldErrorCatalog } from "#servery/errors/catalog.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";
import type { ProblemBody } from "./answers.ts";
import { openForum } from "./forum.ts";
import { closeSound } from "./answers.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

const JSON_TYPE = { "content-type": "application/json" };

/** A request for each code that a caller can bring about by one request of its own. */
const causes: { readonly [code: string]: () => Promise<TestAnswer> } = {
  malformed_json: () => forum.send({ method: "POST", url: "/api/posts", headers: JSON_TYPE, body: "{" }),
  malformed_url: () => forum.get("/api/posts/%zz"),
  malformed_request: () => forum.send({ method: "g", url: "/" }),
  body_too_deep: () => forum.send({ method: "POST", url: "/api/posts", headers: JSON_TYPE, body: "[".repeat(40) }),
  body_too_large: () =>
    forum.send({ method: "POST", url: "/api/posts", headers: JSON_TYPE, body: `"${"x".repeat(1_048_576)}"` }),
  url_too_long: () => forum.get(`/${"x".repeat(16_384)}`),
  unsupported_media_type: () =>
    forum.send({ method: "POST", url: "/api/posts", headers: { "content-type": "text/xml" }, body: "<a/>" }),
  not_acceptable: () => forum.get("/api/posts", { accept: "application/xml" }),
  invalid_token: () => forum.get("/api/posts", { authorization: "Bearer x" }),
  sign_in_required: () => forum.get("/api/secrets"),
  forbidden: () => forum.get("/api/drafts"),
  no_route: () => forum.get("/nope"),
  not_found: () => forum.get("/api/posts/999"),
  method_not_allowed: () => forum.delete("/api/users/1/posts"),
  invalid_data: () => forum.post("/api/posts", {}),
  body_required: () => forum.send({ method: "POST", url: "/api/posts" }),
  unknown_parameter: () => forum.get("/api/posts?nope=1"),
  unknown_column: () => forum.get("/api/posts?sort=nope"),
  unknown_relation: () => forum.get("/api/posts?include=nope"),
  unknown_operator: () => forum.get("/api/posts?id[nope]=1"),
  repeated_parameter: () => forum.get("/api/posts?id=1&id=2"),
  invalid_parameter: () => forum.get("/api/posts?id=x"),
  missing_parameter: () => forum.put("/api/users", { username: "x", email: "x@example.com" }),
  filter_required: () => forum.delete("/api/posts"),
  invalid_reference: () =>
    forum.post("/api/batch", [{ method: "PATCH", path: "/api/posts/{0.id}", body: { title: "x" } }]),
  invalid_idempotency_key: () => forum.post("/api/groups", { code: "x", name: "x" }, { "idempotency-key": "a b" }),
  idempotency_mismatch: async () => {
    await forum.post("/api/groups", { code: "once", name: "x" }, { "idempotency-key": "mismatch" });
    return forum.post("/api/groups", { code: "twice", name: "x" }, { "idempotency-key": "mismatch" });
  },
  idempotency_in_progress: async () => {
    const send = () => forum.post("/api/groups", { code: "racing", name: "x" }, { "idempotency-key": "racing" });
    const [, second] = await Promise.all([send(), send()]);
    return second;
  },
  invalid_cursor: () => forum.get("/api/posts?cursor=x"),
  limit_exceeded: () => forum.get("/api/posts?limit=5000"),
  invalid_precondition: () => forum.patch("/api/posts/1", {}, { "if-match": "x" }),
  unique: () => forum.post("/api/users", { username: "x", email: "alice@example.com" }),
  still_referenced: () => forum.delete("/api/users/1"),
  precondition_failed: () => forum.patch("/api/posts/1", {}, { "if-match": '"x"' }),
  precondition_required: () => forum.patch("/api/pages/1", { title: "x" }),
};

/** What needs a broken machine, a socket, a foreign schema or code of the application's own; tested where those are. */
const ELSEWHERE = [
  // test/operators
  "consent_needed",
  "first_run_over",
  "first_run_refused",
  "rows_differ",
  "sql_refused",
  // test/accounts/providers-*.test.ts
  "sign_in_expired",
  "provider_refused",
  "provider_unavailable",
  "unverified_address",
  "identity_taken",
  // test/accounts
  "cannot_act_as",
  "challenge_refused",
  "conflicting_credentials",
  "cross_site",
  "invalid_credentials",
  "link_over",
  "passkey_invalid",
  "passkey_refused",
  "passkeys_unavailable",
  "refresh_reused",
  "second_factor_on",
  "second_factor_required",
  "sign_in_busy",
  "token_expired",
  "too_many",
  "too_many_attempts",
  "verification_required",
  "headers_too_large",
  "request_timeout",
  "refused",
  "refused_by_database",
  "internal",
  "database_busy",
  "query_timeout",
  "hook_timeout",
  "transaction_timeout",
  "handler_timeout",
  "storage_full",
  "database_unavailable",
  "maintenance",
  "simulated_failure",
  "shutting_down",
];

describe("the catalogue", () => {
  test("has a cause here, or a place elsewhere, for every code", () => {
    expect([...Object.keys(causes), ...ELSEWHERE].sort()).toEqual(Object.keys(errorCatalog).sort());
  });

  test.each(Object.entries(causes))("%s answers by RFC 9457", async (code, cause) => {
    const answer = await cause();
    const body = answer.json as ProblemBody;
    const { status, title } = errorCatalog[code as keyof typeof errorCatalog];
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { errors = [], ...document } = body;
    expect(document).toEqual({
      type: `/docs/errors#${code}`,
      title,
      status,
      detail: expect.stringMatching(/\S/),
      code,
      request_id: answer.headers["x-request-id"],
      error: expect.stringMatching(/\S/),
    });
    for (const error of errors) {
      expect(Object.keys(error)).toEqual(["pointer", "code", "message"]);
      expect(fieldErrorCatalog).toHaveProperty(error.code);
      expect(error.pointer).toMatch(/^(?:\/|$)/);
    }
    expect(answer.text).not.toMatch(/\.(?:ts|js):|at async|node_modules|SQLITE|CONSTRAINT|SELECT|INSERT/);
  });

  test("is the only source of codes: every code that the program names is in it", () => {
    const named = new Set<string>();
    const root = new URL("../../src/", import.meta.url).pathname;
    for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const text = readFileSync(join(root, file), "utf8");
      for (const match of text.matchAll(/new Problem\(\s*"(\w+)"/g)) named.add(match[1] ?? "");
    }
    expect(named.size).toBeGreaterThan(20);
    for (const code of named) expect(errorCatalog).toHaveProperty(code);
  });

  test("statuses are the usual ones for their kind", () => {
    for (const [code, { status }] of Object.entries(errorCatalog)) {
      expect(String(status), code).toMatch(/^(?:400|401|403|404|405|406|408|409|412|413|414|415|428|429|431|500|503)$/);
    }
  });
});

describe("request ids", () => {
  test("are different for each request and the same in header and body", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => forum.get("/api/posts/999")));
    const ids = answers.map((answer) => (answer.json as ProblemBody).request_id);
    expect(new Set(ids).size).toBe(50);
    expect(ids).toEqual(answers.map((answer) => answer.headers["x-request-id"]));
  });
});

describe("Accept", () => {
  test.each([
    "*/*",
    "application/json",
    "application/*",
    "text/html, application/json;q=0.1",
    "text/html, */*;q=0.8",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
  ])("%s is served JSON", async (accept) => {
    expect((await forum.get("/api/posts", { accept })).status).toBe(200);
  });

  test.each([
    "image/png",
    "text/html",
    "application/json;q=0",
    "application/*, application/json;q=0, application/x-ndjson;q=0",
    "text/event-stream",
  ])("%s is 406, and asks nothing", async (accept) => {
    const answer = await forum.get("/api/posts", { accept });
    expect([answer.status, (answer.json as ProblemBody).code]).toEqual([406, "not_acceptable"]);
    expect(answer.sql).toEqual([]);
  });
});
