import { expect } from "vitest";

/** The token of the link that `servery dev` prints for a new account, as soon as it is printed. */
async function printedToken(output: () => string): Promise<string> {
  const link = /verify-email\?token=(svvf_[\w-]+)/;
  await expect.poll(output).toMatch(link);
  return link.exec(output())?.[1] ?? "";
}

/** Proves the address of the account that has just signed up, as its owner does by opening the printed link. */
export async function verifyPrinted(url: string, output: () => string): Promise<void> {
  const verified = await fetch(`${url}/api/auth/verify`, {
    method: "POST",
    body: JSON.stringify({ token: await printedToken(output) }),
    headers: { "content-type": "application/json" },
  });
  expect([verified.status, await verified.text()]).toEqual([204, ""]);
}
