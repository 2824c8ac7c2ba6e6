import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { applicationFolder, ask, emptyFolder, linkedBinary, servery, takePort } from "./process.ts";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
/** From the command to the first answer; mostly the time that Node takes to load. */
const READY_MS = 30_000;

describe("servery dev", () => {
  test("says what to open, answers within a bound, and keeps its rows beside the declaration", async () => {
    const folder = applicationFolder();
    const started = performance.now();
    const running = servery(["dev", folder], { PORT: "0" });
    const url = await running.url();
    expect((await ask(`${url}/api/notes`)).body).toMatchObject([{ id: 1, title: "First", stars: 0 }]);
    const ready = performance.now() - started;
    expect(ready).toBeLessThan(READY_MS);
    for (const text of [
      "Notes is running",
      `${url}/console`,
      `${url}/docs`,
      `${url}/openapi.json`,
      `${url}/api/notes`,
      join(folder, ".servery", "data.db"),
      "SQLite",
    ]) {
      expect(running.output()).toContain(text);
    }
    expect(url).toMatch(/^http:\/\/(?:127\.0\.0\.1|localhost):\d+$/);
    expect(existsSync(join(folder, ".servery", "data.db"))).toBe(true);
  });

  test("PORT and DATABASE_URL are honoured, and a second start finds the rows of the first", async () => {
    const folder = applicationFolder();
    const port = await freePort();
    const environment = { PORT: String(port), DATABASE_URL: `sqlite:${join(folder, "elsewhere", "rows.db")}` };
    const first = servery(["dev", folder], environment);
    expect(await first.url()).toMatch(new RegExp(`:${port}$`));
    expect((await ask(`http://127.0.0.1:${port}/api/notes`, { method: "POST", json: { title: "Kept" } })).status).toBe(
      201,
    );
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    const second = servery(["dev", folder], environment);
    const url = await second.url();
    expect((await ask(`${url}/api/notes?sort=id&fields=title`)).body).toEqual([{ title: "First" }, { title: "Kept" }]);
    expect(existsSync(join(folder, "elsewhere", "rows.db"))).toBe(true);
    expect(existsSync(join(folder, ".servery"))).toBe(false);
  });

  test("takes the next free port when nobody named one and 5000 is taken, and says so", async () => {
    // Somebody else on this machine may hold 5000 already; that is as good.
    await takePort(5000, "or somebody else");
    const running = servery(["dev", applicationFolder()]);
    const url = await running.url();
    const port = Number(new URL(url).port);
    expect(port).toBeGreaterThan(5000);
    expect(port).toBeLessThan(5020);
    expect(running.output()).toMatch(new RegExp(`5000 is taken[^]*${port}`));
    expect((await ask(`${url}/api/notes/1`)).status).toBe(200);
  });

  test("a port that was named, by variable or by file, fails with exit 1 and the reason", async () => {
    const port = await takePort();
    const byVariable = servery(["dev", applicationFolder()], { PORT: String(port) });
    const byFile = servery(["dev", applicationFolder({ "servery.config.ts": `export default { port: ${port} };\n` })]);
    for (const running of [byVariable, byFile]) {
      expect(await running.ended).toBe(1);
      expect(running.output()).toContain(String(port));
      expect(running.output()).toMatch(/in use|taken/);
      expect(running.output()).not.toMatch(/^\s+at /m);
    }
  });

  test("listens to this machine alone", async () => {
    const running = servery(["dev", applicationFolder()], { PORT: "0" });
    expect(new URL(await running.url()).hostname).toMatch(/^(?:127\.0\.0\.1|localhost)$/);
  });

  test("takes the file itself, and the folder it stands in by default", async () => {
    const folder = applicationFolder();
    const running = servery(["dev", join(folder, "servery.ts")], { PORT: "0" });
    expect((await ask(`${await running.url()}/api/notes/1`)).status).toBe(200);
  });

  test("settings come from the file, the environment before it", async () => {
    const folder = applicationFolder({
      "servery.config.ts": 'export default { port: 1, database: "sqlite:./unused.db", docs: false };\n',
    });
    const running = servery(["dev", folder], { PORT: "0", DATABASE_URL: `sqlite:${join(folder, "used.db")}` });
    const url = await running.url();
    expect((await ask(`${url}/openapi.json`)).status).toBe(404);
    expect(existsSync(join(folder, "used.db"))).toBe(true);
  });
});

describe("servery start", () => {
  test("says where it listens, without the documentation", async () => {
    const folder = applicationFolder();
    const running = servery(["start", folder], { PORT: "0", HOST: "127.0.0.1" });
    const url = await running.url();
    expect((await ask(`${url}/api/notes/1`)).status).toBe(200);
    expect((await ask(`${url}/openapi.json`)).status).toBe(404);
    expect((await ask(`${url}/health/ready`)).body).toEqual({ status: "ok" });
  });

  test("a taken port is exit 1 with the reason, named or not", async () => {
    const port = await takePort();
    const running = servery(["start", applicationFolder()], { PORT: String(port), HOST: "127.0.0.1" });
    expect(await running.ended).toBe(1);
    expect(running.output()).toContain(String(port));
    expect(running.output()).toMatch(/in use|taken/);
  });
});

