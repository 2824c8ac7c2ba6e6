import { expect, test } from "vitest";
import { challengeIn, randomHandle, relyingParty, verifyRegistration } from "#servery/auth/passkeys.js";
import { Authenticator, type Oddities } from "../accounts/authenticator.ts";

const ORIGIN = "https://servery.test";

test.each([
  ['{"challenge":"abc"}', "abc"],
  ['{"challenge":7}', undefined],
  ['{"challenge":["abc"]}', undefined],
  ["{}", undefined],
  ["null", undefined],
  ['"challenge"', undefined],
  ["{", undefined],
])("the challenge in %s is %s", (text, challenge) => {
  expect(challengeIn({ clientDataJSON: Buffer.from(text).toString("base64url") })).toBe(challenge);
});

function registered(odd: Oddities): Promise<unknown> {
  const party = relyingParty(ORIGIN, "Servery");
  if ("impossible" in party) throw new Error(party.impossible);
  const challenge = randomHandle();
  const response = new Authenticator(ORIGIN).create({ challenge, rp: party }, odd);
  return verifyRegistration(party, challenge, response as never);
}

test("an attestation that comes along unasked must hold", async () => {
  await expect(registered({})).resolves.toMatchObject({ counter: 0 });
  await expect(registered({ attested: "rightly" })).resolves.toMatchObject({ counter: 0 });
  await expect(registered({ attested: "wrongly" })).rejects.toThrow("the attestation does not hold");
});
