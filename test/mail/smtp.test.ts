import { smtpTransport } from "servery";
import type { SMTPServerOptions } from "smtp-server";
import { expect, test } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { letter, openMailEngine } from "./mail-engine.ts";
import {
  certificate,
  decodedHeader,
  openMailServer,
  openSilentServer,
  partOf,
  type ReceivedMail,
} from "./mail-server.ts";

const signIn: Pick<SMTPServerOptions, "onAuth"> = {
  onAuth({ username, password }, _session, callback) {
    if (username === "shop@here" && password === "pass word/1") callback(null, { user: username });
    else callback(new Error("Invalid username or password"));
  },
};
const CREDENTIALS = "shop%40here:pass%20word%2F1";

test("a mail arrives as it was written, in any script", async () => {
  const server = await openMailServer({ disabledCommands: ["STARTTLS", "AUTH"] });
  const at = await openMailEngine({
    transport: smtpTransport({ url: `smtp://127.0.0.1:${server.port}` }),
    from: "Grüße & Söhne <shop@example.com>",
  });
  const text = "Zażółć gęślą jaźń, 你好, 👩‍👩‍👧.\n.\nA line that is a dot stands above.\n" + "x".repeat(2_000) + "\n";
  await at.engine.outbox.post({
    to: "ada@example.com",
    subject: "Schöne Grüße, 你好 👋",
    text,
    html: "<p>Grüße &amp; 你好</p>",
  });
  await at.until("sent");
  expect(server.received).toHaveLength(1);
  const [mail] = server.received as [ReceivedMail];
  expect(mail.to).toEqual(["ada@example.com"]);
  expect(mail.from).toBe("shop@example.com");
  expect(decodedHeader(mail.headers.get("subject"))).toBe("Schöne Grüße, 你好 👋");
  expect(decodedHeader(mail.headers.get("from"))).toBe("Grüße & Söhne <shop@example.com>");
  expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
  expect(mail.headers.get("message-id")).toMatch(/^<[0-9a-f-]{36}@example\.com>$/);
  expect(partOf(mail, "text/plain")).toBe(text);
  expect(partOf(mail, "text/html").trim()).toBe("<p>Grüße &amp; 你好</p>");
});

test("with a password, over STARTTLS", async () => {
  const server = await openMailServer(signIn);
  const url = `smtp://${CREDENTIALS}@127.0.0.1:${server.port}`;
  const at = await openMailEngine({ transport: smtpTransport({ url, tls: "required", ca: certificate }) });
  await at.engine.outbox.post(letter);
  await at.until("sent");
  expect(server.received).toMatchObject([{ user: "shop@here", secure: true, to: ["ada@example.com"] }]);
});

test("with a password, over TLS from the first byte on", async () => {
  const server = await openMailServer({ ...signIn, secure: true });
  const url = `smtps://${CREDENTIALS}@localhost:${server.port}`;
  const at = await openMailEngine({ transport: smtpTransport({ url, ca: certificate }) });
  await at.engine.outbox.post(letter);
  await at.until("sent");
  expect(server.received).toMatchObject([{ user: "shop@here", secure: true }]);
});

const untrusted: readonly {
  readonly what: string;
  readonly protocol: "smtp" | "smtps";
  readonly options: SMTPServerOptions;
}[] = [
  { what: "whose certificate nobody vouches for, by STARTTLS", protocol: "smtp", options: {} },
  { what: "whose certificate nobody vouches for, over TLS", protocol: "smtps", options: { secure: true } },
  {
    what: "that has no TLS",
    protocol: "smtp",
    options: { disabledCommands: ["STARTTLS"], allowInsecureAuth: true },
  },
];

test.each(untrusted)("a server $what gets neither password nor mail", async ({ protocol, options }) => {
  let asked = 0;
  const server = await openMailServer({
    ...options,
    onAuth(_auth, _session, callback) {
      asked++;
      callback(null, { user: "anybody" });
    },
  });
  const url = `${protocol}://${CREDENTIALS}@127.0.0.1:${server.port}`;
  const at = await openMailEngine({ transport: smtpTransport({ url, tls: "required" }) });
  await at.engine.outbox.post(letter);
  await at.until("later");
  expect(asked).toBe(0);
  expect(server.received).toEqual([]);
  expect(await at.engine.outbox.recent()).toMatchObject([{ state: "waiting", attempts: 1 }]);
});

