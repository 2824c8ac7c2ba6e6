import type { AnyDeclaration } from "servery";
import social from "../../examples/social/servery.ts";
import socialV1 from "../../examples/social-v1/servery.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";

/** The world of the first lesson as pictured: two tables, two rows each. */
export function openSocialV1(): Promise<EngineUnderTest> {
  return openEngine(socialV1);
}

/** Alice with the role of an administrator, who passes every rule: for tests that ask about something else. */
export const ADMINISTRATOR = { email: "alice@email.com", roles: ["admin"] };

/** The social example with its 200 users and 2,000 posts, every request an administrator's. */
export async function openSocial(): Promise<EngineUnderTest> {
  return signedInAs(await openEngine(social), ADMINISTRATOR);
}

/** The same tables without rows. */
export function openEmpty(declaration: AnyDeclaration = social): Promise<EngineUnderTest> {
  const { seed: _seed, ...tables } = declaration;
  return openEngine(tables);
}

/** How many rows a table has. */
export async function countOf(engine: EngineUnderTest, table: string): Promise<number> {
  return Number((await engine.get(`/api/${table}?count=exact&limit=1`)).headers["x-total-count"]);
}

/** The kinds of the statements that an answer took, without those that only look. */
export function changesOf(answer: TestAnswer): string[] {
  return kindsOf(answer).filter((kind) => kind !== "SELECT");
}

/** The first word of every statement. */
export function kindsOf(answer: TestAnswer): string[] {
  return answer.sql.map((sql) => /^\w+/.exec(sql)?.[0] ?? "");
}
