import { expect, test } from "vitest";
import { codeOf as code } from "./declaration.ts";
import { type Answered, AccountWorld } from "./world.ts";

const REGISTER = "/api/auth/passkeys/register";
const SIGN_IN = "/api/auth/sign-in/passkey";

const codeOf = (answer: Answered): unknown => [answer.status, code(answer)];

test("these routes take no parameters, and keep no answer", async () => {
  const world = await AccountWorld.open();
  const anna = await world.person("anna@example.com");
  const answers = [
    await world.post(`${SIGN_IN}?x=1`),
    await world.post(`${REGISTER}?x=1`, undefined, anna.session),
    await world.send({ url: "/api/auth/passkeys?x=1", session: anna.session }),
  ];
  expect(answers.map(codeOf)).toEqual(answers.map(() => [400, "unknown_parameter"]));
  const kept = await world.send({ method: "POST", url: SIGN_IN, headers: { "idempotency-key": "one" } });
  expect(codeOf(kept)).toEqual([400, "invalid_idempotency_key"]);
  await world.close();
});

test.each([
  ["http://servery.test", /https/],
  ["https://192.0.2.7", /address/],
  ["http://[::1]:5000", /address/],
])("%s has no passkeys, and says why", async (publicUrl, why) => {
  const other = await AccountWorld.open({ publicUrl });
  const answer = await other.post(SIGN_IN);
  expect(codeOf(answer)).toEqual([404, "passkeys_unavailable"]);
  expect((answer.json as { readonly detail: string }).detail).toMatch(why);
  await other.close();
});

test.each([
  [[], "type"],
  [{}, "required"],
  [{ credential: null }, "invalid"],
  [{ credential: { id: "a", rawId: "b", type: "public-key", response: {} } }, "invalid"],
  [{ credential: { id: "a", rawId: "a", type: "public-key", response: { clientDataJSON: 1 } } }, "invalid"],
  [{ credential: { id: "é", rawId: "é", type: "public-key", response: {} } }, "invalid"],
])("a body that is none: %j", async (json, code) => {
  const world = await AccountWorld.open();
  const answer = await world.post(`${SIGN_IN}/verify`, json);
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ code: "invalid_data", errors: [{ code }] });
  await world.close();
});
