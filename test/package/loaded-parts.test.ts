import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

/** Packages that only accounts need, and of those the ones that wait for the first passkey, provider or mail. */
const OF_ACCOUNTS = ["jose", "@node-rs/argon2", "otpauth"];
const OF_PARTS = ["nodemailer", "openid-client", "@simplewebauthn/server"];
/** What only a body needs. */
const OF_BODIES = ["ajv"];

/** The packages that a process has loaded when an application's engine has answered. */
async function loadedBy(accounts: string): Promise<Set<string>> {
  const folder = mkdtempSync(join(tmpdir(), "servery-loaded-"));
  const code = `
    const { compile, createEngine, email, everyone, servery, table } = await import("servery");
    const users = table({ email: email(100).unique() })${accounts}.allow({ read: everyone, create: everyone });
    const engine = await createEngine(compile(servery({ tables: { users } })), { database: ${JSON.stringify(`sqlite:${join(folder, "data.db")}`)} });
    const { status } = await engine.handle({ method: "GET", url: "/api/users" });
    if (status !== 200) throw new Error("answered " + status);
    await engine.close();`;
  const report = join(folder, "loaded");
  try {
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: fileURLToPath(new URL("../../", import.meta.url)),
      env: { ...process.env, NODE_V8_COVERAGE: report },
      timeout: 140_000,
    });
    const texts = readdirSync(report).map((file) => readFileSync(join(report, file), "utf8"));
    return new Set(
      [...texts.join("\n").matchAll(/node_modules\/((?:@[^/"]+\/)?[^/"]+)/g)].map(([, name = ""]) => name),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("an engine loads", () => {
  test("nothing that checks a body before the first one, nor what proves who somebody is where no table has accounts", async () => {
    const loaded = await loadedBy("");
    expect(loaded).toContain("lru-cache");
    expect([...OF_ACCOUNTS, ...OF_PARTS, ...OF_BODIES].filter((name) => loaded.has(name))).toEqual([]);
  });

  test("no provider, passkey or mail before somebody needs it, where one has", async () => {
    const loaded = await loadedBy(".accounts()");
    expect(loaded).toContain("jose");
    expect(OF_PARTS.filter((name) => loaded.has(name))).toEqual([]);
  });
});
