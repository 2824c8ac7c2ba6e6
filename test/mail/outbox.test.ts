import { smtpTransport } from "servery";
import { expect, test } from "vitest";
import { MailRejected } from "#servery/mail/mail.js";
import { describeEachAdapter } from "../database/adapters.ts";
import { startFixture } from "../database/fixtures.ts";
import { temporaryFolder } from "../database/temporary.ts";
import { join } from "node:path";
import { collectingTransport, holdingTransport, letter, openMailEngine } from "./mail-engine.ts";
import { openMailServer } from "./mail-server.ts";
import { ManualClock } from "./manual-clock.ts";

const PAUSES = [1_000, 10_000, 60_000, 600_000, 3_600_000];
const LEASE = 300_000;

test("a post is fulfilled while the mail is still on its way", async () => {
  const transport = holdingTransport();
  const at = await openMailEngine({ transport });
  await at.engine.outbox.post(letter);
  await transport.held;
  expect(await at.engine.outbox.recent()).toMatchObject([{ to: letter.to, state: "waiting", attempts: 1 }]);
  expect(at.told).toEqual([]);
  transport.release();
  await at.until("sent");
});

test("a mail is tried again after growing pauses, then given up, and its text goes", async () => {
  const transport = collectingTransport(() => new Error("no room"));
  const at = await openMailEngine({ transport });
  await at.engine.outbox.post({ ...letter, html: "<p>secret-1</p>" });
  for (const [failed, pause] of PAUSES.entries()) {
    // An attempt has a timer too, until it has failed.
    await at.until("later", failed + 1);
    await at.clock.untilPlanned(pause);
    expect(at.clock.planned).toEqual([pause]);
    expect(transport.attempts).toBe(failed + 1);
    // Not a moment too early.
    at.clock.advance(pause - 1);
    expect(at.clock.planned).toEqual([pause]);
    at.clock.advance(1);
  }
  await at.until("given_up");
  expect(transport.attempts).toBe(PAUSES.length + 1);
  expect(at.told.map(({ outcome }) => outcome)).toEqual([...PAUSES.map(() => "later"), "given_up"]);
  expect(await at.engine.outbox.recent()).toMatchObject([
    { state: "given_up", attempts: 6, error: "no room", text: "", html: undefined, subject: letter.subject },
  ]);
  expect(at.faults).toEqual([]);
});

test("an outbox with nothing to do has no timer", async () => {
  const at = await openMailEngine({ transport: collectingTransport() });
  expect(at.clock.planned).toEqual([]);
  for (let count = 1; count <= 3; count++) {
    await at.engine.outbox.post(letter);
    await at.until("sent", count);
  }
  await at.engine.close();
  expect(at.clock.planned).toEqual([]);
});

test("what the database holds after sending has no word of the mail in production, and all of it in development", async () => {
  for (const keepTexts of [false, true]) {
    const at = await openMailEngine({ transport: collectingTransport(), keepTexts });
    await at.engine.outbox.post({ ...letter, html: "<p>secret-1</p>" });
    await at.until("sent");
    const [kept] = await at.engine.outbox.recent();
    expect(kept).toMatchObject({ to: letter.to, subject: letter.subject, state: "sent", attempts: 1 });
    expect(kept).toMatchObject(
      keepTexts ? { text: letter.text, html: "<p>secret-1</p>" } : { text: "", html: undefined },
    );
  }
});

test("the last 100 mails stay, the newest first", async () => {
  const at = await openMailEngine({ transport: collectingTransport(), keepTexts: true });
  for (let number = 1; number <= 104; number++) {
    at.clock.advance(1);
    await at.engine.outbox.post({ ...letter, subject: `Mail ${number}` });
    await at.until("sent", number);
  }
  const subjects = (await at.engine.outbox.recent()).map(({ subject }) => subject);
  expect(subjects).toEqual(Array.from({ length: 100 }, (_each, back) => `Mail ${104 - back}`));
});

test("without a way to send, mails wait, and that is told once; the next start with one sends them", async () => {
  const before = await openMailEngine({ transport: undefined });
  await before.engine.outbox.post(letter);
  await before.engine.outbox.post({ ...letter, to: "grace@example.com" });
  expect(before.told).toEqual([{ is: "mail", outcome: "waiting" }]);
  expect(await before.engine.outbox.recent()).toMatchObject([
    { state: "waiting", attempts: 0, text: letter.text },
    { state: "waiting", attempts: 0, text: letter.text },
  ]);
  await before.engine.close();
  const transport = collectingTransport();
  const after = await openMailEngine({ transport, path: before.path, clock: new ManualClock(Date.now()) });
  await after.until("sent", 2);
  expect(transport.taken.map(({ to }) => to).toSorted()).toEqual(["ada@example.com", "grace@example.com"]);
});

test("closing cuts a mail that hangs, and the next engine sends it at once", async () => {
  const hanging = holdingTransport();
  const at = await openMailEngine({ transport: hanging });
  await at.engine.outbox.post(letter);
  await hanging.held;
  const closed = at.engine.close();
  await at.clock.untilPlanned(2_000);
  at.clock.advance(2_000);
  await closed;
  expect(at.clock.planned).toEqual([]);
  expect(at.faults).toEqual([]);
  const transport = collectingTransport();
  const next = await openMailEngine({ transport, path: at.path, clock: at.clock });
  await next.until("sent");
  // The attempt that was cut does not count.
  expect(next.told).toMatchObject([{ outcome: "sent", attempts: 1 }]);
});

