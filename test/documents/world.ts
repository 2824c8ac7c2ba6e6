import { documents, everyone, owner, ref, servery, signedIn, table, text } from "servery";
import { expect } from "vitest";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";

const open = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** A collection that anybody writes, one with a schema, and a table that refers to the first. */
export const library = servery({
  tables: {
    profiles: documents({ index: ["author.city", "age"] }).allow(open),
    recipes: documents({
      schema: {
        type: "object",
        properties: {
          title: { type: "string", minLength: 1 },
          low: { type: "integer" },
          high: { type: "integer" },
        },
        required: ["title"],
        // Two patches, each fine by itself, must not make a document that has both.
        not: { required: ["low", "high"] },
      },
    }).allow(open),
    notes: table({ profile_id: ref("profiles"), words: text(100) }).allow(open),
  },
});

/** Documents with an owner. */
export const diary = servery({
  tables: {
    users: table({ username: text(30).unique() })
      .accounts({ identifier: "username", verify: false })
      .allow({ read: everyone, create: everyone }),
    pages: documents({ columns: { user_id: ref("users").owner() }, index: ["mood"] }).allow({
      read: owner,
      create: signedIn,
      update: owner,
      delete: owner,
    }),
    marks: table({ page_id: ref("pages"), words: text(50) }).allow(open),
  },
});

/** The numbers of the rows that a list answers, in its order. */
export async function ids(engine: EngineUnderTest, url: string): Promise<number[]> {
  const answer = await engine.get(url);
  expect(answer.status, `${url}: ${answer.text}`).toBe(200);
  return (answer.json as { id: number }[]).map(({ id }) => id);
}

export function pointers(answer: TestAnswer): string[] {
  return ((answer.json as { errors?: { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);
}
