import { email, everyone, servery, table, text } from "servery";
import { describe, expect, it } from "vitest";
import { partOf } from "../mail/mail-server.ts";
import { codeOf, PASSWORD, verified } from "./declaration.ts";
import { masked, type MailedEngine, openMailed, ORIGIN } from "./mailed.ts";

const HOUR_MS = 3_600_000;

const signUp = ({ engine }: MailedEngine, name: string, address = `${name}@example.com`) =>
  engine.post("/api/auth/sign-up", { username: name, email: address, password: PASSWORD });
const signIn = ({ engine }: MailedEngine, name: string) =>
  engine.post("/api/auth/sign-in", { email: `${name}@example.com`, password: PASSWORD });
const verify = ({ engine }: MailedEngine, token: string) => engine.post("/api/auth/verify", { token });
const resend = ({ engine }: MailedEngine, address: string) =>
  engine.post("/api/auth/verify/resend", { email: address });

describe("verifying an address", () => {
  it("takes the token of the mail once", async () => {
    const mailed = await openMailed(verified);
    expect((await signUp(mailed, "alice")).status).toBe(202);
    const token = await mailed.token(1);
    const [mail] = await mailed.mails(1);
    expect(mail?.to).toEqual(["alice@example.com"]);
    expect(mail === undefined ? "" : partOf(mail, "text/plain")).toContain(`${ORIGIN}/verify-email?token=${token}`);
    expect((await signIn(mailed, "alice")).status).toBe(403);
    expect((await verify(mailed, token)).status).toBe(204);
    expect((await signIn(mailed, "alice")).status).toBe(200);
    const again = await verify(mailed, token);
    expect([again.status, codeOf(again)]).toEqual([400, "link_over"]);
    expect(mailed.engine.faults).toEqual([]);
  });

  it("is not done by opening the link, which needs no inline script", async () => {
    const mailed = await openMailed(verified, { docs: false });
    await signUp(mailed, "bob");
    const token = await mailed.token(1);
    for (const path of ["/verify-email", "/reset-password"]) {
      const page = await mailed.engine.get(`${path}?token=${token}`);
      expect(page.status).toBe(200);
      expect(page.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
      expect(page.headers["content-security-policy"]).toContain("script-src 'self'");
      expect(page.text).not.toMatch(/<script(?![^>]* src=)|onclick|style=/);
      for (const [, file] of page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g))
        expect((await mailed.engine.get(file ?? "")).status).toBe(200);
      expect(page.text).toContain(path === "/verify-email" ? "/api/auth/verify" : "/api/auth/reset/confirm");
    }
    expect((await signIn(mailed, "bob")).status).toBe(403);
    expect((await verify(mailed, token)).status).toBe(204);
  });

  it("ends after 24 hours, and with a newer mail", async () => {
    const mailed = await openMailed(verified);
    await signUp(mailed, "carol");
    const first = await mailed.token(1);
    expect((await resend(mailed, "carol@example.com")).status).toBe(202);
    const second = await mailed.token(2);
    expect(codeOf(await verify(mailed, first))).toBe("link_over");
    mailed.clock.now += 24 * HOUR_MS;
    expect(codeOf(await verify(mailed, second))).toBe("link_over");
    await resend(mailed, "carol@example.com");
    mailed.clock.now += 24 * HOUR_MS - 1;
    expect((await verify(mailed, await mailed.token(3))).status).toBe(204);
  });

  it("answers a request for another mail alike for everybody, and mails only whom it helps", async () => {
    const mailed = await openMailed(verified);
    await signUp(mailed, "dave");
    await signUp(mailed, "erin");
    await mailed.mails(2);
    await mailed.engine.accounts.verify({ identifier: "erin@example.com" });
    const open = await resend(mailed, "dave@example.com");
    expect(open.status).toBe(202);
    for (const address of ["erin@example.com", "nobody@example.com", "no address at all\0"]) {
      const answer = await resend(mailed, address);
      expect(masked(answer)).toEqual(masked(open));
      expect(answer.sql).toEqual(open.sql);
    }
    expect((await mailed.mails(3)).map(({ to }) => to)[2]).toEqual(["dave@example.com"]);
    // What comes last shows that nothing came in between.
    await resend(mailed, "dave@example.com");
    expect((await mailed.mails(4)).map(({ to }) => to).flat()).not.toContain("nobody@example.com");
    expect(await mailed.mails(4)).toHaveLength(4);
  });

  it("writes to one address only so often, and tells nobody", async () => {
    const mailed = await openMailed(verified);
    const first = await signUp(mailed, "mallory", "victim@example.com");
    for (let count = 0; count < 8; count++)
      expect(masked(await signUp(mailed, `m${count}`, "victim@example.com"))).toEqual(masked(first));
    const before = await mailed.token(1);
    expect((await verify(mailed, before)).status).toBe(204);
    await signUp(mailed, "last");
    // The one that verifies, and as many as may be of those that say that there is an account.
    const received = await mailed.mails(7);
    expect(received.filter(({ to }) => to[0] === "victim@example.com")).toHaveLength(6);
    mailed.clock.now += 600_000;
    await signUp(mailed, "more", "victim@example.com");
    expect(await mailed.mails(8)).toHaveLength(8);
  });

  it("answers an address that no mail reaches alike", async () => {
    const mailed = await openMailed(verified);
    const plain = await signUp(mailed, "frank");
    const strange = await signUp(mailed, "grace", "grâce@example.com");
    expect(masked(strange)).toEqual(masked(plain));
    expect(masked(await signUp(mailed, "heidi", "grâce@example.com"))).toEqual(masked(plain));
    expect(mailed.engine.faults).toEqual([]);
  });

  it("holds only for the address that the mail went to", async () => {
    const mailed = await openMailed(verified);
    await signUp(mailed, "ivan");
    const token = await mailed.token(1);
    const [row] = (await mailed.engine.get("/api/users?username=ivan")).json as { id: number }[];
    await mailed.engine.patch(`/api/users/${row?.id}`, { email: "other@example.com" });
    expect(codeOf(await verify(mailed, token))).toBe("link_over");
  });

  it("goes to the address of accounts that sign in with a name, whose taken name is no secret", async () => {
    const named = servery({
      tables: {
        staff: table({ login: text(30).unique(), email: email().unique() })
          .accounts({ identifier: "login" })
          .allow({ read: everyone, create: everyone }),
      },
    });
    const mailed = await openMailed(named);
    const join = (login: string, address: string) =>
      mailed.engine.post("/api/auth/sign-up", { login, email: address, password: PASSWORD });
    const fresh = await join("judy", "judy@example.com");
    expect(fresh.status).toBe(202);
    expect(masked(await join("other", "judy@example.com"))).toEqual(masked(fresh));
    expect((await join("judy", "new@example.com")).status).toBe(409);
    const received = await mailed.mails(2);
    expect(received.map(({ to }) => to[0])).toEqual(["judy@example.com", "judy@example.com"]);
    expect((await verify(mailed, await mailed.token(1))).status).toBe(204);
    expect((await mailed.engine.post("/api/auth/verify/resend", { login: "judy" })).status).toBe(202);
  });

  it("refuses what is no token like one that is over, with no statement", async () => {
    const mailed = await openMailed(verified);
    const answer = await verify(mailed, "svvf_nothing");
    expect([answer.status, codeOf(answer), answer.sql]).toEqual([400, "link_over", []]);
  });
});