test("closing lets a mail on its way arrive", async () => {
  const transport = holdingTransport();
  const at = await openMailEngine({ transport });
  await at.engine.outbox.post(letter);
  await transport.held;
  const closed = at.engine.close();
  await at.clock.untilPlanned(2_000);
  transport.release();
  await closed;
  expect(at.told).toMatchObject([{ outcome: "sent" }]);
});

test("closing while a mail waits for its next attempt leaves no timer and keeps the mail", async () => {
  const at = await openMailEngine({ transport: collectingTransport(() => new Error("down")) });
  await at.engine.outbox.post(letter);
  await at.clock.untilPlanned(1_000);
  await at.engine.close();
  expect(at.clock.planned).toEqual([]);
  at.clock.advance(1_000);
  const transport = collectingTransport();
  const next = await openMailEngine({ transport, path: at.path, clock: at.clock });
  await next.until("sent");
  expect(next.told).toMatchObject([{ outcome: "sent", attempts: 2 }]);
});

test("a refusal for good is not tried again", async () => {
  const transport = collectingTransport(() => new MailRejected("no such user"));
  const at = await openMailEngine({ transport });
  await at.engine.outbox.post(letter);
  await at.until("given_up");
  expect(transport.attempts).toBe(1);
  expect(at.clock.planned).toEqual([]);
});

test("every attempt has the same Message-ID", async () => {
  const ids: string[] = [];
  const transport = collectingTransport((mail, attempt) => {
    ids.push(mail.messageId);
    return attempt === 1 ? new Error("later") : undefined;
  });
  const at = await openMailEngine({ transport });
  await at.engine.outbox.post(letter);
  await at.clock.untilPlanned(1_000);
  at.clock.advance(1_000);
  await at.until("sent");
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test("a sender that is no address, or a public URL that is no origin, stops the start", async () => {
  const transport = collectingTransport();
  for (const from of ["", "shop", "Shop <shop@example.com>, x@example.com", "Shop\r\nBcc: x <shop@example.com>"])
    await expect(openMailEngine({ transport, from }), from).rejects.toThrow("mail.from");
  for (const publicUrl of [
    "shop.example.com",
    "ftp://shop.example.com",
    "https://shop.example.com/a",
    "https://a@b.example",
  ])
    await expect(openMailEngine({ transport, engine: { publicUrl } }), publicUrl).rejects.toThrow("publicUrl");
  const at = await openMailEngine({ transport, engine: { publicUrl: "https://shop.example.com/" } });
  expect(at.engine.publicUrl()).toBe("https://shop.example.com");
});

describeEachAdapter("mails in one database", ({ preference }) => {
  const engine = { sqliteDriver: preference };

  test("two engines send each mail once", async () => {
    const server = await openMailServer();
    const transport = smtpTransport({ url: `smtp://127.0.0.1:${server.port}` });
    const one = await openMailEngine({ transport, engine });
    const other = await openMailEngine({ transport, engine, path: one.path });
    const COUNT = 40;
    await Promise.all(
      Array.from({ length: COUNT }, (_each, number) =>
        (number % 2 === 0 ? one : other).engine.outbox.post({ ...letter, to: `user${number}@example.com` }),
      ),
    );
    const sentBy = (): number => [...one.told, ...other.told].filter(({ outcome }) => outcome === "sent").length;
    // Each hears of its own alone: whichever comes to an end, both are asked.
    await expect.poll(sentBy).toBe(COUNT);
    expect(server.received).toHaveLength(COUNT);
    expect(new Set(server.received.map(({ to }) => to[0])).size).toBe(COUNT);
    expect([...one.faults, ...other.faults]).toEqual([]);
  });

  test("a process that dies when the mail is stored: the next engine sends it", async () => {
    const path = await databaseOfDead(preference, "stored");
    const transport = collectingTransport();
    const at = await openMailEngine({ transport, path, clock: new ManualClock(Date.now()), engine });
    await at.until("sent");
    expect(transport.taken).toMatchObject([{ to: "ada@example.com", subject: "Hello", text: "secret-1" }]);
  });

  test("a process that dies while it sends: the mail is its own for 5 minutes, then the next engine sends it", async () => {
    const path = await databaseOfDead(preference, "sending");
    const transport = collectingTransport();
    const clock = new ManualClock(Date.now());
    const at = await openMailEngine({ transport, path, clock, engine });
    await expect.poll(() => clock.planned.length).toBe(1);
    expect(transport.taken).toEqual([]);
    clock.advance(LEASE);
    await at.until("sent");
    expect(transport.taken.map(({ to }) => to)).toEqual(["ada@example.com"]);
  });
});

/** A database in which a process posted a mail, and was killed at that moment. */
async function databaseOfDead(sqliteDriver: string, moment: "stored" | "sending"): Promise<string> {
  const path = join(temporaryFolder(), "data.db");
  const options = JSON.stringify({ database: `sqlite:${path}`, sqliteDriver, moment });
  const child = startFixture("../../mail/fixtures/dying-sender.mjs", [options]);
  await new Promise<void>((resolve) => {
    child.stdout?.once("data", () => resolve());
  });
  const ended = new Promise((resolve) => {
    child.once("close", resolve);
  });
  child.kill("SIGKILL");
  await ended;
  return path;
}
