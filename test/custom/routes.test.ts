import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { customWorld, SECRET } from "./world.ts";

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await openEngine(customWorld);
});

afterAll(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new Error("the server made a mistake", { cause: engine.faults });
});

describe("finding a route", () => {
  test.each([
    ["/api/hello", { message: "Hello!" }],
    ["/", { home: true }],
    ["/hello/alice", { message: "Hello, alice!" }],
    ["/hello/%C3%A9%2F%20x", { message: "Hello, é/ x!" }],
    ["/hello/%77orld", { message: "the world itself" }],
    ["/hello/world", { message: "the world itself" }],
    ["/api/a/3/b/x%2Fy", { x: 3, y: "x/y" }],
    ["/api/null", null],
    ["/api/day", { at: "2024-10-28T10:30:00.000Z" }],
    ["/api/rows", [{ id: 1, price: "1.50", note: null }]],
  ])("GET %s", async (url, expected) => {
    const answer = await engine.get(url);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.json).toEqual(expected);
  });

  test("HEAD has the headers of GET and no body, OPTIONS the methods, another method a 405", async () => {
    const head = await engine.send({ method: "HEAD", url: "/api/hello" });
    expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", "20"]);
    const options = await engine.send({ method: "OPTIONS", url: "/api/nothing" });
    expect([options.status, options.headers["allow"]]).toEqual([204, "PATCH, DELETE, OPTIONS"]);
    const refused = await engine.post("/api/hello", {});
    expect([refused.status, refused.headers["allow"]]).toEqual([405, "GET, HEAD, OPTIONS"]);
    // The literal path wins over the parameter, for every method.
    expect((await engine.delete("/hello/world")).status).toBe(405);
  });

  test("below a table both kinds of route are found", async () => {
    expect((await engine.get("/api/posts/1/summary")).json).toMatchObject({ id: 1, title: "Post 1" });
    expect((await engine.get("/api/posts/1")).json).toMatchObject({ id: 1 });
    expect((await engine.get("/api/users/1/posts")).json).toHaveLength(3);
    expect((await engine.send({ method: "POST", url: "/api/posts/1/publication" })).status).toBe(204);
    const options = await engine.send({ method: "OPTIONS", url: "/api/posts/1/publication" });
    expect(options.headers["allow"]).toBe("POST, OPTIONS");
  });

  test.each([
    "/hello",
    "/hello/",
    "/hello/a/b",
    "/hello//",
    "/API/hello",
    "/api/hello/",
    "/api//hello",
    "/api/a/3/b",
    "/api/a/3/b/x/c",
    "/api/a//b/x",
    "/api/posts/1/summary/",
  ])("GET %s is no route", async (url) => {
    const answer = await engine.get(url);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([404, "no_route"]);
  });

  test.each([
    ["/hello/%00", 404, "not_found"],
    ["/hello/a%00b", 404, "not_found"],
    ["/hello/%", 400, "malformed_url"],
    ["/hello/%ff", 400, "malformed_url"],
  ])("GET %s", async (url, status, code) => {
    const answer = await engine.get(url);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([status, code]);
  });

  test.each([
    ["/api/helo", "/api/hello"],
    ["/api/serch?q=a", "search"],
    ["/reports.csv", "/report.csv"],
    ["/search", "/api/search"],
    ["/posts/1/summary", "/api/posts/1/summary"],
    ["/a/3/b/x", "/api/a/3/b/x"],
    ["/api/posts/1/sumary", "summary"],
  ])("GET %s is told of %s", async (url, near) => {
    const answer = await engine.get(url);
    expect(answer.status).toBe(404);
    expect((answer.json as { detail: string }).detail).toMatch(/ Did you mean \S*?\?$/);
    expect((answer.json as { detail: string }).detail).toContain(near.replace(/^\/api\/(?=hello)/, ""));
  });

  test("a route that nobody may call is a 403, and is not suggested", async () => {
    expect((await engine.get("/api/closed-route")).status).toBe(403);
    for (const url of ["/api/closed-rout", "/api/closed-routes", "/closed-rout"]) {
      const { detail } = (await engine.get(url)).json as { detail: string };
      expect(detail, url).toBe(`There is no ${url}.`);
    }
    expect(JSON.stringify((await engine.get("/openapi.json")).json)).not.toContain("closed-route");
  });
});