describe("what cannot start", () => {
  test.each(["abc", "-1", "65536", "5000x", "1e3", " "])("PORT=%j is exit 1 and names PORT", async (port) => {
    const running = servery(["dev", applicationFolder()], { PORT: port });
    expect(await running.ended).toBe(1);
    expect(running.output()).toContain("PORT");
    expect(running.output()).toContain("65535");
  });

  test.each([
    ["DATABASE_URL", "mysql://localhost/x"],
    ["DATABASE_URL", "sqlite:"],
    ["SERVERY_SECRET", "short"],
    ["SERVERY_DOCS", "yes"],
    ["SERVERY_ORIGINS", "*"],
    ["SERVERY_SQLITE_DRIVER", "sqlite4"],
    ["SERVERY_QUERY_TIMEOUT_MS", "soon"],
    ["SERVERY_URL", "https://shop.example.com/admin"],
    ["SERVERY_MAIL_URL", "smtp://shop:pass-word-1@mail.example.com/inbox"],
    ["SERVERY_MAIL_FROM", "shop@example.com, other@example.com"],
    ["HOST", "not a host"],
  ])("%s=%s is exit 1 and names it, without repeating the value of a secret", async (name, value) => {
    const running = servery(["dev", applicationFolder()], { PORT: "0", [name]: value });
    expect(await running.ended).toBe(1);
    expect(running.output()).toContain(name);
    const isSecret = name === "SERVERY_SECRET" || name === "SERVERY_MAIL_URL";
    expect(running.output()).not.toContain(isSecret ? value : `${name}=${value}`);
    expect(running.output()).not.toContain("pass-word-1");
    expect(running.output()).not.toMatch(/^\s+at /m);
  });

  test("no declaration: exit 1, and what to write", async () => {
    for (const path of [emptyFolder(), join(emptyFolder(), "nowhere")]) {
      const running = servery(["dev", path], { PORT: "0" });
      expect(await running.ended).toBe(1);
      expect(running.output()).toContain("servery.ts");
    }
  });

  test("a wrong declaration: exit 1 with the table, the column and what to write, before a file is made", async () => {
    const wrong =
      'import { servery, table, ref, everyone } from "servery";\nexport default servery({ tables: { posts: table({ user_id: ref("user") }).allow({ read: everyone }) } });\n';
    const folder = applicationFolder({ "servery.ts": wrong });
    const running = servery(["dev", folder], { PORT: "0" });
    expect(await running.ended).toBe(1);
    expect(running.output()).toMatch(/^servery: table posts, column user_id: ref\("user"\) names no table/m);
    expect(running.output()).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, ".servery"))).toBe(false);
  });

  test.each([
    ["breaks the declaration", '{ title: "x".repeat(101) }', "seed, table notes, row 2: Title takes"],
    ["clashes with another", '{ id: 1, title: "Second" }', "seed: Another row of notes has this id"],
  ])("a first row that %s: exit 1 with one line, and no first row is kept", async (_is, row, line) => {
    const good = readFileSync(join(applicationFolder(), "servery.ts"), "utf8");
    const wrong = good.replace('{ title: "First" }', `{ id: 1, title: "First" }, ${row}`);
    const folder = applicationFolder({ "servery.ts": wrong });
    for (const command of ["dev", "start"]) {
      const running = servery([command, folder], { PORT: "0", HOST: "127.0.0.1" });
      expect(await running.ended).toBe(1);
      expect(running.output()).toMatch(new RegExp(`^servery: ${line}[^\n]*\n$`));
    }
    writeFileSync(join(folder, "servery.ts"), good);
    const mended = servery(["dev", folder], { PORT: "0" });
    expect((await ask(`${await mended.url()}/api/notes`)).body).toMatchObject([{ id: 1, title: "First" }]);
  });

  test("an export that is no application, an unknown setting", async () => {
    const none = servery(["dev", applicationFolder({ "servery.ts": "export default 42;\n" })], { PORT: "0" });
    expect(await none.ended).toBe(1);
    expect(none.output()).toContain("export default servery(");
    const setting = servery(["dev", applicationFolder({ "servery.config.ts": "export default { prot: 1 };\n" })], {});
    expect(await setting.ended).toBe(1);
    expect(setting.output()).toContain("Did you mean port?");
  });

  test("a file that another declaration made: start is exit 1, and its rows stay", async () => {
    const folder = applicationFolder();
    const first = servery(["dev", folder], { PORT: "0" });
    await first.url();
    first.child.kill("SIGTERM");
    await first.ended;
    const other = applicationFolder();
    const changed = readFileSync(join(other, "servery.ts"), "utf8").replace("text(100)", "text(99)");
    const database = `sqlite:${join(folder, ".servery", "data.db")}`;
    const second = servery(["start", applicationFolder({ "servery.ts": changed })], {
      PORT: "0",
      HOST: "127.0.0.1",
      DATABASE_URL: database,
    });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain("another declaration");
    const third = servery(["dev", folder], { PORT: "0" });
    expect((await ask(`${await third.url()}/api/notes/1`)).status).toBe(200);
  });
});

describe("about itself", () => {
  test.each([["--help"], ["-h"], []])("%s lists the commands", async (...parameters) => {
    const running = servery(parameters);
    expect(await running.ended).toBe(0);
    expect(running.output()).toMatch(/dev[^]*start/);
  });

  test("dev --help and start --help name every setting", async () => {
    for (const command of ["dev", "start"]) {
      const running = servery([command, "--help"]);
      expect(await running.ended).toBe(0);
      for (const name of [
        "PORT",
        "HOST",
        "DATABASE_URL",
        "SERVERY_SECRET",
        "SERVERY_ORIGINS",
        "SERVERY_DOCS",
        "SERVERY_CONSOLE",
        "SERVERY_SQLITE_DRIVER",
        "SERVERY_QUERY_TIMEOUT_MS",
        "SERVERY_URL",
        "SERVERY_MAIL_URL",
        "SERVERY_MAIL_FROM",
      ]) {
        expect(running.output()).toContain(name);
      }
    }
  });

  test.each([["--version"], ["-v"]])("%s", async (parameter) => {
    const running = servery([parameter], {}, linkedBinary());
    expect(await running.ended).toBe(0);
    expect(running.output().trim()).toBe(manifest.version);
  });
});
