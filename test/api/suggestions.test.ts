import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, filterParameter, problemOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("an unknown name is refused with the nearest one", () => {
  test.each([
    ["/api/posts?titel=x", 400, "unknown_parameter", "title"],
    ["/api/posts?lmit=5", 400, "unknown_parameter", "limit"],
    ["/api/posts?ofset=5", 400, "unknown_parameter", "offset"],
    ["/api/posts?inclde=user", 400, "unknown_parameter", "include"],
    ["/api/posts?Title=x", 400, "unknown_parameter", "title"],
    ["/api/posts?likes[gtt]=5", 400, "unknown_operator", "gt"],
    ["/api/posts?title[contain]=5", 400, "unknown_operator", "contains"],
    ["/api/posts?sort=-liks", 400, "unknown_column", "likes"],
    ["/api/posts?fields=id,titel", 400, "unknown_column", "title"],
    ["/api/posts?include=usr", 400, "unknown_relation", "user"],
    ["/api/posts?include=comments.usr", 400, "unknown_relation", "user"],
    ["/api/posts?user.usrname=x", 400, "unknown_column", "username"],
    ["/api/posts?usr.username=x", 400, "unknown_parameter", "user"],
    [`/api/posts?${filterParameter({ titel: 1 })}`, 400, "unknown_column", "title"],
    [`/api/posts?${filterParameter({ comment: { id: 1 } })}`, 400, "unknown_column", "comments"],
    ["/api/posts/1?field=id", 400, "unknown_parameter", "fields"],
    ["/api/post", 404, "no_route", "/api/posts"],
    ["/api/Posts", 404, "no_route", "/api/posts"],
    ["/api/posts/", 404, "no_route", "/api/posts"],
    ["/posts", 404, "no_route", "/api/posts"],
    ["/posts/1", 404, "no_route", "/api/posts/1"],
    ["/health/liv", 404, "no_route", "/health/live"],
    ["/api/users/1/post", 404, "no_route", "/api/users/1/posts"],
    ["/api/posts/1/comment", 404, "no_route", "/api/posts/1/comments"],
  ])("%s", async (url, ...[status, code, name]) => {
    const { detail } = problemOf(await forum.get(url), status, code);
    expect(detail).toMatch(new RegExp(`Did you mean ${name}\\?$`));
  });

  test("in a body too", async () => {
    const answer = await forum.post("/api/posts", { user_id: 1, titel: "x", title: "x" });
    expect(problemOf(answer, 400, "invalid_data").errors?.[0]?.message).toContain("Did you mean title?");
  });

  test.each(["/api/posts?zzzzzz=1", "/api/posts?x=1", "/nothing/like/it", "/api/zzzzzzz"])(
    "%s resembles nothing, so nothing is suggested",
    async (url) => {
      expect((await forum.get(url)).text).not.toContain("Did you mean");
    },
  );

  test("a name that a caller may not read is not suggested", async () => {
    for (const url of [
      "/api/users?include=draft",
      "/api/users?draft.id=1",
      `/api/users?${filterParameter({ draft: { id: 1 } })}`,
    ]) {
      expect((await forum.get(url)).text).not.toContain("drafts");
    }
  });

  test("a long name is not compared, and comes back short", async () => {
    const answer = await forum.get(`/api/posts?${"titel".repeat(2_000)}=1`);
    problemOf(answer, 400, "unknown_parameter");
    expect(answer.text.length).toBeLessThan(1_000);
  });

  test("what was sent comes back escaped", async () => {
    const answer = await forum.get(`/api/posts?${encodeURIComponent("<script>\n\u202e")}=1`);
    problemOf(answer, 400, "unknown_parameter");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });
});