describe("the query", () => {
  test("is converted by its columns, with defaults and null", async () => {
    const all = await engine.get("/api/search?q=a%20b&since=2024-01-02&limit=5&price=2.5&draft=true");
    expect(all.json).toEqual({ q: "a b", since: "2024-01-02", limit: 5, price: "2.50", draft: true });
    const least = await engine.get("/api/search?q=1");
    expect(least.json).toEqual({ q: "1", since: null, limit: 10, price: null, draft: false });
  });

  test.each([
    ["?q=a&nope=1", "unknown_parameter", "nope"],
    ["?q=a&limits=1", "unknown_parameter", "Did you mean limit?"],
    ["?q=a&__proto__=1", "unknown_parameter", "__proto__"],
    ["?q=a&q=b", "repeated_parameter", "q"],
    ["?q=a&limit=1&limit=1", "repeated_parameter", "limit"],
    ["", "invalid_parameter", "Q required"],
    ["?q=", "invalid_parameter", "Q required"],
    ["?q=a&limit=0", "invalid_parameter", "Limit takes a whole number from 1 to 50"],
    ["?q=a&limit=51", "invalid_parameter", "from 1 to 50"],
    ["?q=a&limit=1e1", "invalid_parameter", "from 1 to 50"],
    ["?q=a&limit=", "invalid_parameter", "from 1 to 50"],
    ["?q=a&draft=1", "invalid_parameter", "true or false"],
    ["?q=a&since=2024-02-30", "invalid_parameter", "since"],
    ["?q=a&price=1.234", "invalid_parameter", "price"],
    [`?q=${"a".repeat(21)}`, "invalid_parameter", "20 characters"],
    ["?q[]=a", "unknown_parameter", "q[]"],
    [`?${"q=a&".repeat(201)}`, "limit_exceeded", "200"],
  ])("%s is refused", async (query, code, words) => {
    const answer = await engine.get(`/api/search${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code });
    expect((answer.json as { detail: string }).detail).toContain(words);
    expect(answer.sql).toEqual([]);
  });

  test("a route without a query takes no parameter", async () => {
    expect((await engine.get("/api/hello?x=1")).json).toMatchObject({ code: "unknown_parameter" });
    expect((await engine.get("/api/hello?")).status).toBe(200);
  });
});

describe("the parameters of the path", () => {
  test.each([
    "/api/a/0/b/x",
    "/api/a/10/b/x",
    "/api/a/01/b/x",
    "/api/a/x/b/x",
    "/api/a/1/b/long",
    "/api/posts/x/summary",
  ])("%s is a 404, as a key that no row can have is", async (url) => {
    const answer = await engine.get(url);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([404, "not_found"]);
    expect(answer.sql).toEqual([]);
  });
});

describe("the body", () => {
  test("is checked and filled like that of a table", async () => {
    const answer = await engine.post("/api/orders", { to: 2, amount: 12.5 });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ location: "/api/orders/2", "x-paid": "yes" });
    expect(answer.json).toEqual({ to: 2, amount: "12.50", note: null, gift: false });
  });

  test.each([
    [{}, ["/to", "/amount"], "required"],
    [{ to: 1, amount: "0" }, ["/amount"], "format"],
    [{ to: 1, amount: "1.234" }, ["/amount"], "format"],
    [{ to: "1", amount: "1" }, ["/to"], "type"],
    [{ to: 1, amount: "1", note: "12345678901" }, ["/note"], "too_long"],
    [{ to: 1, amount: "1", nots: "x" }, ["/nots"], "unknown_field"],
    [{ to: 1, amount: "1", gift: null }, ["/gift"], "null"],
    [{ to: 1, amount: "1", note: "a\0" }, ["/note"], "characters"],
  ])("%j is refused with its findings", async (body, pointers, code) => {
    const answer = await engine.post("/api/orders", body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "invalid_data" });
    const { errors } = answer.json as { errors: { pointer: string; code: string }[] };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers].sort());
    expect(errors[0]?.code).toBe(code);
  });

  test.each([
    ["[]", "application/json", 400, "invalid_data"],
    ["{", "application/json", 400, "malformed_json"],
    ["{}", "text/plain", 415, "unsupported_media_type"],
    [undefined, undefined, 400, "body_required"],
    [`{"to":${"[".repeat(40)}${"]".repeat(40)}}`, "application/json", 400, "body_too_deep"],
    [`{"to":"${"x".repeat(1_048_576)}"}`, "application/json", 413, "body_too_large"],
  ])("%.30s as %s is refused", async (...[body, type, status, code]) => {
    const answer = await engine.send({
      method: "POST",
      url: "/api/orders",
      headers: type === undefined ? {} : { "content-type": type },
      ...(body === undefined ? {} : { body }),
    });
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([status, code]);
  });

  test("without a shape any JSON is taken, or none", async () => {
    expect((await engine.put("/api/echo", [1, { a: null }])).json).toEqual([1, { a: null }]);
    expect((await engine.send({ method: "PUT", url: "/api/echo" })).status).toBe(204);
  });
});

describe("the answer", () => {
  test("nothing is a 204 without a body or a type", async () => {
    for (const method of ["PATCH", "DELETE"]) {
      const answer = await engine.send({ method, url: "/api/nothing" });
      expect([answer.status, answer.text, answer.headers["content-type"]]).toEqual([204, "", undefined]);
    }
  });

  test("a text of another type, whole or in pieces", async () => {
    const whole = await engine.get("/report.csv");
    expect([whole.status, whole.text]).toEqual([200, "a,b\n1,2\n"]);
    expect(whole.headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(whole.headers["content-disposition"]).toContain("report.csv");
    const pieces = await engine.get("/stream.txt");
    expect([pieces.status, pieces.text]).toEqual([200, "one two"]);
    expect((await engine.get("/report.csv", { accept: "application/json" })).status).toBe(406);
    expect((await engine.get("/api/hello", { accept: "text/csv" })).status).toBe(406);
  });

  test.each([
    ["conflict", 409, "refused"],
    ["forbidden", 403, "forbidden"],
    ["missing", 404, "not_found"],
    ["invalid", 400, "invalid_data"],
  ])("refuse(%j) is a problem document in the code's own words", async (reason, status, code) => {
    const answer = await engine.get(`/api/refuse/${reason}`);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code, detail: "So says the shop.", error: "So says the shop." });
    const errors = [{ pointer: "/amount", code: "invalid", message: "Too much." }];
    expect((answer.json as { errors?: unknown }).errors).toEqual(reason === "invalid" ? errors : undefined);
    expect(answer.text).not.toContain(SECRET);
  });
});

test("overlapping calls keep their own input and request", async () => {
  const asked = Array.from({ length: 40 }, (_, at) => (at * 37) % 60);
  const answers = await Promise.all(asked.map((ms) => engine.get(`/api/waits/${ms}`)));
  expect(answers.map(({ json }) => (json as { ms: number }).ms)).toEqual(asked);
  const ids = answers.map(({ json, headers }) => [(json as { requestId: string }).requestId, headers["x-request-id"]]);
  for (const [inside, outside] of ids) expect(inside).toBe(outside);
  expect(new Set(ids.map(([id]) => id)).size).toBe(asked.length);
});
