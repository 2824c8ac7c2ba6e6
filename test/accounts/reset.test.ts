import { describe, expect, it } from "vitest";
import { partOf } from "../mail/mail-server.ts";
import { bearer, codeOf, PASSWORD, people, signIn, signUp, verified } from "./declaration.ts";
import { masked, type MailedEngine, openMailed, ORIGIN } from "./mailed.ts";

const HOUR_MS = 3_600_000;
const NEW = "quite another phrase";

const ask = ({ engine }: MailedEngine, address: string) => engine.post("/api/auth/reset", { email: address });
const confirm = ({ engine }: MailedEngine, token: string, password = NEW) =>
  engine.post("/api/auth/reset/confirm", { token, password });

describe("a new password by mail", () => {
  it("ends every session, works once, and is told", async () => {
    const mailed = await openMailed(people);
    const { engine } = mailed;
    const tokens = await signUp(engine, "alice");
    expect((await ask(mailed, "Alice@example.com")).status).toBe(202);
    const token = await mailed.token(1);
    const [mail] = await mailed.mails(1);
    expect(mail?.to).toEqual(["alice@example.com"]);
    expect(mail === undefined ? "" : partOf(mail, "text/plain")).toContain(`${ORIGIN}/reset-password?token=`);
    expect((await engine.get("/api/auth/me", bearer(tokens))).status).toBe(200);
    expect((await confirm(mailed, token)).status).toBe(204);
    expect((await engine.get("/api/auth/me", bearer(tokens))).status).toBe(401);
    expect((await engine.post("/api/auth/refresh", { refresh_token: tokens.refresh_token })).status).toBe(401);
    await expect(signIn(engine, "alice")).rejects.toThrow("invalid_credentials");
    expect((await engine.post("/api/auth/sign-in", { email: "alice@example.com", password: NEW })).status).toBe(200);
    expect(codeOf(await confirm(mailed, token, "yet another phrase"))).toBe("link_over");
    const told = (await mailed.mails(2))[1];
    expect(told === undefined ? "" : partOf(told, "text/plain")).toContain("was changed just now");
    expect(engine.faults).toEqual([]);
  });

  it("answers alike for known and unknown, with the same statements, and mails only the known", async () => {
    const mailed = await openMailed(people);
    const { engine } = mailed;
    await signUp(engine, "bob");
    await signUp(engine, "disabled");
    await engine.accounts.disable({ identifier: "disabled@example.com" });
    const known = await ask(mailed, "bob@example.com");
    for (const address of ["nobody@example.com", "disabled@example.com", "x\0y"]) {
      const answer = await ask(mailed, address);
      expect(masked(answer)).toEqual(masked(known));
      expect(answer.sql).toEqual(known.sql);
    }
    await ask(mailed, "bob@example.com");
    expect((await mailed.mails(2)).map(({ to }) => to)).toEqual([["bob@example.com"], ["bob@example.com"]]);
    // No account was made for nobody, so nobody can sign in by it.
    expect((await engine.get("/api/users")).json).toHaveLength(2);
  });

  it("ends after an hour, and with a newer mail", async () => {
    const mailed = await openMailed(people);
    await signUp(mailed.engine, "carol");
    await ask(mailed, "carol@example.com");
    const first = await mailed.token(1);
    await ask(mailed, "carol@example.com");
    const second = await mailed.token(2);
    expect(codeOf(await confirm(mailed, first))).toBe("link_over");
    mailed.clock.now += HOUR_MS;
    expect(codeOf(await confirm(mailed, second))).toBe("link_over");
    await ask(mailed, "carol@example.com");
    mailed.clock.now += HOUR_MS - 1;
    expect((await confirm(mailed, await mailed.token(3))).status).toBe(204);
  });

  it("is taken by one of twenty at once", async () => {
    const mailed = await openMailed(people);
    await signUp(mailed.engine, "dave");
    await ask(mailed, "dave@example.com");
    const token = await mailed.token(1);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => confirm(mailed, token, `password number ${at}`)),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 204)).toHaveLength(1);
  });

  it("verifies the address, also of a row that was made without an account", async () => {
    const mailed = await openMailed(verified);
    const { engine } = mailed;
    const row = { username: "root", email: "root@example.com" };
    await engine.accounts.create({ row, password: PASSWORD, roles: ["admin"], verified: true });
    const erin = { username: "erin", email: "erin@example.com" };
    expect((await engine.post("/api/users", erin, bearer(await signIn(engine, "root")))).status).toBe(201);
    await ask(mailed, "erin@example.com");
    expect((await confirm(mailed, await mailed.token(1))).status).toBe(204);
    expect((await engine.post("/api/auth/sign-in", { email: "erin@example.com", password: NEW })).status).toBe(200);
  });

  it("holds the new password to the rules, and a token of another kind opens nothing", async () => {
    const mailed = await openMailed(verified);
    await mailed.engine.post("/api/auth/sign-up", {
      username: "frank",
      email: "frank@example.com",
      password: PASSWORD,
    });
    const verification = await mailed.token(1);
    expect(codeOf(await confirm(mailed, verification))).toBe("link_over");
    expect(codeOf(await confirm(mailed, verification.replace("svvf_", "svrs_")))).toBe("link_over");
    await ask(mailed, "frank@example.com");
    const token = await mailed.token(2);
    const answers = [await confirm(mailed, token, "short"), await confirm(mailed, token, "frank@example.com")];
    for (const answer of answers)
      expect(answer.json).toMatchObject({ code: "invalid_data", errors: [{ pointer: "/password" }] });
    expect((await confirm(mailed, token)).status).toBe(204);
    // The newer link ended the older one of the other kind too.
    expect((await mailed.engine.post("/api/auth/verify", { token: verification })).status).toBe(400);
  });

  it("can be asked for only so often from one address", async () => {
    const mailed = await openMailed(people);
    const statuses = new Set<number>();
    for (let count = 0; count < 31; count++) statuses.add((await ask(mailed, `n${count}@example.com`)).status);
    expect([...statuses]).toEqual([202, 429]);
    mailed.clock.now += 6_000;
    expect((await ask(mailed, "n@example.com")).status).toBe(202);
  });
});
