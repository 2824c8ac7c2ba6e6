import type { AnyDeclaration } from "servery";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";
import { hostileWorld } from "./declaration.ts";

/** Who sends a request: nobody, or somebody who has signed in. */
export type Caller = "nobody" | "alice" | "bob" | "eve" | "admin" | "anna";

/** Somebody whose row is among the first, and who gets an account. */
export interface Person {
  readonly name: Exclude<Caller, "nobody">;
  /** The name of the accounts table; without it the first one. */
  readonly table?: string;
  readonly identifier: string;
  readonly roles: readonly string[];
}

/** An application that is attacked, and who has an account in it. */
export interface World {
  readonly declaration: AnyDeclaration;
  readonly people: readonly Person[];
  /** A path that everybody may read at any time. */
  readonly plain: string;
}

export const openWorld: World = { declaration: hostileWorld, people: [], plain: "/api/posts/1" };

/** What somebody has after a sign-in. */
export interface SignedIn {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Gives everybody an account and the password, and signs them in over HTTP. */
export async function signEverybodyIn(
  engine: EngineUnderTest,
  world: World,
  password: string,
): Promise<ReadonlyMap<Caller, SignedIn>> {
  const signedIn = new Map<Caller, SignedIn>();
  for (const { name, table, identifier, roles } of world.people) {
    await engine.accounts.setPassword({ table, identifier }, password);
    await engine.accounts.setRoles({ table, identifier }, roles);
    const tokens = tokensOf(await engine.post("/api/auth/sign-in", signInBody({ table, identifier }, password)));
    signedIn.set(name, tokens);
  }
  // A token that was never seen is looked at: statements of a request that are not its own.
  for (const name of signedIn.keys()) await engine.get("/api/auth/me", credentials(signedIn, name));
  return signedIn;
}

function signInBody(
  { table, identifier }: { readonly table: string | undefined; readonly identifier: string },
  password: string,
): object {
  const who = table === undefined ? { email: identifier } : { accounts: table, login: identifier };
  return { ...who, password };
}

function tokensOf(answer: TestAnswer): SignedIn {
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json as SignedIn;
}

/** The headers of a caller. */
export function credentials(
  signedIn: ReadonlyMap<Caller, SignedIn>,
  caller: Caller | undefined,
): Record<string, string> {
  if (caller === undefined || caller === "nobody") return {};
  const tokens = signedIn.get(caller);
  if (tokens === undefined) throw new Error(`nobody is called ${caller} in this world`);
  return { authorization: `Bearer ${tokens.access_token}` };
}

/** A text in which «alice.access_token» is the token that Alice has. */
export function filled(text: string, signedIn: ReadonlyMap<Caller, SignedIn>): string {
  return text.replaceAll(/«(\w+)\.(access_token|refresh_token)»/g, (whole, name: Caller, member: keyof SignedIn) => {
    const tokens = signedIn.get(name);
    if (tokens === undefined) throw new Error(`${whole} names nobody of this world`);
    return tokens[member];
  });
}
