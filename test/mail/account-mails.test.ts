import { expect, test } from "vitest";
import {
  type AccountMail,
  existingAccountMail,
  passwordChangedMail,
  passwordResetMail,
  type TokenMail,
  verificationMail,
} from "#servery/mail/account-mails.js";
import { checkMail, type Mail } from "#servery/mail/mail.js";
import { publicLink } from "#servery/mail/public-link.js";

const plain: AccountMail = { to: "ada@example.com", name: "Ada", title: "Shop", origin: "https://shop.example.com" };
const kinds: readonly [name: string, write: (mail: TokenMail) => Mail][] = [
  ["verification", verificationMail],
  ["reset", passwordResetMail],
  ["existing account", existingAccountMail],
  ["changed password", passwordChangedMail],
];
const tokens = { token: "a-_+/=&b", hours: 1 };

test("a verification and a reset carry their token, in the text and in the HTML", () => {
  for (const [write, path] of [
    [verificationMail, "/verify-email"],
    [passwordResetMail, "/reset-password"],
  ] as const) {
    const { to, text, html = "" } = write({ ...plain, ...tokens });
    const link = /https:\/\/\S+/.exec(text)?.[0] ?? "";
    expect(to).toBe("ada@example.com");
    expect(new URL(link).origin + new URL(link).pathname).toBe(`https://shop.example.com${path}`);
    expect(new URL(link).searchParams.get("token")).toBe(tokens.token);
    expect(html).toContain(`href="${link.replaceAll("&", "&amp;")}"`);
    expect(text).toContain("one hour");
    expect(write({ ...plain, ...tokens, hours: 24, path: "/account/confirm" }).text).toMatch(
      /shop\.example\.com\/account\/confirm\?token=[^]*24 hours/,
    );
  }
});

test.each(kinds)("%s: subject, greeting and title, and it can be sent", (_name, write) => {
  const mail = write({ ...plain, ...tokens });
  expect(() => checkMail(mail)).not.toThrow();
  expect(mail.subject).toMatch(/ Shop$/);
  expect(mail.text).toMatch(/^Hello Ada,\n/);
  expect(mail.html).toMatch(/<p>Hello Ada,<\/p>/);
  expect(write({ ...plain, ...tokens, name: undefined }).text).toMatch(/^Hello,\n/);
});

test.each([
  ["existing account", existingAccountMail],
  ["changed password", passwordChangedMail],
] as const)("%s holds no token", (_name, write) => {
  expect(JSON.stringify(write({ ...plain, ...tokens } as AccountMail))).not.toMatch(/token|a-_/);
});

const hostileNames = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `Ada & <b>Bob</b>`,
  `{{constructor.constructor('return process')()}}`,
  `<%= process.env %>`,
  `\${7*7}`,
  `Ada\r\nBcc: eve@example.com`,
  `Ada\u2028\u2028You have won`,
  `\u202egnp.exe`,
  `http://evil.example/win`,
  `visit evil.example now`,
  `www.evil.example`,
  `call +1 900 1234567`,
  `eve@evil.example`,
  "x".repeat(200),
];

test.each(kinds.flatMap(([kind, write]) => hostileNames.map((name) => [kind, name, write] as const)))(
  "%s to somebody called %j: no markup, no header, no message of theirs",
  (_kind, name, write) => {
    const mail = write({ ...plain, ...tokens, name });
    const honest = write({ ...plain, ...tokens });
    expect(() => checkMail(mail)).not.toThrow();
    expect(mail.subject).toBe(honest.subject);
    expect(`${mail.text}${mail.html}`).not.toMatch(
      /evil|script|onerror|Bcc:.*@|\{\{|<%|\$\{|1234567|\u2028|\u202e|x{60}/,
    );
    // Apart from the greeting nothing of the mail depends on the name: not one tag more.
    const tagsOf = (text: string | undefined): string[] => (text ?? "").match(/<[^>]*>/g) ?? [];
    expect(tagsOf(mail.html)).toEqual(tagsOf(honest.html));
    const [, ...rest] = mail.text.split("\n");
    const [, ...others] = honest.text.split("\n");
    expect(rest).toEqual(others);
  },
);

test("names of people stay as they are, and are escaped in the HTML", () => {
  for (const name of ["Ada Lovelace", "Zoë O'Brien-Smith", "李小龍", "Dr. Ada", "José María"]) {
    expect(verificationMail({ ...plain, ...tokens, name }).text).toContain(`Hello ${name},`);
  }
  const { html } = verificationMail({ ...plain, ...tokens, name: "Zoë O'Brien" });
  expect(html).toContain("Hello Zoë O&#39;Brien,");
});

test("a title with markup or line breaks becomes no markup and no header", () => {
  for (const [, write] of kinds) {
    const mail = write({ ...plain, ...tokens, title: 'A & B <i>"Shop"</i>\r\nBcc: eve@example.com' });
    expect(() => checkMail(mail)).not.toThrow();
    expect(mail.html).toContain("A &amp; B &lt;i&gt;&quot;Shop&quot;&lt;/i&gt; Bcc");
    expect(mail.html).not.toContain("<i>");
    expect(() => checkMail(write({ ...plain, ...tokens, title: "x".repeat(5_000) }))).not.toThrow();
  }
});

test("links lead to the configured origin, whatever the request said", () => {
  // Nothing of a request goes into a mail; what an application may choose is a path within itself.
  const request = { host: "evil.example", "x-forwarded-host": "evil.example" };
  for (const [, write] of kinds) {
    const mail = write({ ...plain, ...tokens, ...request } as TokenMail);
    const links = `${mail.text} ${mail.html ?? ""}`.match(/https?:\/\/[^/\s"<]+/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    expect(new Set(links)).toEqual(new Set(["https://shop.example.com"]));
  }
  for (const path of ["//evil.example/x", "https://evil.example/x", "/\\evil.example", "\\\\evil.example", "x", ""])
    expect(() => publicLink("https://shop.example.com", path, { token: "t" }), path).toThrow("within the application");
});
