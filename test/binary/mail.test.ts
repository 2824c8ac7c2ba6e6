import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { type KeptMail, OutboxRepository } from "#servery/repository/outbox-repository.js";
import { openMailServer } from "../mail/mail-server.ts";
import { applicationFolder, ran, servery } from "./process.ts";

const link = "https://shop.example.com/verify-email?token=abc";
const mail = { id: "1", to: "ada@example.com", subject: "Hello\u001b[2J", text: `Open\n${link}\n`, html: undefined };

/** An application in whose outbox a mail waits. */
async function waitingMail(): Promise<string> {
  const folder = applicationFolder();
  expect((await ran(["seed", folder])).code).toBe(0);
  await inOutbox(folder, (outbox) => outbox.post({ ...mail, postedAt: Date.now() }));
  return folder;
}

async function inOutbox<Result>(folder: string, work: (outbox: OutboxRepository) => Promise<Result>): Promise<Result> {
  const database = await openSqlite({ path: join(folder, ".servery", "data.db"), driver: "auto" });
  try {
    return await work(new OutboxRepository(database));
  } finally {
    await database.close();
  }
}

async function keptIn(folder: string): Promise<KeptMail[]> {
  return inOutbox(folder, (outbox) => outbox.recent(10));
}

test("dev prints a mail with its link, sends nothing, and keeps it", async () => {
  const folder = await waitingMail();
  const running = servery(["dev", folder], { PORT: "0" });
  await expect.poll(running.output).toContain(`\n      ${link}\n`);
  expect(running.output()).toContain("mail to ada@example.com: Hello\\u{1b}[2J\n");
  await running.url();
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(0);
  expect(await keptIn(folder)).toMatchObject([{ state: "sent", text: mail.text }]);
});

test("start sends what waits through its mail server, seed does not, and none of them prints the password", async () => {
  const folder = await waitingMail();
  const server = await openMailServer({
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, callback) => {
      if (password === "pass-word-1") callback(null, { user: "shop" });
      else callback(new Error("wrong"));
    },
  });
  const settings = {
    PORT: "0",
    SERVERY_MAIL_URL: `smtp://shop:pass-word-1@127.0.0.1:${server.port}`,
    SERVERY_MAIL_FROM: "Notes <notes@example.com>",
  };
  const seeded = await ran(["seed", folder], settings);
  expect(seeded.code).toBe(0);
  expect(server.received).toEqual([]);
  expect(await keptIn(folder)).toMatchObject([{ state: "waiting", attempts: 0 }]);
  const running = servery(["start", folder], settings);
  await expect.poll(() => server.received.length).toBe(1);
  await running.url();
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(0);
  expect(server.received).toMatchObject([{ from: "notes@example.com", to: ["ada@example.com"], user: "shop" }]);
  expect(await keptIn(folder)).toMatchObject([{ state: "sent", text: "" }]);
  expect(`${seeded.stdout}${seeded.stderr}${running.output()}`).not.toMatch(/pass-word-1|token=abc/);
});
