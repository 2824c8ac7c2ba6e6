import { createServer, type Server } from "node:http";
import { text as wholeText } from "node:stream/consumers";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { AccountWorld } from "./world.ts";

/** What a page of an application does, with nothing but what browsers bring. */
const SCRIPT = `
const send = async (path, body) => {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const json = await answer.json();
  return { status: answer.status, json };
};
globalThis.register = async (label) => {
  const { json } = await send("/api/auth/passkeys/register");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const credential = await navigator.credentials.create({ publicKey });
  return send("/api/auth/passkeys/register/verify", { credential: credential.toJSON(), label });
};
globalThis.signIn = async () => {
  const { json } = await send("/api/auth/sign-in/passkey");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
  const credential = await navigator.credentials.get({ publicKey });
  return send("/api/auth/sign-in/passkey/verify", { credential: credential.toJSON(), session: "cookie" });
};
globalThis.list = async () => (await fetch("/api/auth/passkeys")).json();
`;
const PAGE = `<!doctype html><title>A page</title><link rel="icon" href="data:,"><script>${SCRIPT}</script>`;

interface PageCode {
  register(label: string): Promise<{ readonly status: number; readonly json: unknown }>;
  signIn(): Promise<{ readonly status: number; readonly json: unknown }>;
  list(): Promise<readonly { readonly label: string; readonly last_used_at: string | null }[]>;
}

describe.skipIf(chromiumPath === undefined)(`passkeys in a browser ${NEEDS_CHROMIUM}`, () => {
  let world: AccountWorld;
  let site: Server;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    // The page and the API have one origin, as they have behind one public URL.
    site = createServer((request, response) => {
      const { method = "GET", url = "/", headers } = request;
      if (!url.startsWith("/api/")) {
        response.setHeader("content-type", "text/html");
        response.end(PAGE);
        return;
      }
      void wholeText(request).then(async (body) => {
        const sent: Record<string, string> = {};
        for (const name of ["cookie", "origin", "host", "sec-fetch-site"])
          if (typeof headers[name] === "string") sent[name] = headers[name];
        const json: unknown = body === "" ? undefined : JSON.parse(body);
        const answer = await world.send({ method, url, headers: sent, json });
        response.writeHead(answer.status, { ...answer.headers, "set-cookie": [...answer.cookies] });
        response.end(answer.text);
      });
    });
    await new Promise<void>((resolve) => {
      site.listen(0, "127.0.0.1", resolve);
    });
    const address = site.address();
    // A passkey needs a named host, and of those without https browsers trust this one alone.
    origin = `http://localhost:${typeof address === "object" && address !== null ? address.port : 0}`;
    world = await AccountWorld.open({ publicUrl: origin });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    site.close();
    await world.close();
  });

  interface Visitor {
    readonly page: Page;
    readonly device: CDPSession;
    readonly authenticatorId: string;
  }

  /** A page with an authenticator of its own. */
  async function visit(session: string | undefined, verified: boolean): Promise<Visitor> {
    const context = await browser.newContext();
    if (session !== undefined) await context.addCookies([{ name: "servery_access", value: session, url: origin }]);
    const page = await context.newPage();
    await page.goto(origin);
    const device = await context.newCDPSession(page);
    await device.send("WebAuthn.enable");
    const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: verified,
        automaticPresenceSimulation: true,
      },
    });
    return { page, device, authenticatorId };
  }

  test("a passkey is made, and signs somebody in who says no name", async () => {
    const { id, session } = await world.person("anna@example.com");
    const { page, device, authenticatorId } = await visit(session, true);
    const made = await page.evaluate(() => (globalThis as unknown as PageCode).register("This laptop"));
    expect(made).toMatchObject({ status: 201, json: { label: "This laptop", transports: ["internal"] } });
    const { credentials } = await device.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials).toMatchObject([
      { rpId: "localhost", isResidentCredential: true, userName: "anna@example.com" },
    ]);

    await page.context().clearCookies();
    const unknown = await page.evaluate(() => (globalThis as unknown as PageCode).list());
    expect(unknown).toMatchObject({ code: "sign_in_required" });
    const signed = await page.evaluate(() => (globalThis as unknown as PageCode).signIn());
    expect(signed).toMatchObject({ status: 200, json: { user: { id } } });
    const listed = await page.evaluate(() => (globalThis as unknown as PageCode).list());
    expect(listed).toMatchObject([{ label: "This laptop", last_used_at: new Date(world.now).toISOString() }]);

    const again = await page.evaluate(() =>
      (globalThis as unknown as PageCode).register("Twice").catch((error: unknown) => (error as Error).name),
    );
    expect(again).toBe("InvalidStateError");
    expect(world.engine.faults).toEqual([]);
  });

  test("a device that was copied: the copy whose counter is behind stays outside", async () => {
    const { session } = await world.person("ben@example.com");
    const { page, device, authenticatorId } = await visit(session, true);
    await page.evaluate(() => (globalThis as unknown as PageCode).register("Mine"));
    const { credentials } = await device.send("WebAuthn.getCredentials", { authenticatorId });
    const [copy] = credentials;
    if (copy === undefined) throw new Error("the authenticator holds nothing");
    for (let time = 0; time < 2; time++) {
      const signed = await page.evaluate(() => (globalThis as unknown as PageCode).signIn());
      expect(signed.status).toBe(200);
    }
    const thief = await visit(undefined, true);
    await thief.device.send("WebAuthn.addCredential", { authenticatorId: thief.authenticatorId, credential: copy });
    const refused = await thief.page.evaluate(() => (globalThis as unknown as PageCode).signIn());
    expect(refused).toMatchObject({ status: 401, json: { code: "passkey_refused" } });
    expect(world.observed).toContainEqual(
      expect.objectContaining({ is: "passkey_refused", reason: "counter_went_back" }),
    );
  });

  test("an authenticator that cannot verify its user makes none", async () => {
    const { session } = await world.person("cleo@example.com");
    const { page } = await visit(session, false);
    const refused = await page.evaluate(() =>
      (globalThis as unknown as PageCode).register("Mine").catch((error: unknown) => (error as Error).name),
    );
    expect(refused).toBe("NotAllowedError");
    const listed = await page.evaluate(() => (globalThis as unknown as PageCode).list());
    expect(listed).toEqual([]);
  });
});
