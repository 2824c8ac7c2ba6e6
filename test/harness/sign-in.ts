import type { Engine } from "servery";
import { expect } from "vitest";
import type { EngineUnderTest, TestAnswer, TestRequest } from "./open-engine.ts";

/** Of every account that a test signs in. */
const PASSWORD = "a password of the tests alone";

/** Who a test speaks as: somebody of the first rows, by what it signs in with. */
export interface Person {
  readonly email: string;
  readonly roles?: readonly string[];
}

/** The headers of a caller. */
export interface Credentials {
  readonly authorization: string;
}

interface Accounts {
  readonly accounts: Pick<Engine["accounts"], "setPassword" | "setRoles">;
}

/** Gives a person a password and its roles, as whoever runs the application may, and signs in over HTTP. */
export async function signIn(engine: Accounts, person: Person, post: Post<Signed>): Promise<Credentials> {
  const { json } = await signedInWith(engine, person, post);
  return { authorization: `Bearer ${(json as { access_token: string }).access_token}` };
}

interface Signed {
  readonly status: number;
  readonly json: unknown;
}
type Post<Answer extends Signed> = (url: string, json: Record<string, unknown>) => Promise<Answer>;

async function signedInWith<Answer extends Signed>(
  engine: Accounts,
  { email, roles }: Person,
  post: Post<Answer>,
): Promise<Answer> {
  await engine.accounts.setPassword({ identifier: email }, PASSWORD);
  if (roles !== undefined) await engine.accounts.setRoles({ identifier: email }, roles);
  const answer = await post("/api/auth/sign-in", { email, password: PASSWORD });
  expect(answer.status).toBe(200);
  return answer;
}

/** The engine with every request of this person's; what a request says itself wins. */
export async function signedInAs(engine: EngineUnderTest, person: Person): Promise<EngineUnderTest> {
  const credentials = await signIn(engine, person, (url, json) => engine.post(url, json));
  // From its first request on the token is known.
  await engine.get("/api/auth/me", { ...credentials });
  return withCredentials(engine, credentials);
}

/** The cookie of a person's session, as a browser would keep it. */
export async function signInWithCookie(
  engine: EngineUnderTest,
  person: Person,
): Promise<{ readonly name: string; readonly value: string }> {
  const { cookies } = await signedInWith(engine, person, (url, json) =>
    engine.post(url, { ...json, session: "cookie" }, { "sec-fetch-site": "same-origin" }),
  );
  const [, name = "", value = ""] = /^([^=]+_access)=([^;]+)/m.exec(cookies.join("\n")) ?? [];
  return { name, value };
}

/** The engine with headers that every request has unless it says otherwise. */
export function withCredentials(engine: EngineUnderTest, credentials: Partial<Credentials>): EngineUnderTest {
  const headers = (own: TestRequest["headers"] = {}): Record<string, string> => ({ ...credentials, ...own });
  const send = (request: TestRequest): Promise<TestAnswer> =>
    engine.send({ ...request, headers: headers(request.headers) });
  return {
    ...engine,
    accounts: engine.accounts,
    send,
    get: (url, own) => send({ url, headers: headers(own) }),
    post: (url, json, own) => send({ method: "POST", url, json, headers: headers(own) }),
    put: (url, json, own) => send({ method: "PUT", url, json, headers: headers(own) }),
    patch: (url, json, own) => send({ method: "PATCH", url, json, headers: headers(own) }),
    delete: (url, own) => send({ method: "DELETE", url, headers: headers(own) }),
  };
}