test("a wrong password is tried again, and stands in no message", async () => {
  const server = await openMailServer({ ...signIn, allowInsecureAuth: true });
  const at = await openMailEngine({
    transport: smtpTransport({ url: `smtp://shop:wrong-password@127.0.0.1:${server.port}` }),
  });
  await at.engine.outbox.post(letter);
  await at.until("later");
  const [kept] = await at.engine.outbox.recent();
  expect(kept).toMatchObject({ state: "waiting" });
  expect(kept?.error).toMatch(/535|Invalid/);
  expect(JSON.stringify([kept, at.told.map((each) => String("cause" in each && each.cause))])).not.toMatch(
    /wrong-password|d3JvbmctcGFzc3dvcmQ/,
  );
  expect(server.received).toEqual([]);
});

test("an address that the server refuses for good is given up at once; one it cannot take now is tried again", async () => {
  const server = await openMailServer({
    onRcptTo({ address }, _session, callback) {
      if (address.startsWith("nobody")) callback(Object.assign(new Error("no such user"), { responseCode: 550 }));
      else if (address.startsWith("full")) callback(Object.assign(new Error("try later"), { responseCode: 451 }));
      else callback();
    },
  });
  const at = await openMailEngine({ transport: smtpTransport({ url: `smtp://127.0.0.1:${server.port}` }) });
  await at.engine.outbox.post({ ...letter, to: "nobody@example.com" });
  await at.engine.outbox.post({ ...letter, to: "full@example.com" });
  await at.engine.outbox.post(letter);
  await Promise.all([at.until("given_up"), at.until("later"), at.until("sent")]);
  const kept = new Map((await at.engine.outbox.recent()).map((mail) => [mail.to, mail]));
  expect(kept.get("nobody@example.com")).toMatchObject({ state: "given_up", attempts: 1, text: "", html: undefined });
  expect(kept.get("nobody@example.com")?.error).toContain("no such user");
  expect(kept.get("full@example.com")).toMatchObject({ state: "waiting", attempts: 1, text: letter.text });
  expect(kept.get("ada@example.com")).toMatchObject({ state: "sent", attempts: 1, error: undefined, text: "" });
  expect(server.received.map(({ to }) => to)).toEqual([["ada@example.com"]]);
});

test("a mail that its server refuses for what it says is given up at once", async () => {
  const server = await openMailServer({
    onData(stream, _session, callback) {
      stream.resume();
      stream.on("end", () => callback(Object.assign(new Error("looks like spam"), { responseCode: 554 })));
    },
  });
  const at = await openMailEngine({ transport: smtpTransport({ url: `smtp://127.0.0.1:${server.port}` }) });
  await at.engine.outbox.post(letter);
  await at.until("given_up");
  expect(at.told).toMatchObject([{ outcome: "given_up", attempts: 1 }]);
});

test("a server that says nothing is left after a minute, and asked again", async () => {
  const server = await openSilentServer();
  const at = await openMailEngine({ transport: smtpTransport({ url: `smtp://127.0.0.1:${server.port}` }) });
  await at.engine.outbox.post(letter);
  await server.connected;
  expect(at.clock.planned).toContain(60_000);
  at.clock.advance(60_000);
  await at.until("later");
  const [kept] = await at.engine.outbox.recent();
  expect(kept).toMatchObject({ state: "waiting", attempts: 1 });
  expect(kept?.error).toContain("60 s");
});

test("a server that is down, then up: the mail arrives once, at the next attempt", async () => {
  const port = await freePort();
  const first = await openMailServer({}, port);
  await first.close();
  const at = await openMailEngine({ transport: smtpTransport({ url: `smtp://127.0.0.1:${port}` }) });
  await at.engine.outbox.post(letter);
  await at.until("later");
  expect(first.received).toEqual([]);
  const again = await openMailServer({}, port);
  await at.clock.untilPlanned(1_000);
  at.clock.advance(1_000);
  await at.until("sent");
  expect(again.received.map(({ to }) => to)).toEqual([["ada@example.com"]]);
  expect(at.told.map(({ outcome }) => outcome)).toEqual(["later", "sent"]);
});

test.each([
  ["http://mail.example.com"],
  ["mail.example.com"],
  ["smtp://"],
  ["smtp://mail.example.com/inbox"],
  ["smtp://mail.example.com?tls=off"],
  ["smtp://only-user@mail.example.com"],
  ["smtp://user:%zz@mail.example.com"],
  ["smtp://mail.example.com:99999"],
])("%s is no mail server, and the message does not repeat it", (url) => {
  // The whole message: so nothing of the URL is in it.
  expect(() => smtpTransport({ url })).toThrow(
    /^mail: the URL names no mail server\. Write smtp:\/\/USER:PASSWORD@HOST:PORT$/,
  );
});
