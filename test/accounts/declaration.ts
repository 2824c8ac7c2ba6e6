import { email, everyone, integer, servery, table, text } from "servery";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";

/** People who sign in at once, without a mail. */
export const people = servery({
  tables: {
    users: table({ username: text(30).unique(), email: email(100).unique() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),
    notes: table({ title: text(100), likes: integer().default(0) }).allow({ read: everyone, create: everyone }),
  },
});

/** The same, whose addresses have to be verified. */
export const verified = servery({
  tables: {
    users: table({ username: text(30).unique(), email: email(100).unique() })
      .accounts()
      .allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),
  },
});

export const PASSWORD = "correct horse battery";

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly user: { readonly id: number; readonly email: string; readonly username: string };
}

export function bearer({ access_token: token }: Pick<Tokens, "access_token">): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Signs somebody up, whose name is the address's. */
export async function signUp(engine: EngineUnderTest, name: string): Promise<Tokens> {
  const answer = await engine.post("/api/auth/sign-up", {
    username: name,
    email: `${name}@example.com`,
    password: PASSWORD,
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json as Tokens;
}

export async function signIn(engine: EngineUnderTest, name: string): Promise<Tokens> {
  const answer = await engine.post("/api/auth/sign-in", { email: `${name}@example.com`, password: PASSWORD });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json as Tokens;
}

/** The code of a problem document. */
export function codeOf(answer: TestAnswer): string {
  return (answer.json as { code: string }).code;
}
