import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { applicationFolder, ran, servery } from "./process.ts";

const BINARY = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const PASSWORD = "a long phrase for the first of all";
const SECRET = "Zk3v-9Qw_x7Lp2Rt8Bn5Yc1Hd6Mf4Gs0Ja";

const declared = (options: string): string => `
import { email, everyone, servery, table, text } from "servery";
export default servery({
  tables: {
    users: table({ username: text(30).unique(), email: email().unique() })
      .accounts(${options}).allow({ read: everyone, create: everyone }),
  },
});`;

/** Runs the command with a text on stdin. */
async function fed(parameters: readonly string[], text: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [BINARY, ...parameters], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => (output += piece.toString()));
  child.stdin.end(text);
  const code = await new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return { code, output };
}

test("an administrator is made by a password on stdin, and roles follow in a running server", async () => {
  const folder = applicationFolder({ "servery.ts": declared("{ verify: false }") });
  const base = ["admin", "create", folder, "--email", "root@example.com"];
  const none = await fed([...base, "--set", "username=root"], "");
  expect([none.code, none.output]).toEqual([2, expect.stringContaining("no default password")]);
  const missing = await fed(base, PASSWORD);
  expect([missing.code, missing.output]).toEqual([1, expect.stringContaining("Username required")]);
  const made = await fed([...base, "--set", "username=root", "--json"], `${PASSWORD}\n`);
  expect([made.code, JSON.parse(made.output)]).toEqual([
    0,
    { table: "users", key: "1", roles: ["admin"], created: true, reclaimed: false },
  ]);
  expect(made.output).not.toContain(PASSWORD);

  const running = servery(["dev", folder], { PORT: "0" });
  const url = await running.url();
  const answer = await fetch(new URL("/api/auth/sign-in", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "root@example.com", password: PASSWORD }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const roles = async (): Promise<unknown> => {
    const me = await fetch(new URL("/api/auth/me", url), { headers: { authorization: `Bearer ${token}` } });
    return ((await me.json()) as { roles: unknown }).roles;
  };
  expect(await roles()).toEqual(["admin"]);
  expect((await ran(["admin", "revoke", "admin", folder, "--email", "root@example.com"])).code).toBe(0);
  await expect.poll(roles).toEqual([]);
  expect((await ran(["keys", "rotate", folder])).code).toBe(0);
  const again = await fed(base, "");
  expect([again.code, again.output]).toEqual([
    0,
    "root@example.com is an administrator now, with the password that it has.\n",
  ]);
  await expect.poll(roles).toEqual(["admin"]);
  // Whoever has signed up with an address may be somebody else, and is signed in.
  const taken = { username: "eve", email: "boss@example.com", password: "a phrase of somebody else" };
  const json = (body: object): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const eve = (await (await fetch(new URL("/api/auth/sign-up", url), json(taken))).json()) as { access_token: string };
  const granted = await ran(["admin", "grant", "editor", folder, "--email", "boss@example.com"]);
  expect(granted.stderr).toContain("nobody has verified boss@example.com");
  const boss = ["admin", "create", folder, "--email", "boss@example.com"];
  expect(await fed(boss, "")).toMatchObject({ code: 2 });
  const handed = await fed(boss, PASSWORD);
  expect([handed.code, handed.output]).toEqual([0, expect.stringContaining("only this password opens the account")]);
  const statusOf = async (): Promise<number> =>
    (await fetch(new URL("/api/auth/me", url), { headers: { authorization: `Bearer ${eve.access_token}` } })).status;
  await expect.poll(statusOf).toBe(401);
  const signIn = (password: string): Promise<Response> =>
    fetch(new URL("/api/auth/sign-in", url), json({ email: taken.email, password }));
  expect([(await signIn(taken.password)).status, (await signIn(PASSWORD)).status]).toEqual([401, 200]);
  const nobody = await ran(["admin", "grant", "editor", folder, "--email", "nobody@example.com"]);
  expect([nobody.code, nobody.stdout]).toEqual([1, ""]);
}, 600_000);

test.each([
  ["no secret", {}, "SERVERY_SECRET"],
  ["a weak secret", { SERVERY_SECRET: "password".repeat(5) }, "SERVERY_SECRET"],
  ["no public URL where addresses are verified", { SERVERY_SECRET: SECRET }, "SERVERY_URL"],
])("A20 start refuses %s with one line", async (_what, environment, named) => {
  const folder = applicationFolder({ "servery.ts": declared("") });
  const { code, stdout, stderr } = await ran(["start", folder], { PORT: "0", ...environment });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(new RegExp(`^servery: [^\\n]*${named}[^\\n]*\\n$`));
  for (const secret of Object.values(environment)) expect(stderr).not.toContain(secret);
});

const PROVIDER = { SERVERY_PROVIDER_GOOGLE_CLIENT_ID: "of-the-client", SERVERY_PROVIDER_GOOGLE_CLIENT_SECRET: "kept" };
const CONFIGURED = `export default { providers: { google: { clientId: "of-the-client", clientSecret: "kept" } } };`;

test.each([
  ["in the environment", PROVIDER, {}],
  ["in the file", {}, { "servery.config.ts": CONFIGURED }],
])(
  "start refuses a provider %s that could send nobody back, before anything is made",
  async (_is, environment, more) => {
    const folder = applicationFolder({ "servery.ts": declared("{ verify: false }"), ...more });
    const { code, stdout, stderr } = await ran(["start", folder], {
      PORT: "0",
      SERVERY_SECRET: SECRET,
      ...environment,
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^servery: [^\n]*providers[^\n]*SERVERY_URL[^\n]*\n$/);
    expect(stderr).not.toContain("kept");
    expect(existsSync(join(folder, ".servery"))).toBe(false);
  },
);
