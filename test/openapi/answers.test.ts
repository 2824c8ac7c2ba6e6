import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "servery";
import { operatorMeanings } from "#servery/http/open-api/filter-operators.js";
import { type AnswerCheck, answerCheckOf, makeAnswerCheck } from "../harness/openapi-check.ts";
import { type EngineUnderTest, openEngine, type TestAnswer, type TestRequest } from "../harness/open-engine.ts";
import { everyKind, everythingRow } from "./every-kind.ts";

let engine: EngineUnderTest;
const check: AnswerCheck = await answerCheckOf(compile(everyKind));

/** Sends a request and holds its answer against the document. */
async function send(request: TestRequest): Promise<TestAnswer> {
  const answer = await engine.send(request);
  check({
    method: request.method ?? "GET",
    url: request.url,
    status: answer.status,
    headers: answer.headers,
    text: answer.text,
  });
  return answer;
}

const post = (url: string, json: unknown): Promise<TestAnswer> => send({ method: "POST", url, json });

beforeAll(async () => {
  engine = await openEngine(everyKind);
});

afterAll(() => engine.close());

describe("the answers of every action fit the document", () => {
  test("rows with every kind of column, as writes and as reads answer them", async () => {
    const created = await post("/api/everything", everythingRow);
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ ...everythingRow, bigint: "9223372036854775807", decimal: "-10.500" });
    const etag = created.headers["etag"] ?? "";
    expect((await send({ url: "/api/everything/1" })).status).toBe(200);
    expect((await send({ url: "/api/everything/1", headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await send({ url: "/api/everything?fields=id,decimal&count=exact&limit=1" })).status).toBe(200);
    expect(
      (await send({ method: "PATCH", url: "/api/everything/1", json: { integer: 1 }, headers: { "if-match": etag } }))
        .status,
    ).toBe(200);
    expect(
      (await send({ method: "PATCH", url: "/api/everything/1", json: { integer: 2 }, headers: { "if-match": etag } }))
        .status,
    ).toBe(412);
    expect((await send({ method: "PUT", url: "/api/everything/1", json: { ...everythingRow, id: 1 } })).status).toBe(
      200,
    );
    expect((await post("/api/everything", everythingRow)).status).toBe(409);
    expect((await send({ method: "HEAD", url: "/api/everything/1" })).text).toBe("");
  });

  test("rows without values, and what include adds", async () => {
    expect((await post("/api/maybe", {})).status).toBe(201);
    expect((await post("/api/maybe", { parent_id: 1, everything_id: 1, json: { a: [1] } })).status).toBe(201);
    const included = await send({
      url: "/api/maybe?include=parent.children,children.count,everything.maybe.children,everything.maybe.count&fields=id",
    });
    expect(included.status).toBe(200);
    expect(included.json).toMatchObject([
      { id: 2, parent: { children: [{ id: 2 }] }, children_count: 0, everything: { maybe_count: 1 } },
      { id: 1, parent: null, everything: null },
    ]);
    expect((await send({ url: "/api/maybe?limit=1" })).headers["link"]).toMatch(/rel="next"/);
    expect((await send({ url: "/api/maybe/1/children?include=parent" })).status).toBe(200);
    expect((await send({ url: "/api/maybe/99/children" })).status).toBe(404);
    expect((await post("/api/maybe/1/children?fields=id,decimal", { decimal: 2.5 })).json).toEqual({
      id: 3,
      decimal: "2.500",
    });
    expect((await send({ method: "DELETE", url: "/api/maybe/3" })).status).toBe(204);
  });

  test("keys of several columns, and names with spaces, dots, brackets and escapes", async () => {
    const pair = await post("/api/pairs", { day: "2024-01-02", word: "a,b/c" });
    expect(pair.headers["location"]).toBe("/api/pairs/2024-01-02,a%2Cb%2Fc");
    expect((await send({ url: "/api/pairs/2024-01-02,a%2Cb%2Fc" })).status).toBe(200);
    expect((await send({ url: "/api/pairs/2024-01-02" })).status).toBe(404);
    const item = await post("/api/order%20items", {
      "unit price": 3,
      "a.b": "x",
      "c[d]": "y",
      "e~f/g%": "z",
      größe: "L",
    });
    expect(item.status).toBe(201);
    expect((await send({ url: "/api/order%20items/1?include=version%20list" })).json).toMatchObject({
      "version list": [],
    });
    expect((await post("/api/order%20items/1/version%20list", { name: "n" })).status).toBe(201);
    expect((await send({ url: "/api/order%20items?limit[eq]=1&unit%20price[gte]=1&q[lt]=9" })).json).toHaveLength(1);
    expect((await post("/api/v1.2/1/create", {})).status).toBe(201);
    expect((await send({ url: "/api/v1.2.create?include=two" })).status).toBe(200);
    expect((await post("/api/Problem", { name: "p" })).status).toBe(201);
    expect((await post("/api/codes", { "co}de": "a" })).status).toBe(201);
  });

  test("each column takes the operators that its parameter names, and no other", async () => {
    interface Filter {
      readonly name: string;
      readonly "x-operators"?: readonly string[];
    }
    const { components } = JSON.parse(await compile(everyKind).openApi()) as {
      components: { parameters: Record<string, Filter> };
    };
    const filters = Object.entries(components.parameters).filter(([key]) => key.startsWith("everything.where."));
    expect(filters).toHaveLength(22);
    for (const [, { name, "x-operators": operators = ["null"] }] of filters) {
      const column = name.replace(/\[.*/, "");
      const refused = await Promise.all(
        Object.keys(operatorMeanings).map(async (operator) => {
          const { json } = await send({ url: `/api/everything?${column}[${operator}]=true` });
          return (json as { code?: string }).code === "unknown_operator" ? [operator] : [];
        }),
      );
      const taken = Object.keys(operatorMeanings).filter((operator) => !refused.flat().includes(operator));
      expect(taken, name).toEqual(name.includes("[") ? operators : ["eq", ...operators]);
    }
  });

  test("refusals of every step", async () => {
    const statuses = await Promise.all(
      [
        { url: "/api/everything?nonsense=1" },
        { url: "/api/everything?limit=100000" },
        { url: "/api/everything", headers: { accept: "text/html" } },
        { url: "/api/everything", headers: { authorization: "Bearer x" } },
        { url: `/api/everything?text=${"x".repeat(20_000)}` },
        { method: "POST", url: "/api/everything", body: "{", headers: { "content-type": "application/json" } },
        { method: "POST", url: "/api/everything", body: "a=b", headers: { "content-type": "text/plain" } },
        {
          method: "POST",
          url: "/api/everything",
          body: "x".repeat(1_100_000),
          headers: { "content-type": "application/json" },
        },
        { method: "POST", url: "/api/everything", json: {} },
        { method: "PATCH", url: "/api/guarded/1", json: {} },
        { method: "DELETE", url: "/api/guarded/1" },
        { method: "DELETE", url: "/api/everything/99" },
        { method: "DELETE", url: "/api/order%20items/1" },
        { url: "/api/%zz" },
      ].map(async (request) => (await send(request)).status),
    );
    expect(statuses).toEqual([400, 400, 406, 401, 414, 400, 415, 413, 400, 428, 428, 404, 409, 400]);
  });

  test("what is no operation is refused as a problem too", async () => {
    const requests = [
      { url: "/api/hidden" },
      { method: "POST", url: "/api/readable", json: { name: "x" } },
      { url: "/api/writable" },
      { url: "/posts" },
      { method: "PUT", url: "/api/maybe/1/children", json: {} },
      { method: "get", url: "/api/everything" },
    ];
    const statuses = await Promise.all(requests.map(async (request) => (await send(request)).status));
    expect(statuses).toEqual([401, 403, 403, 404, 405, 400]);
    expect(
      (
        await send({
          method: "OPTIONS",
          url: "/api/everything",
          headers: { origin: "http://localhost:3000", "access-control-request-method": "POST" },
        })
      ).status,
    ).toBe(204);
    expect(engine.faults).toEqual([]);
  });

  test("the routes beside the API", async () => {
    const paths = [
      "/health/live",
      "/health/ready",
      "/openapi.json",
      "/docs",
      "/docs/errors",
      "/docs/page.css",
      "/docs/page.js",
    ];
    const statuses = await Promise.all(paths.map(async (url) => (await send({ url })).status));
    expect(statuses).toEqual(paths.map(() => 200));
  });

  test("an engine without documentation answers 404 where the documentation was", async () => {
    const bare = await openEngine(everyKind, { docs: false });
    for (const url of ["/docs", "/docs/errors", "/docs/page.css", "/openapi.json"]) {
      const answer = await bare.get(url);
      expect(answer.status, url).toBe(404);
      check({ method: "GET", url, ...answer });
    }
    expect((await bare.get("/health/live")).status).toBe(200);
    await bare.close();
  });
});

describe("the check finds an answer that is not as documented", () => {
  const problem = JSON.stringify({
    type: "/docs/errors#not_found",
    title: "Not found",
    status: 404,
    detail: "d",
    code: "not_found",
    request_id: "r",
    error: "e",
  });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "x-request-id": "r",
    vary: "Accept",
    etag: '"abcdefghijklmnopqrstuv"',
  };
  const row = { method: "GET", url: "/api/maybe/1", status: 200, headers, text: '{"id":1,"decimal":"1.500"}' };
  const refusal = {
    ...row,
    status: 404,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": "r",
      vary: "Accept",
    },
    text: problem,
  };

  test("the answers it starts from are right", () => {
    expect(() => check(row)).not.toThrow();
    expect(() => check(refusal)).not.toThrow();
    expect(() =>
      check({ ...refusal, url: "/nowhere", text: problem.replace('"not_found"', '"no_route"') }),
    ).not.toThrow();
  });

  test.each([
    ["a status", { ...row, status: 202 }, /status 202 is not documented/],
    ["an unknown key", { ...row, text: '{"id":1,"password":"x"}' }, /must NOT have additional properties/],
    [
      "an unknown key of an included row",
      { ...row, text: '{"everything":{"password":"x"}}' },
      /must NOT have additional properties|must be null/,
    ],
    ["a value of another type", { ...row, text: '{"id":"1"}' }, /must be integer/],
    ["a decimal as a number", { ...row, text: '{"decimal":1.5}' }, /must be string/],
    ["a decimal with too many digits", { ...row, text: '{"decimal":"1.2345"}' }, /must match pattern/],
    ["a time that is not UTC", { ...row, text: '{"created_at":"2024-01-01 10:00:00"}' }, /must match format/],
    [
      "a missing header",
      { ...row, headers: { ...headers, etag: undefined as unknown as string } },
      /header ETag is missing/,
    ],
    ["a header of another form", { ...row, headers: { ...headers, etag: "abc" } }, /header ETag is/],
    [
      "a header that nobody documented",
      { ...row, headers: { ...headers, "x-powered-by": "y" } },
      /x-powered-by is not documented/,
    ],
    [
      "another media type",
      { ...row, headers: { ...headers, "content-type": "text/html" } },
      /text\/html is not documented/,
    ],
    ["a list where a row should be", { ...row, text: "[]" }, /must be object/],
    [
      "relations in the answer of a write",
      { ...row, method: "PATCH", text: '{"parent":null}' },
      /must NOT have additional properties/,
    ],
    ["a body behind 204", { ...row, method: "DELETE", status: 204, text: "{}" }, /a body came/],
    ["a body behind HEAD", { ...row, method: "HEAD" }, /HEAD answered a body/],
    [
      "a code that this status does not have",
      { ...refusal, text: problem.replace('"not_found"', '"unique"') },
      /code unique is not documented/,
    ],
    [
      "a code outside the catalogue",
      { ...refusal, url: "/nowhere", text: problem.replace('"not_found"', '"oops"') },
      /must be equal to one of the allowed values/,
    ],
    ["an error that is no problem document", { ...refusal, text: '{"error":"x"}' }, /must have required property/],
    ["success from a route that is not documented", { ...row, url: "/api/hidden" }, /only a refusal/],
  ])("%s", (_, exchange, message) => {
    expect(() => check(exchange)).toThrow(message);
    expect(() => check(exchange)).toThrow(/which the OpenAPI document does not say/);
  });

  test("a document without the route", () => {
    expect(() => makeAnswerCheck('{"paths":{},"components":{}}')(row)).toThrow(/no operation of the document/);
  });
});
