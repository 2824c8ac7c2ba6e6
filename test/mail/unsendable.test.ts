import { expect, test } from "vitest";
import { decideSettings } from "#servery/config/settings.js";
import { isMailAddress, senderOf } from "#servery/schema/mail-address.js";
import { collectingTransport, letter, openMailEngine } from "./mail-engine.ts";

const addresses = [
  "",
  "ada",
  "@example.com",
  "ada@",
  "ada@example.com\r\nBcc: eve@example.com",
  "ada@example.com\nBcc: eve@example.com",
  "ada@example.com\r",
  "\nada@example.com",
  "ada@example.com\0",
  "ada@example.com%0d%0aBcc:eve@example.com",
  "ada@example.com,eve@example.com",
  "ada@example.com, eve@example.com",
  "ada@example.com;eve@example.com",
  "ada@example.com eve@example.com",
  "Ada <ada@example.com>",
  "<ada@example.com>",
  "ada@example.com <eve@example.com>",
  '"ada, eve"@example.com',
  '"ada@example.com"@eve.example',
  "ada@eve.example@example.com",
  "group:ada@example.com,eve@example.com;",
  "ada(comment)@example.com",
  "ada@[127.0.0.1]",
  "ada@example..com",
  "ada@-example.com",
  "ada@example.com.",
  "ädä@example.com",
  "ada@exämple.com",
  "ada@example.com\u2028Bcc: eve@example.com",
  "ada\u200b@example.com",
  "ａda@example.com",
  "-oX/tmp/x@example.com",
  `${"a".repeat(65)}@example.com`,
  `ada@${"a".repeat(64)}.com`,
  `ada@${"abc.".repeat(80)}com`,
];

test.each(addresses.map((address) => [address]))("%j is not one address: nothing is stored", async (to) => {
  const transport = collectingTransport();
  const at = await openMailEngine({ transport });
  await expect(at.engine.outbox.post({ ...letter, to })).rejects.toThrow("mail, to: it is not one address");
  expect(await at.engine.outbox.recent()).toEqual([]);
  expect(transport.attempts).toBe(0);
});

test.each([
  ["Hello\r\nBcc: eve@example.com"],
  ["Hello\nContent-Type: text/html"],
  ["Hello\r"],
  ["Hello\0"],
  ["Hello\u0085Bcc: eve@example.com"],
  ["Hello\u2028Bcc: eve@example.com"],
  ["\u001b[2J"],
  [""],
  ["x".repeat(201)],
])("the subject %j is refused: nothing is stored", async (subject) => {
  const at = await openMailEngine({ transport: collectingTransport() });
  await expect(at.engine.outbox.post({ ...letter, subject })).rejects.toThrow("mail, subject:");
  expect(await at.engine.outbox.recent()).toEqual([]);
});

test("a text that no database keeps, or that is no letter any more, is refused", async () => {
  const at = await openMailEngine({ transport: collectingTransport() });
  for (const text of ["a\0b", "half a pair \ud83d", "x".repeat(200_001)]) {
    await expect(at.engine.outbox.post({ ...letter, text })).rejects.toThrow("mail, text:");
    await expect(at.engine.outbox.post({ ...letter, html: text })).rejects.toThrow("mail, text:");
  }
  expect(await at.engine.outbox.recent()).toEqual([]);
});

test("addresses that servers take", () => {
  for (const address of [
    "ada@example.com",
    "ada.lovelace+shop@mail.example.co.uk",
    "o'brien@example.com",
    "a@b.cd",
    "root@localhost",
    "ada@xn--exmple-cua.com",
    `${"a".repeat(64)}@example.com`,
  ])
    expect(isMailAddress(address), address).toBe(true);
});

test("a sender is an address, with or without a name", () => {
  expect(senderOf("shop@example.com")).toEqual({ name: "", address: "shop@example.com" });
  expect(senderOf("Grüße & Söhne <shop@example.com>")).toEqual({ name: "Grüße & Söhne", address: "shop@example.com" });
  for (const text of [
    "Shop",
    "Shop <shop>",
    " <shop@example.com>",
    "Shop <shop@example.com> x",
    "Shop <a@example.com>, <b@example.com>",
    "a@example.com, b@example.com",
    'Shop "x" <shop@example.com>',
    "Shop\r\nBcc: eve@example.com <shop@example.com>",
    `${"x".repeat(101)} <shop@example.com>`,
  ])
    expect(senderOf(text), text).toBeUndefined();
});

test("the settings of mails are read together, and none is repeated where it is wrong", () => {
  const decide = (environment: Readonly<Record<string, string>>) =>
    decideSettings({ mode: "start", environment, file: {} });
  const url = "smtp://shop:pass-word@mail.example.com:2525";
  expect(decide({})).toMatchObject({ url: undefined, mailUrl: undefined, mailFrom: undefined });
  expect(
    decide({ SERVERY_MAIL_URL: url, SERVERY_MAIL_FROM: "Shop <a@b.example>", SERVERY_URL: "https://SHOP.example/" }),
  ).toMatchObject({ url: "https://shop.example", mailUrl: url, mailFrom: "Shop <a@b.example>" });
  expect(() => decide({ SERVERY_MAIL_URL: url })).toThrow(/^SERVERY_MAIL_FROM: mails need a sender/);
  for (const [name, value] of [
    ["SERVERY_MAIL_URL", "smtp://shop:pass-word@"],
    ["SERVERY_MAIL_URL", "https://shop:pass-word@mail.example.com"],
    ["SERVERY_MAIL_FROM", "pass-word"],
    ["SERVERY_URL", "https://shop:pass-word@shop.example"],
    ["SERVERY_URL", "shop.example"],
    ["SERVERY_URL", "https://shop.example/path"],
    ["SERVERY_URL", "https://shop.example?pass-word"],
    ["SERVERY_URL", "javascript:alert(1)"],
  ] as const) {
    const error: unknown = (() => {
      try {
        return decide({ SERVERY_MAIL_FROM: "a@b.example", [name]: value });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(String(error), value).toContain(name);
    expect(String(error), value).not.toContain("pass-word");
  }
});
